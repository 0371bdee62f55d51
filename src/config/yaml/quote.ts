import { escapeLine } from '../../platform/text/escape.js';

/** Quotes user input for a message: visible characters only, one line, at most 60 characters. */
export function quote(text: string): string {
  const escaped = escapeLine(text.slice(0, 200));
  return text.length > 60 ? `\`${escaped.slice(0, 57)}…\`` : `\`${escaped}\``;
}
