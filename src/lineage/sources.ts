import type { CoverageState } from '../core/coverage.js';
import type { ProviderName } from '../core/series.js';
import { partsOfSeriesName } from '../core/series.js';
import { isoInstant } from '../core/time.js';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { Instant } from '../core/time.js';
import { countText, plural } from '../core/words.js';
import type { CommittedFact } from '../lake/contract.js';
import { compareText } from './answer.js';
import { grouped } from './grouped.js';

/** What one provider has answered for one table, over all time. */
export interface Source {
  readonly provider: ProviderName;
  readonly dataset: Dataset;
  readonly symbols: number;
  readonly series: number;
  readonly requests: number;
  readonly runs: number;
  /** As answered; what was replaced since is counted again. */
  readonly rows: number;
  /** Windows by the state in which each answer left them. */
  readonly windows: Readonly<Partial<Record<CoverageState, number>>>;
  readonly pipelines: readonly string[];
  readonly firstAsked: Instant;
  readonly lastAsked: Instant;
}

/** Where the lake, or the part of it that the facts are about, came from. */
export async function sourcesOf(facts: AsyncIterable<CommittedFact>): Promise<readonly Source[]> {
  const tallies = new Map<string, Tally>();
  for await (const fact of facts) {
    const key = `${fact.provider}\n${fact.dataset}`;
    let tally = tallies.get(key);
    if (tally === undefined) {
      tally = emptyTally(fact);
      tallies.set(key, tally);
    }
    tally.symbols.add(partsOfSeriesName(fact.series).symbol);
    tally.series.add(fact.series);
    tally.requests.add(fact.requestId);
    tally.runs.add(fact.author.runId);
    tally.pipelines.add(fact.author.pipeline.name);
    tally.rows += fact.rows;
    tally.windows[fact.state] = (tally.windows[fact.state] ?? 0) + 1;
    tally.firstAsked = Math.min(tally.firstAsked, fact.requestedAt);
    tally.lastAsked = Math.max(tally.lastAsked, fact.requestedAt);
  }
  return [...tallies.values()]
    .map((tally) => ({
      ...tally,
      symbols: tally.symbols.size,
      series: tally.series.size,
      requests: tally.requests.size,
      runs: tally.runs.size,
      pipelines: [...tally.pipelines].sort(),
    }))
    .sort(byProviderAndTable);
}

function byProviderAndTable(a: Source, b: Source): number {
  const order = compareText(a.provider, b.provider);
  return order === 0 ? datasets.indexOf(a.dataset) - datasets.indexOf(b.dataset) : order;
}

interface Tally {
  readonly provider: ProviderName;
  readonly dataset: Dataset;
  readonly symbols: Set<string>;
  readonly series: Set<string>;
  readonly requests: Set<string>;
  readonly runs: Set<string>;
  readonly pipelines: Set<string>;
  readonly windows: Partial<Record<CoverageState, number>>;
  rows: number;
  firstAsked: Instant;
  lastAsked: Instant;
}

function emptyTally({ provider, dataset }: CommittedFact): Tally {
  return {
    provider,
    dataset,
    symbols: new Set(),
    series: new Set(),
    requests: new Set(),
    runs: new Set(),
    pipelines: new Set(),
    windows: {},
    rows: 0,
    firstAsked: Infinity,
    lastAsked: -Infinity,
  };
}

/** For `--json`. */
export function sourcesDocument(sources: readonly Source[]): readonly object[] {
  return sources.map(({ firstAsked, lastAsked, ...same }) => ({
    ...same,
    firstAsked: isoInstant(firstAsked),
    lastAsked: isoInstant(lastAsked),
  }));
}

/** In words, one block a provider. */
export function sourcesText(sources: readonly Source[]): string {
  if (sources.length === 0) return 'the lake is empty: nothing was ever asked\n';
  const lines: string[] = [];
  for (const [provider, own] of grouped(sources, (source) => source.provider)) {
    lines.push(provider);
    for (const source of own) {
      const states = Object.entries(source.windows).map(([state, count]) => `${countText(count)} ${state}`);
      lines.push(
        `  ${source.dataset}  ${plural(source.rows, 'row')} from ${plural(source.requests, 'request')} in ${plural(source.runs, 'run')}`,
        `    ${plural(source.series, 'series', 'series')} of ${plural(source.symbols, 'symbol')}; windows: ${states.join(', ')}`,
        `    asked from ${isoInstant(source.firstAsked)} to ${isoInstant(source.lastAsked)} by ${source.pipelines.join(', ')}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
