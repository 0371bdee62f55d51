import { codePoint, quote } from '../yaml/text.js';

/** Why a text is no symbol, and what was probably meant. */
export interface SymbolProblem {
  readonly message: string;
  readonly suggestion: string | null;
}

const longest = 32;

/** Everything that tickers of the exchanges we know are made of: `BRK B`, `M&M`, `^GSPC`, `ES=F`, `/ES`, `ES1!`, `@ES#`. */
const allowed = /^[A-Za-z0-9 .\-_&/+^=:!#$@]$/;

/** Letters and dashes that look like those of ASCII, Cyrillic and Greek ones mostly, by the one they look like. */
const lookAlikes: ReadonlyMap<string, string> = new Map(
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
  }).flatMap(([latin, foreign]) => Array.from(foreign).map((character): [string, string] => [character, latin])),
);

/** Says why a text is no symbol; null when it is one, which the schema's pattern then says too. */
export function explainSymbol(text: string): SymbolProblem | null {
  const shown = quote(text);
  if (text === '') return { message: 'a symbol is missing here', suggestion: null };
  if (text.length > longest) {
    return { message: `${shown} has ${text.length} characters; a symbol has at most ${longest}`, suggestion: null };
  }
  const foreign = Array.from(text).find((character) => !allowed.test(character));
  if (foreign !== undefined) return explainCharacter(text, foreign);
  if (text.includes('..') || text.split('/').length > 2) {
    return { message: `${shown} looks like a path, not like a symbol`, suggestion: null };
  }
  if (text.trim() !== text)
    return {
      message: `the symbol ${shown} has a space at its ${text.startsWith(' ') ? 'beginning' : 'end'}`,
      suggestion: meant(text.trim()),
    };
  if (text.includes('  ')) {
    return { message: `the symbol ${shown} has two spaces in a row`, suggestion: meant(text.replaceAll(/ +/g, ' ')) };
  }
  if (!/[A-Za-z0-9]/.test(text))
    return { message: `the symbol ${shown} has neither a letter nor a digit`, suggestion: null };
  return null;
}

function explainCharacter(text: string, character: string): SymbolProblem {
  const position = Array.from(text).indexOf(character) + 1;
  const where = `character ${position} of the symbol ${quote(text)}`;
  const name = codePoint(character).slice(1, -1);
  const ascii = asciiOf(character);
  if (ascii !== null) {
    const plain = Array.from(text)
      .map((one) => (allowed.test(one) ? one : (asciiOf(one) ?? one)))
      .join('');
    const likeness = ascii === ' ' ? 'is not the usual space, though it looks like it' : `only looks like \`${ascii}\``;
    return {
      message: `${where} ${likeness}: it is ${name}, ${scriptOf(character)}`,
      suggestion: explainSymbol(plain) === null ? meant(plain) : null,
    };
  }
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character)) {
    const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
    return {
      message: `${where} is invisible: ${name}`,
      suggestion: explainSymbol(plain) === null ? meant(plain) : null,
    };
  }
  return {
    message: `${where} is \`${character}\`, which no symbol has: they are made of letters A-Z, digits, space and . - _ & / + ^ = : ! # $ @`,
    suggestion: null,
  };
}

/** The ASCII character that another one looks like: by the table, or by being only a wide or accented form of it. */
function asciiOf(character: string): string | null {
  const known = lookAlikes.get(character);
  if (known !== undefined) return known;
  const plain = character.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return plain.length === 1 && plain !== character && allowed.test(plain) ? plain : null;
}

function scriptOf(character: string): string {
  if (/\p{Script=Cyrillic}/u.test(character)) return 'a Cyrillic letter';
  if (/\p{Script=Greek}/u.test(character)) return 'a Greek letter';
  if (/\p{L}/u.test(character)) return 'another letter';
  return 'another character';
}

function meant(text: string): string {
  return `did you mean \`${text}\`?`;
}
