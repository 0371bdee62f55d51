import { parseSeriesName } from '../../core/series.js';
import type { LakeReader } from '../../lake/api.js';
import { closestMatch } from '../../platform/suggest.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';

/** The options by which the user has narrowed a query. */
export interface Narrowing {
  readonly hasTime: boolean;
  readonly provider?: string;
}

/** Explains that the lake has no data of a kind for a symbol, with the likely reason. */
export async function createNoDataError(
  kind: string,
  step: 'snapshots' | 'overview',
  symbol: string,
  reader: LakeReader,
  { hasTime, provider }: Narrowing,
): Promise<CliError> {
  // Without a snapshot, a chain is shown as it is listed.
  const tables = step === 'snapshots' ? ['option_snapshots', 'chains'] : ['overviews'];
  const known = new Set<string>();
  for (const { series } of (await reader.readState()).series()) {
    const { dataset, symbol: storedSymbol } = parseSeriesName(series);
    if (tables.includes(dataset)) known.add(storedSymbol);
  }
  const suggestion = closestMatch(symbol, known);
  const options = [...(hasTime ? ['--at'] : []), ...(provider === undefined ? [] : ['--provider'])];
  const hint = known.has(symbol)
    ? options.length > 0
      ? `other ${['times', 'providers'].slice(hasTime ? 0 : 1, provider === undefined ? 1 : 2).join(' or ')} have data: omit ${options.join(' and ')}`
      : `it was requested, and no answer has rows; see: pipe lineage ${symbol}`
    : suggestion !== null
      ? `did you mean ${suggestion}?`
      : known.size > 0
        ? `known symbols: ${[...known].sort().slice(0, 12).join(', ')}`
        : `add the step \`${step}\` to a pipeline, then: pipe run`;
  return new CliError(exitCode.usage, `no ${kind} for ${symbol} in the lake`, hint);
}
