import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { toYamlCommand } from '../../../src/config/pipeline/command-line.js';

test.for([
  ['./page.sh --now', '[./page.sh, --now]'],
  ['python3 score.py {input}', "[python3, score.py, '{input}']"],
  [`say "two words" 'and two'`, "[say, 'two words', 'and two']"],
  ['tool --name="Jo Doe"', "[tool, '--name=Jo Doe']"],
  ["echo it's", "[echo, 'it''s']"],
  ['cat a.csv | wc -l', "[sh, -c, 'cat a.csv | wc -l']"],
] as const)('the command %s becomes a YAML list', ([text, list]) => {
  expect(toYamlCommand(text)).toBe(list);
});

test('YAML parses the list to the words of the command', () => {
  const word = fc.stringMatching(/^[!-~]{1,8}$/).filter((text) => !/[|&;<>$`*?~"'\\]/.test(text));
  const number = /^[-+]?[.0-9]|^(?:true|false|null)$/i;
  fc.assert(
    fc.property(
      fc.array(
        word.filter((text) => !number.test(text)),
        { minLength: 1, maxLength: 5 },
      ),
      (words) => {
        expect(parse(toYamlCommand(words.join(' ')))).toEqual(words);
      },
    ),
  );
});
