import { closestMatch } from '../../platform/suggest.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';

/** The number of symbols that a hint names. */
const maxKnown = 12;

/** Explains that a lake, or a table of it, has no data for a symbol at all. Every command that reads a symbol ends the same way. */
export function createUnknownSymbolError(symbol: string, known: ReadonlySet<string>, place = 'this lake'): CliError {
  const suggestion = closestMatch(symbol, known);
  const named = [...known].sort().slice(0, maxKnown);
  const more = known.size > named.length ? `, … (${String(known.size)} in all)` : '';
  const hint =
    suggestion !== null
      ? `did you mean ${suggestion}?`
      : named.length > 0
        ? `known symbols: ${named.join(', ')}${more}`
        : `${place} is empty; fetch data first with: pipe run`;
  return new CliError(exitCode.usage, `no data for ${symbol} in ${place}`, hint);
}
