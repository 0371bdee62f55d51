import { formatInstant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import type { LineageResult, LineageRequest, LineageSeries } from './query-lineage.js';

/** The document that `pipe lineage --json` prints; instants are ISO 8601 text in UTC. */
export function toLineageDocument(result: LineageResult): Readonly<Record<string, unknown>> {
  return {
    symbol: result.symbol,
    datasets: result.datasets.map((series) => toSeriesDocument(series, result.sent)),
    upstream: result.upstream.map((request) => {
      const document = toRequestDocument(request);
      return result.sent === undefined ? document : { ...document, sent: result.sent.get(request.requestId) ?? null };
    }),
  };
}

export function toSeriesDocument(
  { dataset, series, provider, windows }: LineageSeries,
  sent?: LineageResult['sent'],
): object {
  return {
    dataset,
    series,
    provider,
    windows: windows.map(
      ({ start, end, state, rows, runId, requestId, requestedAt, committedAt, requestWindow, ...more }) => ({
        start: formatInstant(start),
        end: formatInstant(end),
        state,
        rows,
        runId,
        requestId,
        provider: more.provider,
        requestedAt: formatInstant(requestedAt),
        committedAt: formatInstant(committedAt),
        version: more.version,
        step: more.step,
        pipeline: more.pipeline,
        upstream: more.upstream,
        reason: more.reason,
        requestWindow: toWindowDocument(requestWindow),
        ...(sent === undefined ? {} : { sent: sent.get(requestId) ?? null }),
      }),
    ),
  };
}

export function toRequestDocument({ requestedAt, requestWindow, ...same }: LineageRequest): object {
  return { ...same, requestedAt: formatInstant(requestedAt), requestWindow: toWindowDocument(requestWindow) };
}

function toWindowDocument({ start, end }: Window): { readonly start: string; readonly end: string } {
  return { start: formatInstant(start), end: formatInstant(end) };
}
