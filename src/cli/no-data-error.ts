import { closestMatch } from '../platform/suggest.js';
import { parseSeriesName } from '../core/series.js';
import type { LakeReader } from '../lake/api.js';
import { exitCode } from '../app/exit-code.js';
import { CliError } from '../app/cli-error.js';

/** That the lake has nothing of a symbol, with the most likely reason and what to run. */
export async function createNoDataError(
  what: string,
  step: 'snapshots' | 'overview',
  symbol: string,
  reader: LakeReader,
): Promise<CliError> {
  const table = step === 'snapshots' ? 'option_snapshots' : 'overviews';
  const known = new Set<string>();
  for (const { series } of (await reader.readState()).series()) {
    const { dataset, symbol: storedSymbol } = parseSeriesName(series);
    if (dataset === table) known.add(storedSymbol);
  }
  const suggestion = closestMatch(symbol, known);
  const hint = known.has(symbol)
    ? 'there is some from another time or another source: leave out --at and --provider'
    : suggestion !== null
      ? `did you mean ${suggestion}?`
      : known.size > 0
        ? `there are ${[...known].sort().slice(0, 12).join(', ')}`
        : `add the step \`${step}\` to a pipeline, then: pipe run`;
  return new CliError(exitCode.usage, `the lake holds no ${what} of ${symbol}`, hint);
}
