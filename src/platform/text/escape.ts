/*
 * Texts of providers, files and the lake may contain anything: sequences that control a terminal, line breaks that forge a line of
 * output, marks that reverse the direction of the text around them. People see such characters as code points, and programs get
 * them as JSON escapes.
 */

/** Characters that are invisible or change how others are displayed: control characters, bidirectional marks. */
const invisibleCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** Replaces every invisible character except a tab by its code point, such as `<U+202E>`. The result is one line. */
export function escapeInvisible(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(invisibleCharacters, (character) =>
    character === '\t' ? character : formatCodePoint(character),
  );
}

/** Replaces every invisible character, tabs too: for cells of tables and messages of one line. */
export function escapeLine(text: string): string {
  return escapeInvisible(text).replaceAll('\t', formatCodePoint('\t'));
}

/** Replaces every invisible character except line breaks and tabs: for texts whose parts are escaped lines. */
export function escapeText(text: string): string {
  if (/^[ -~\n\t]*$/.test(text)) return text;
  return text.replace(invisibleCharacters, (character) =>
    character === '\n' || character === '\t' ? character : formatCodePoint(character),
  );
}

/** Escapes a message that may have several lines: all but the first are indented, so that none looks like a message of its own. */
export function escapeMessage(text: string): string {
  const [first = '', ...further] = escapeText(text).split('\n');
  const isIndented = further.every((line) => line === '' || line.startsWith('  '));
  return [first, ...further.map((line) => (isIndented || line === '' ? line : `  ${line}`))].join('\n');
}

/** Formats the code point of a character, such as `<U+0410>`. */
export function formatCodePoint(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return `<U+${number.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** Formats a value as JSON of visible characters: programs read the same value, and terminals show it as it is. */
export function formatJson(value: unknown, indent?: number): string {
  return escapeJson(JSON.stringify(value, null, indent));
}

/** Escapes the invisible characters of a JSON text; line breaks of its layout stay. */
export function escapeJson(json: string): string {
  if (/^[ -~\n]*$/.test(json)) return json;
  return json.replace(invisibleCharacters, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, at) => escapeUnit(character, at)).join(''),
  );
}

function escapeUnit(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
}

/** Joins lines of output. A line break within a line is foreign: it becomes visible, so that it forges no line. */
export function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${line.replaceAll('\n', formatCodePoint('\n'))}\n`).join('');
}
