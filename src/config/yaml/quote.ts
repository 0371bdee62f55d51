/** Characters that are invisible or change how others are displayed: control characters, bidirectional marks. */
const invisibleCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** Replaces invisible characters by their code points, such as `<U+202E>`. */
export function escapeInvisible(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(invisibleCharacters, (character) =>
    character === '\t' ? character : formatCodePoint(character),
  );
}

/** Formats the code point of a character, such as `<U+0410>`. */
export function formatCodePoint(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return `<U+${number.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** Quotes user input for a message: visible characters only, one line, at most 60 characters. */
export function quote(text: string): string {
  const escaped = escapeInvisible(text.slice(0, 200)).replaceAll('\t', '<U+0009>');
  return text.length > 60 ? `\`${escaped.slice(0, 57)}…\`` : `\`${escaped}\``;
}
