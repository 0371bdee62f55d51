import { Argument, Command, Option } from 'commander';
import { describe, expect, test } from 'vitest';

import { complete } from '../../../src/cli/completion/complete.js';

function createProgram(): Command {
  const program = new Command('pipe').addOption(new Option('--data <folder>', 'folder of the lake'));
  program
    .command('run')
    .description('Fetch')
    .argument('[pipeline]')
    .option('--symbols <list>', 'symbols')
    .option('--wait [duration]', 'wait')
    .option('--json', 'print JSON')
    .addOption(new Option('--right <right>').choices(['C', 'P']))
    .addOption(new Option('--events-fd <number>').hideHelp());
  program.command('chain').argument('<symbol>').argument('[job]');
  const schedule = program.command('schedule').argument('[pipelines...]');
  schedule.command('install').argument('<pipeline>');
  program.command('shell').addArgument(new Argument('<shell>').choices(['bash', 'fish']));
  program.command('complete', { hidden: true });
  return program;
}

/** The values, or what is to be looked up. */
function at(...words: readonly string[]): readonly string[] | string {
  const completion = complete(createProgram(), words);
  return completion.kind === 'candidates'
    ? completion.candidates.map(({ value }) => value)
    : `${completion.valueKind} ${completion.before}|${completion.prefix}`;
}

describe('the last word of a command line is completed', () => {
  test.each<[readonly string[], readonly string[] | string]>([
    [[''], ['run', 'chain', 'schedule', 'shell', 'help']],
    [['ru'], ['run']],
    [['--d'], ['--data']],
    [
      ['run', '--'],
      ['--symbols', '--wait', '--json', '--right', '--data', '--help'],
    ],
    [['run', 'pipe'], 'pipeline |pipe'],
    [['run', '--data', 'x', ''], 'pipeline |'],
    [['--data', 'x', 'run', ''], 'pipeline |'],
    [['run', '--data', 'x'], 'folder |x'],
    [['run', '--data=x'], 'folder --data=|x'],
    [['run', '--symbols', 'AAPL,M'], 'symbol AAPL,|M'],
    [['run', '--symbols=AAPL,M'], 'symbol --symbols=AAPL,|M'],
    [
      ['run', '--right', ''],
      ['C', 'P'],
    ],
    [['run', '--right=P'], ['--right=P']],
    [['run', '--json', ''], 'pipeline |'],
    [['run', '--wait', '--js'], ['--json']],
    [['run', '--wait', '--json', ''], 'pipeline |'],
    [['run', 'a.yaml', ''], []],
    [['run', '--', '--x'], 'pipeline |--x'],
    [['chain', ''], 'symbol |'],
    [['chain', 'AAPL', ''], 'pipeline |'],
    [
      ['schedule', ''],
      ['install', 'help'],
    ],
    [['schedule', 'pipelines/'], 'pipeline |pipelines/'],
    [['schedule', 'a.yaml', 'b'], 'pipeline |b'],
    [['schedule', 'install', ''], 'pipeline |'],
    [['shell', 'f'], ['fish']],
    [['unknown', ''], []],
    [[], ['run', 'chain', 'schedule', 'shell', 'help']],
  ])('%j', (words, expected) => {
    expect(at(...words)).toEqual(expected);
  });
});
