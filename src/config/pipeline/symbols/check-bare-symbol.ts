import { joinList } from '../../../platform/format.js';
import { problem } from '../../yaml/problem.js';
import type { Explanation, ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import type { YamlNode } from '../../yaml/tree.js';

/** Names of Indian indices, which contain spaces. */
const indexName = /^(?:NIFTY|INDIA|BSE) /;

/**
 * Checks a symbol that a list names without settings. `[QQQ IWM]` is one symbol with a space, almost always by a forgotten
 * comma; quotes or the form `{ symbol: QQQ IWM }` say that it is meant. Returns false after an error.
 */
export function checkBareSymbol(symbol: string, item: YamlNode, report: ReportDiagnostic): boolean {
  const isQuoted = item.kind === 'scalar' && !item.isPlain;
  const explanation = isQuoted ? null : explainSeveralSymbols(symbol);
  if (explanation === null) return true;
  report(problem('several-symbols', item.location, explanation.message, explanation));
  return false;
}

/** Explains why an unquoted text is probably several symbols with spaces between them; null for one symbol. */
export function explainSeveralSymbols(text: string): Explanation | null {
  const words = text.split(' ');
  if (words.length < 2 || indexName.test(text) || !words.every((word) => /^[A-Za-z]{2,}$/.test(word))) return null;
  return {
    message: `${quote(text)} is one symbol with a space in it`,
    suggestion: `separate symbols with commas or lines: \`${words.join(', ')}\`; quote a symbol with a space: \`"${text}"\``,
  };
}

/** Suggests entries for a text that names several symbols with a separator between them; null if it does not. */
export function suggestSeveralSymbols(text: string): string | null {
  const parts = text
    .split(/[,;|\t\n]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length < 2 || !parts.every((part) => /^[A-Za-z0-9][A-Za-z0-9 .\-&]*$/.test(part))) return null;
  return `write one entry for each symbol: ${joinList(parts.map((part) => `\`${part}\``))}`;
}
