/** Texts travel in seven bits: clients undo `\u00e9`, so a backslash of our own is escaped too. */
export function escapeNonAscii(text: string): string {
  return text.replace(/[\\\u0080-\uffff]/g, (character) =>
    character === '\\' ? '\\\\' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
