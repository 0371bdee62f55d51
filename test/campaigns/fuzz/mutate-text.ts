import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Node } from 'yaml';

import type { Dice } from './rounds.js';

/** YAML values that few settings or none accept. */
const oddValues: readonly string[] = [
  ...['null', '~', '""', "' '", '0', '-0', '-1', '1', '0.1', '1e999', '-.inf', '.nan', '0x1F', '0o17', '1_000'],
  ...['9007199254740993', '99999999999999999999', 'true', 'no', '[]', '{}', '[[]]', '[{}]', '{ a: {} }', '[null]'],
  ...['{ symbol: null }', '[1, two, [3]]', '[AAPL, AAPL]', '{ __proto__: 1 }', 'constructor', 'hasOwnProperty'],
  ...[
    '2026-02-30',
    '2026-13-01',
    '0000-00-00',
    '9999-12-31',
    '275760-09-13',
    '-2026-01-01',
    '1970-01-01',
    '1600-01-01',
  ],
  ...[
    '1e9w',
    '99999999y',
    '0s',
    '-5m',
    '1.5d',
    '1 day',
    '1 day 1 day',
    '0 sessions',
    '1 session',
    '999999999 sessions',
  ],
  ...['1ms', '1000y', '100000d', '1 secs', '1 mins', 'P1D', '* * * * *', '61 25 32 13 8', '0 0 31 2 *', '@hourly'],
  ...[
    'Europe/Atlantis',
    'America/New_York',
    'UTC+25',
    'XNYS',
    'XXXX',
    'XNSE',
    '../../../etc/passwd',
    '/',
    '.',
    'C:\\x',
  ],
  ...[
    '${HOME}',
    '${NOPE}',
    '${NOPE:-x}',
    '$${X}',
    '${',
    '${}',
    '${A${B}}',
    '"${SECRET}"',
    '!!binary aGk=',
    '!x y',
    '*a',
  ],
  ...['&a [x]', '*nowhere', '&x { <<: *x }', '{ <<: 1 }', '{ <<: [{ a: 1 }, 2] }', '|\n    text\n', '>-\n    text\n'],
  ...[
    '"\\u0000"',
    '"\\uD800"',
    '"\u202e"',
    '"a\tb"',
    "'\u2028'",
    'é',
    '日本',
    '🙂',
    'A/B',
    'BRK B',
    'M&M',
    '^GSPC',
    '0700',
    'NO',
  ],
  ...[
    'mock',
    'ib',
    'kite',
    'synthetic',
    'auto',
    'unknown',
    'equity',
    'options',
    'chains',
    'contracts',
    'snapshots',
    'overview',
  ],
  ...[
    'quotes',
    'history',
    'sql',
    'exec',
    '[contracts, chains]',
    '[equity, options]',
    'TRADES',
    'all',
    'rth',
    '[1 min, 1 day]',
  ],
];

/** Keys that exist in some mapping, or on the prototype of objects. */
const oddKeys: readonly string[] = [
  ...['name', 'symbols', 'steps', 'needs', 'uses', 'lookback', 'refresh', 'provider', 'providers', 'groups', 'include'],
  ...[
    'schedule',
    'pacing',
    'budgets',
    'retry',
    'breaker',
    'defaults',
    'calendar',
    'file',
    'revision_window',
    'strikes',
    'expiries',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '<<',
    '? ',
    '',
    '0',
    'null',
    '[a]',
    '{a: b}',
    'x'.repeat(1_100),
    'é',
    '-',
  ],
];

const snippets: readonly string[] = [
  ...[
    '\n',
    '\r\n',
    '\r',
    '\t',
    '  ',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '<<: *a\n',
    '#',
  ],
  ...[
    '%YAML 1.1\n',
    '---\n',
    '...\n',
    '!!int ',
    '!!python/object:os.system ',
    '\u0000',
    '\ufeff',
    '\u2028',
    '\u0085',
    '\ud800',
  ],
];

/** A mutation of a text file. */
export type TextMutation = (text: string, dice: Dice) => string;

function splice(text: string, from: number, to: number, replacement: string): string {
  return text.slice(0, from) + replacement + text.slice(to);
}

