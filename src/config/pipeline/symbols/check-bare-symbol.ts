import { joinList } from '../../../platform/format.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import type { YamlNode } from '../../yaml/tree.js';

/** Names of Indian indices, which contain spaces. */
const indexName = /^(?:NIFTY|INDIA|BSE) /;

/**
 * Checks a symbol that a list names without settings. `[QQQ IWM]` is one symbol with a space, almost always by a forgotten
 * comma; quotes or the form `{ symbol: QQQ IWM }` say that it is meant. Returns false after an error.
 */
export function checkBareSymbol(symbol: string, item: YamlNode, report: ReportDiagnostic): boolean {
  const words = symbol.split(' ');
  const isQuoted = item.kind === 'scalar' && !item.isPlain;
  if (words.length > 1 && !isQuoted && !indexName.test(symbol) && words.every((word) => /^[A-Za-z]{2,}$/.test(word))) {
    report(
      problem('several-symbols', item.location, `${quote(symbol)} is one symbol with a space in it`, {
        suggestion: `separate symbols with commas or lines: \`${words.join(', ')}\`; quote a symbol with a space: \`"${symbol}"\``,
      }),
    );
    return false;
  }
  return true;
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
