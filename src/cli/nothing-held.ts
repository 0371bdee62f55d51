import { nearest } from '../core/nearest.js';
import { partsOfSeriesName } from '../core/series.js';
import type { LakeReader } from '../lake/contract.js';
import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';

/** That the lake has nothing of a symbol, with the most likely reason and what to run. */
export async function nothingHeld(
  what: string,
  step: 'snapshots' | 'overview',
  symbol: string,
  reader: LakeReader,
): Promise<Stop> {
  const table = step === 'snapshots' ? 'option_snapshots' : 'overviews';
  const known = new Set<string>();
  for (const { series } of (await reader.state()).series()) {
    const { dataset, symbol: own } = partsOfSeriesName(series);
    if (dataset === table) known.add(own);
  }
  const near = nearest(symbol, known);
  const remedy = known.has(symbol)
    ? 'there is some from another time or another source: leave out --at and --provider'
    : near !== null
      ? `did you mean ${near}?`
      : known.size > 0
        ? `there are ${[...known].sort().slice(0, 12).join(', ')}`
        : `add the step \`${step}\` to a pipeline, then: pipe run`;
  return new Stop(exitCode.usage, `the lake holds no ${what} of ${symbol}`, remedy);
}
