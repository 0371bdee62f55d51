import { joinLines } from '../../platform/text/escape.js';
import type { CoverageState } from '../../core/coverage.js';
import type { ProviderName } from '../../core/series.js';
import { parseSeriesName } from '../../core/series.js';
import { formatInstant } from '../../core/time/time.js';
import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import { formatCount, pluralize } from '../../platform/format.js';
import type { CommittedFact } from '../../lake/api.js';
import { compareText } from './query-lineage.js';
import { groupBy } from '../../platform/group-by.js';

/** The totals of the data that one provider supplied for one table. */
export interface LineageSource {
  readonly provider: ProviderName;
  readonly dataset: Dataset;
  readonly symbols: number;
  readonly series: number;
  readonly requests: number;
  readonly runs: number;
  /** Received rows, including those replaced since. */
  readonly rows: number;
  /** The number of windows by state. */
  readonly windows: Readonly<Partial<Record<CoverageState, number>>>;
  readonly pipelines: readonly string[];
  readonly firstRequestedAt: Instant;
  readonly lastRequestedAt: Instant;
}

/** Summarizes facts by provider and table. */
export async function summarizeSources(facts: AsyncIterable<CommittedFact>): Promise<readonly LineageSource[]> {
  const countersByKey = new Map<string, SourceCounters>();
  for await (const fact of facts) {
    const key = `${fact.provider}\n${fact.dataset}`;
    let counters = countersByKey.get(key);
    if (counters === undefined) {
      counters = createCounters(fact);
      countersByKey.set(key, counters);
    }
    counters.symbols.add(parseSeriesName(fact.series).symbol);
    counters.series.add(fact.series);
    counters.requests.add(fact.requestId);
    counters.runs.add(fact.author.runId);
    counters.pipelines.add(fact.author.pipeline.name);
    counters.rows += fact.rows;
    counters.windows[fact.state] = (counters.windows[fact.state] ?? 0) + 1;
    counters.firstRequestedAt = Math.min(counters.firstRequestedAt, fact.requestedAt);
    counters.lastRequestedAt = Math.max(counters.lastRequestedAt, fact.requestedAt);
  }
  return [...countersByKey.values()]
    .map((counters) => ({
      ...counters,
      symbols: counters.symbols.size,
      series: counters.series.size,
      requests: counters.requests.size,
      runs: counters.runs.size,
      pipelines: [...counters.pipelines].sort(),
    }))
    .sort(byProviderAndTable);
}

function byProviderAndTable(a: LineageSource, b: LineageSource): number {
  const order = compareText(a.provider, b.provider);
  return order === 0 ? datasets.indexOf(a.dataset) - datasets.indexOf(b.dataset) : order;
}

interface SourceCounters {
  readonly provider: ProviderName;
  readonly dataset: Dataset;
  readonly symbols: Set<string>;
  readonly series: Set<string>;
  readonly requests: Set<string>;
  readonly runs: Set<string>;
  readonly pipelines: Set<string>;
  readonly windows: Partial<Record<CoverageState, number>>;
  rows: number;
  firstRequestedAt: Instant;
  lastRequestedAt: Instant;
}

function createCounters({ provider, dataset }: CommittedFact): SourceCounters {
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
    firstRequestedAt: Infinity,
    lastRequestedAt: -Infinity,
  };
}

export function toSourcesDocument(sources: readonly LineageSource[]): readonly object[] {
  return sources.map(({ firstRequestedAt, lastRequestedAt, ...rest }) => ({
    ...rest,
    firstRequestedAt: formatInstant(firstRequestedAt),
    lastRequestedAt: formatInstant(lastRequestedAt),
  }));
}

export function formatSources(sources: readonly LineageSource[]): string {
  if (sources.length === 0) return 'the lake is empty: no request was ever sent\n';
  const lines: string[] = [];
  for (const [provider, providerSources] of groupBy(sources, (source) => source.provider)) {
    lines.push(provider);
    for (const source of providerSources) {
      const states = Object.entries(source.windows).map(([state, count]) => `${formatCount(count)} ${state}`);
      lines.push(
        `  ${source.dataset}  ${pluralize(source.rows, 'row')} from ${pluralize(source.requests, 'request')} in ${pluralize(source.runs, 'run')}`,
        `    ${pluralize(source.series, 'series', 'series')} of ${pluralize(source.symbols, 'symbol')}; windows: ${states.join(', ')}`,
        `    requested from ${formatTimeSeconds(source.firstRequestedAt)} to ${formatTimeSeconds(source.lastRequestedAt)} by ${source.pipelines.join(', ')}`,
      );
    }
  }
  return joinLines(lines);
}
