/** Characters that do not show, or change how others show: control characters, marks that turn the writing direction. */
const invisibleCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** A text in which every character shows: what does not is written as its code point, such as `<U+202E>`. */
export function escapeInvisible(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(invisibleCharacters, (character) =>
    character === '\t' ? character : formatCodePoint(character),
  );
}

/** The name of a character by number, such as `<U+0410>`. */
export function formatCodePoint(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return `<U+${number.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** What the user wrote, as a message quotes it: visible, on one line and not too long. */
export function quote(text: string): string {
  const escaped = escapeInvisible(text.slice(0, 200)).replaceAll('\t', '<U+0009>');
  return text.length > 60 ? `\`${escaped.slice(0, 57)}…\`` : `\`${escaped}\``;
}

/** `a`, `a and b`, `a, b and c`, with another word for `and` where it is wanted. */
export function joinList(items: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}
