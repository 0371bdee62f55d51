/**
 * Removes some characters from the end of a text. A pattern such as `/\/+$/` looks for the end again from every one of a long row
 * of these characters.
 */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
