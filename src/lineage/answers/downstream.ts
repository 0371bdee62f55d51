import { joinLines } from '../../platform/text/escape.js';
import type { RequestId } from '../../core/request.js';
import type { Dataset } from '../../core/tables/tables.js';
import { pluralize } from '../../platform/format.js';
import type { CommittedFact } from '../../lake/api.js';
import { resolveLineage, newestFirst, collectRequests } from './query-lineage.js';
import type { LineageRequest, LineageSeries } from './query-lineage.js';
import { toRequestDocument, toSeriesDocument } from './json.js';
import { groupBy } from '../../platform/group-by.js';
import { countSeriesRows, formatRowCount } from './coalesced-windows.js';
import { formatSpan } from './market-time.js';

/** The requests and windows that depend on some requests. */
export interface Downstream {
  readonly symbol: string;
  /** The requests of the query. */
  readonly roots: readonly LineageRequest[];
  /** All requests that depend on them, directly or indirectly, newest first. */
  readonly requests: readonly LineageRequest[];
  /** The current windows of those requests. */
  readonly datasets: readonly LineageSeries[];
}

/** Selects one request, or all requests for one table. */
export type DownstreamSelector = { readonly request: RequestId } | { readonly dataset: Dataset };

/** Finds what depends on one request, or on all requests for one table, from all facts of a symbol. */
export function findDownstream(
  symbol: string,
  facts: readonly CommittedFact[],
  selector: DownstreamSelector,
): Downstream {
  const requests = collectRequests(facts);
  const roots = [...requests.values()].filter((request) =>
    'request' in selector ? request.requestId === selector.request : request.dataset === selector.dataset,
  );
  const children = new Map<RequestId, LineageRequest[]>();
  for (const request of requests.values()) {
    for (const id of request.upstream) children.set(id, [...(children.get(id) ?? []), request]);
  }
  const found = new Map<RequestId, LineageRequest>();
  const pending = roots.flatMap(({ requestId }) => children.get(requestId) ?? []);
  for (let request = pending.pop(); request !== undefined; request = pending.pop()) {
    if (found.has(request.requestId)) continue;
    found.set(request.requestId, request);
    pending.push(...(children.get(request.requestId) ?? []));
  }
  const datasets = resolveLineage(facts, { symbol })
    .datasets.map((series) => ({
      ...series,
      windows: series.windows.filter(({ requestId }) => found.has(requestId)),
    }))
    .filter(({ windows }) => windows.length > 0);
  return { symbol, roots: roots.sort(newestFirst), requests: [...found.values()].sort(newestFirst), datasets };
}

export function toDownstreamDocument({
  symbol,
  roots,
  requests,
  datasets,
}: Downstream): Readonly<Record<string, unknown>> {
  return {
    symbol,
    roots: roots.map(toRequestDocument),
    requests: requests.map(toRequestDocument),
    datasets: datasets.map((series) => toSeriesDocument(series)),
  };
}

const maxSeriesShown = 20;

export function formatDownstream(downstream: Downstream, options: { readonly all?: boolean } = {}): string {
  const { symbol, roots, requests, datasets } = downstream;
  if (roots.length === 0) return `${symbol}: no matching request in the log\n`;
  const [only] = roots;
  const subject =
    roots.length === 1 && only !== undefined
      ? `request ${only.requestId} (${only.series})`
      : pluralize(roots.length, 'request');
  if (requests.length === 0) return `${symbol}: no request depends on ${subject}\n`;
  const lines = [`${symbol}: ${pluralize(requests.length, 'request')} downstream of ${subject}`];
  for (const [dataset, series] of groupBy(datasets, (one) => one.dataset)) {
    lines.push(
      `  ${dataset}  ${pluralize(series.length, 'series', 'series')}, ${formatRowCount(countSeriesRows(series))}`,
    );
    const shown = options.all === true ? series : series.slice(0, maxSeriesShown);
    for (const one of shown) {
      const [first, last] = [one.windows.at(0), one.windows.at(-1)];
      if (first === undefined || last === undefined) continue;
      lines.push(
        `    ${one.series}  ${formatSpan({ start: first.start, end: last.end }, one.timeZone)}  ${formatRowCount(countSeriesRows([one]))}`,
      );
    }
    if (shown.length < series.length)
      lines.push(`    and ${pluralize(series.length - shown.length, 'more series', 'more series')} (--all shows them)`);
  }
  return joinLines(lines);
}
