import type { RequestId } from '../core/request.js';
import type { Dataset } from '../core/tables.js';
import { plural } from '../core/words.js';
import type { CommittedFact } from '../lake/contract.js';
import { answerFrom, newestFirst, requestsOf } from './answer.js';
import type { LineageRequest, LineageSeries } from './answer.js';
import { requestDocument, seriesDocument } from './answer-json.js';
import { grouped } from './grouped.js';
import { rowsOf, rowsText } from './stretches.js';
import { spanText } from './tree.js';

/** What would not be as it is without some requests. */
export interface Downstream {
  readonly symbol: string;
  /** The requests that were asked about. */
  readonly of: readonly LineageRequest[];
  /** Every request that they led to, directly or through others, newest first. */
  readonly requests: readonly LineageRequest[];
  /** The windows whose rows those requests brought and that nothing has replaced since. */
  readonly datasets: readonly LineageSeries[];
}

/** What followed from one request, or from every answer of one table (`chains`), for one symbol; from all facts about it. */
export function downstreamOf(
  symbol: string,
  facts: readonly CommittedFact[],
  of: { readonly request: RequestId } | { readonly dataset: Dataset },
): Downstream {
  const requests = requestsOf(facts);
  const roots = [...requests.values()].filter((request) =>
    'request' in of ? request.requestId === of.request : request.dataset === of.dataset,
  );
  const children = new Map<RequestId, LineageRequest[]>();
  for (const request of requests.values()) {
    for (const id of request.upstream) children.set(id, [...(children.get(id) ?? []), request]);
  }
  const reached = new Map<RequestId, LineageRequest>();
  const open = roots.flatMap(({ requestId }) => children.get(requestId) ?? []);
  for (let request = open.pop(); request !== undefined; request = open.pop()) {
    if (reached.has(request.requestId)) continue;
    reached.set(request.requestId, request);
    open.push(...(children.get(request.requestId) ?? []));
  }
  const datasets = answerFrom(facts, { symbol })
    .datasets.map((series) => ({
      ...series,
      windows: series.windows.filter(({ requestId }) => reached.has(requestId)),
    }))
    .filter(({ windows }) => windows.length > 0);
  return { symbol, of: roots.sort(newestFirst), requests: [...reached.values()].sort(newestFirst), datasets };
}

/** For `--json`. */
export function downstreamDocument({ symbol, of, requests, datasets }: Downstream): Readonly<Record<string, unknown>> {
  return {
    symbol,
    of: of.map(requestDocument),
    requests: requests.map(requestDocument),
    datasets: datasets.map(seriesDocument),
  };
}

const seriesShown = 20;

/** In words, table by table. */
export function downstreamText(downstream: Downstream, options: { readonly all?: boolean } = {}): string {
  const { symbol, of, requests, datasets } = downstream;
  if (of.length === 0) return `${symbol}: no such request in the log\n`;
  const [only] = of;
  const subject =
    of.length === 1 && only !== undefined ? `request ${only.requestId} (${only.series})` : plural(of.length, 'request');
  if (requests.length === 0) return `${symbol}: nothing was fetched because of ${subject}\n`;
  const lines = [`${symbol}: ${plural(requests.length, 'request')} followed from ${subject}`];
  for (const [dataset, series] of grouped(datasets, (one) => one.dataset)) {
    lines.push(`  ${dataset}  ${plural(series.length, 'series', 'series')}, ${rowsText(rowsOf(series))}`);
    const shown = options.all === true ? series : series.slice(0, seriesShown);
    for (const one of shown) {
      const [first, last] = [one.windows.at(0), one.windows.at(-1)];
      if (first === undefined || last === undefined) continue;
      lines.push(`    ${one.series}  ${spanText({ start: first.start, end: last.end })}  ${rowsText(rowsOf([one]))}`);
    }
    if (shown.length < series.length)
      lines.push(`    and ${plural(series.length - shown.length, 'more series', 'more series')} (--all shows them)`);
  }
  return `${lines.join('\n')}\n`;
}
