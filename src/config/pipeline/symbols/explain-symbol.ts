import { suggestSeveralSymbols } from './check-bare-symbol.js';
import { didYouMean } from '../../yaml/problem.js';
import type { Explanation } from '../../yaml/problem.js';
import { formatCodePoint } from '../../../platform/text/escape.js';
import { quote } from '../../yaml/quote.js';

const maxSymbolLength = 32;

/** Characters of tickers of the supported exchanges: `BRK B`, `M&M`, `^GSPC`, `ES=F`, `/ES`, `ES1!`, `@ES#`. */
const allowedCharacter = /^[A-Za-z0-9 .\-_&/+^=:!#$@]$/;

/** Letters and dashes that look like ASCII characters, mostly Cyrillic and Greek, with the ASCII character. */
const confusables: ReadonlyMap<string, string> = new Map(
  Object.entries({
    A: '\u0410\u0391',
    B: '\u0412\u0392',
    C: '\u0421',
    E: '\u0415\u0395',
    H: '\u041d\u0397',
    I: '\u0406\u0399\u04c0',
    J: '\u0408',
    K: '\u041a\u039a',
    M: '\u041c\u039c',
    N: '\u039d',
    O: '\u041e\u039f',
    P: '\u0420\u03a1',
    Q: '\u051a',
    S: '\u0405',
    T: '\u0422\u03a4',
    V: '\u0474',
    W: '\u051c',
    X: '\u0425\u03a7',
    Y: '\u0423\u03a5',
    Z: '\u0396',
    a: '\u0430',
    c: '\u0441',
    d: '\u0501',
    e: '\u0435',
    h: '\u04bb',
    i: '\u0456',
    j: '\u0458',
    l: '\u04cf',
    o: '\u043e\u03bf',
    p: '\u0440\u03c1',
    q: '\u051b',
    s: '\u0455',
    v: '\u0475\u03bd',
    w: '\u051d',
    x: '\u0445',
    y: '\u0443',
    '-': '\u2010\u2011\u2012\u2013\u2014\u2212',
  }).flatMap(([latin, forbidden]) => Array.from(forbidden).map((character): [string, string] => [character, latin])),
);

/** Explains why a text is not a symbol; null if it is one. It agrees with the pattern of the schema. */
export function explainSymbol(text: string): Explanation | null {
  const quoted = quote(text);
  if (text === '') return { message: 'the symbol is empty', suggestion: null };
  if (text.length > maxSymbolLength) {
    return {
      message: `the symbol ${quoted} has ${text.length} characters; the limit is ${maxSymbolLength}`,
      suggestion: null,
    };
  }
  const forbidden = Array.from(text).find((character) => !allowedCharacter.test(character));
  if (forbidden !== undefined) return explainCharacter(text, forbidden);
  if (text.includes('..') || text.split('/').length > 2) {
    return { message: `${quoted} is a path, not a symbol`, suggestion: null };
  }
  if (text.trim() !== text)
    return {
      message: `the symbol ${quoted} has a space at its ${text.startsWith(' ') ? 'start' : 'end'}`,
      suggestion: didYouMean(text.trim()),
    };
  if (text.includes('  ')) {
    return {
      message: `the symbol ${quoted} has two spaces in a row`,
      suggestion: didYouMean(text.replaceAll(/ +/g, ' ')),
    };
  }
  if (!/[A-Za-z0-9]/.test(text))
    return { message: `the symbol ${quoted} has neither a letter nor a digit`, suggestion: null };
  return null;
}

function explainCharacter(text: string, character: string): Explanation {
  const position = Array.from(text).indexOf(character) + 1;
  const where = `character ${position} of the symbol ${quote(text)}`;
  const name = formatCodePoint(character).slice(1, -1);
  const ascii = toAscii(character);
  if (ascii !== null) {
    const plain = Array.from(text)
      .map((one) => (allowedCharacter.test(one) ? one : (toAscii(one) ?? one)))
      .join('');
    const description = ascii === ' ' ? 'is not an ASCII space' : `is not \`${ascii}\`, although it looks like it`;
    return {
      message: `${where} ${description}: ${name}, ${describeScript(character)}`,
      suggestion: explainSymbol(plain) === null ? didYouMean(plain) : null,
    };
  }
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character)) {
    const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
    return {
      message: `${where} is invisible: ${name}`,
      suggestion: explainSymbol(plain) === null ? didYouMean(plain) : null,
    };
  }
  return {
    message: `${where} is \`${character}\`; allowed are letters A-Z, digits, spaces and . - _ & / + ^ = : ! # $ @`,
    suggestion: suggestSeveralSymbols(text),
  };
}

/** Returns the ASCII character that another one resembles: by the table, or as its wide or accented form. */
function toAscii(character: string): string | null {
  const known = confusables.get(character);
  if (known !== undefined) return known;
  const plain = character.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return plain.length === 1 && plain !== character && allowedCharacter.test(plain) ? plain : null;
}

function describeScript(character: string): string {
  if (/\p{Script=Cyrillic}/u.test(character)) return 'a Cyrillic letter';
  if (/\p{Script=Greek}/u.test(character)) return 'a Greek letter';
  if (/\p{L}/u.test(character)) return 'a non-ASCII letter';
  return 'a non-ASCII character';
}