/** Null for a text that is nested too deeply for a recursive parser; the product measures the depth first. */
function parseOrNull(text: string): ReturnType<typeof parseDocument> | null {
  try {
    return parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Returns the YAML nodes of a text with their positions; none if it cannot be parsed. */
function parseNodes(text: string): readonly { readonly node: Node; readonly start: number; readonly end: number }[] {
  const found: { node: Node; start: number; end: number }[] = [];
  // Very long texts are rarely valid YAML and would dominate the parse time.
  if (text.length > 50_000) return found;
  const document = parseOrNull(text);
  if (document === null) return [];
  visit(document, {
    Node(_, node) {
      const { range } = node;
      if (range !== undefined && range !== null) found.push({ node, start: range[0], end: range[1] });
    },
  });
  return found;
}

function replaceValue(text: string, dice: Dice): string {
  const nodes = parseNodes(text);
  if (nodes.length === 0) return text;
  const { start, end } = dice.pick(nodes);
  return splice(text, start, end, dice.pick(oddValues));
}

function renameKey(text: string, dice: Dice): string {
  const all = [...text.matchAll(/^([ \t-]*)([A-Za-z_]+):/gm)];
  if (all.length === 0) return text;
  const { index, 1: indent = '', 2: key = '' } = dice.pick(all);
  const at = index + indent.length;
  const other = dice.chance(0.5) ? misspell(key, dice) : dice.pick([...oddKeys, ...all.map((one) => one[2] ?? '')]);
  return splice(text, at, at + key.length, other);
}

function misspell(word: string, dice: Dice): string {
  const at = dice.below(word.length);
  return word.slice(0, at) + dice.pick(['', 'x', word.charAt(at) + word.charAt(at), '_']) + word.slice(at + 1);
}

function moveLine(text: string, dice: Dice): string {
  const lines = text.split('\n');
  const [line = ''] = lines.splice(dice.below(lines.length), 1);
  if (dice.chance(0.3)) return lines.join('\n');
  if (dice.chance(0.3)) lines.push(line);
  lines.splice(dice.below(lines.length + 1), 0, dice.chance(0.3) ? ' '.repeat(dice.below(9)) + line.trim() : line);
  return lines.join('\n');
}

function addKey(text: string, dice: Dice): string {
  const lines = text.split('\n');
  const at = dice.below(lines.length);
  const indent = /^ */.exec(lines[at] ?? '')?.[0] ?? '';
  lines.splice(at, 0, `${indent}${dice.pick(oddKeys)}: ${dice.pick(oddValues)}`);
  return lines.join('\n');
}

function changeNumber(text: string, dice: Dice): string {
  const all = [...text.matchAll(/[0-9]+/g)];
  if (all.length === 0) return text;
  const { index, 0: number } = dice.pick(all);
  const other = dice.pick(['0', '-1', '1', '99999', '1e9', '999999999999', '0.5', String(dice.below(1_000)), '']);
  return splice(text, index, index + number.length, other);
}

function insertSnippet(text: string, dice: Dice): string {
  const at = dice.below(text.length + 1);
  return splice(text, at, at + dice.below(4), dice.pick(snippets));
}

function repeatFragment(text: string, dice: Dice): string {
  const from = dice.below(text.length);
  const piece = text.slice(from, from + 1 + dice.below(200));
  return splice(text, from, from, piece.repeat(dice.pick([1, 1, 2, 50, 2_000])));
}

function truncateText(text: string, dice: Dice): string {
  const at = dice.below(text.length + 1);
  return dice.chance(0.5) ? text.slice(0, at) : text.slice(at);
}

/** Nested aliases that expand exponentially. */
function billionLaughs(text: string, dice: Dice): string {
  const levels = 5 + dice.below(30);
  const lines = Array.from({ length: levels }, (_, level) =>
    level === 0 ? 'l0: &l0 [a, b]' : `l${level}: &l${level} [${`*l${level - 1}, `.repeat(9)}x]`,
  );
  const last = `*l${levels - 1}`;
  const use = dice.pick([`symbols: ${last}`, `x: ${last}`, `steps: { <<: [${last}] }`, `groups: { g: ${last} }`]);
  return dice.chance(0.5) ? `${lines.join('\n')}\n${use}\n${text}` : `${text}\n${lines.join('\n')}\n${use}\n`;
}

function mergeChain(text: string, dice: Dice): string {
  const count = dice.pick([2, 30, 400]);
  const lines = Array.from({ length: count }, (_, at) =>
    at === 0 ? 'm0: &m0 { a0: 1 }' : `m${at}: &m${at} { <<: *m${dice.below(at)}, a${at}: 1 }`,
  );
  return `${lines.join('\n')}\n${text}`;
}

function nestDeeply(text: string, dice: Dice): string {
  const depth = dice.pick([10, 59, 61, 5_000]);
  const [open, close] = dice.pick([
    ['[', ']'],
    ['{a: ', '}'],
    ['- ', ''],
    ['? ', ''],
  ] as const);
  return `${text}\nx: ${open.repeat(depth)}1${close.repeat(dice.chance(0.8) ? depth : depth - 1)}\n`;
}

function insertLongText(text: string, dice: Dice): string {
  const long = dice
    .pick(['x', 'A ', '${X}', 'é', '&a ', '"', '[', ' - ', '\n', '#'])
    .repeat(dice.pick([2_000, 100_000]));
  return dice.chance(0.5) ? replaceScalar(text, long, dice) : `${text}\n${long}`;
}

function replaceScalar(text: string, replacement: string, dice: Dice): string {
  const scalars = parseNodes(text).filter(({ node }) => isScalar(node));
  if (scalars.length === 0) return text + replacement;
  const { start, end } = dice.pick(scalars);
  return splice(text, start, end, replacement);
}

function duplicateBlock(text: string, dice: Dice): string {
  const blocks = parseNodes(text).filter(({ node }) => isMap(node) || isSeq(node));
  if (blocks.length < 2) return text;
  const from = dice.pick(blocks);
  const to = dice.pick(blocks);
  return splice(text, to.start, dice.chance(0.5) ? to.start : to.end, text.slice(from.start, from.end));
}

function changeLineEnds(text: string, dice: Dice): string {
  const end = dice.pick(['\r\n', '\r', '\u0085', '\n\n', '\n\t', '\t\n']);
  return text.replaceAll('\n', () => (dice.chance(0.9) ? end : '\n'));
}

function swapCase(text: string, dice: Dice): string {
  const at = dice.below(text.length);
  const piece = text.slice(at, at + 30);
  return splice(text, at, at + 30, dice.chance(0.5) ? piece.toUpperCase() : piece.toLowerCase());
}

/** Values of valid files by key. */
export type Vocabulary = ReadonlyMap<string, readonly string[]>;

const settingPattern = /\b([a-z_]+): ([^\s,{}[\]#][^,{}[\]#\n]*|\[[^\]\n]*\])/g;

export function collectVocabulary(texts: Iterable<string>): Vocabulary {
  const words = new Map<string, string[]>();
  for (const text of texts)
    for (const [, key = '', value = ''] of text.matchAll(settingPattern))
      words.set(key, [...(words.get(key) ?? []), value]);
  return words;
}

/** Replaces a setting by a value of another setting with the same key, which is often valid. */
export function swapSettingValue(text: string, vocabulary: Vocabulary, dice: Dice): string {
  const all = [...text.matchAll(settingPattern)];
  if (all.length === 0) return text;
  const { index, 0: whole, 1: key = '', 2: value = '' } = dice.pick(all);
  const at = index + whole.length - value.length;
  return splice(text, at, at + value.length, dice.pick(vocabulary.get(key) ?? [value]));
}

/** Likelier mutations occur more than once. */
const textMutations: readonly TextMutation[] = [
  ...[replaceValue, replaceValue, replaceValue, replaceValue, replaceValue, replaceValue],
  ...[renameKey, renameKey, moveLine, moveLine, addKey, addKey, addKey, changeNumber, changeNumber, changeNumber],
  ...[
    insertSnippet,
    insertSnippet,
    repeatFragment,
    truncateText,
    billionLaughs,
    mergeChain,
    nestDeeply,
    insertLongText,
    duplicateBlock,
    changeLineEnds,
  ],
  swapCase,
];

/** Applies random mutations to a text. */
export function mutateText(text: string, dice: Dice): string {
  let result = text;
  for (let left = dice.pick([1, 1, 1, 2, 3, 4]); left > 0 && result.length < 3_000_000; left--)
    result = dice.pick(textMutations)(result, dice);
  return result;
}

/** Encodes a text, correctly in most rounds. */
export function encodeText(text: string, dice: Dice): Uint8Array {
  const utf8 = Buffer.from(text, 'utf8');
  switch (dice.below(40)) {
    case 0:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8]);
    case 1:
      return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    case 2:
      return Buffer.from(text, 'utf16le');
    case 3:
      return Buffer.from(text, 'latin1');
    case 4:
      return Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()]);
    case 5:
      return flipBits(utf8, dice);
    case 6:
      return utf8.subarray(0, dice.below(utf8.length + 1));
    default:
      return utf8;
  }
}

function flipBits(bytes: Buffer, dice: Dice): Buffer {
  const result = Buffer.from(bytes);
  for (let left = 1 + dice.below(5); left > 0 && result.length > 0; left--)
    result.writeUInt8(dice.below(256), dice.below(result.length));
  return result;
}
