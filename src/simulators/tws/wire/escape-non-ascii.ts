/** Escapes non-ASCII characters as `\u00e9`, which clients decode; escapes backslashes too. */
export function escapeNonAscii(text: string): string {
  return text.replace(/[\\\u0080-\uffff]/g, (character) =>
    character === '\\' ? '\\\\' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
