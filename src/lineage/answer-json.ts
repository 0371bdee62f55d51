import { isoInstant } from '../core/time.js';
import type { Window } from '../core/window.js';
import type { LineageAnswer, LineageRequest, LineageSeries } from './answer.js';

/** What `lineage --json` prints, as a value: instants as ISO text in UTC. Keys are added, never renamed. */
export function lineageDocument(answer: LineageAnswer): Readonly<Record<string, unknown>> {
  return {
    symbol: answer.symbol,
    datasets: answer.datasets.map(seriesDocument),
    upstream: answer.upstream.map(requestDocument),
  };
}

export function seriesDocument({ dataset, series, provider, windows }: LineageSeries): object {
  return {
    dataset,
    series,
    provider,
    windows: windows.map(
      ({ start, end, state, rows, runId, requestId, requestedAt, committedAt, settled, ...more }) => ({
        start: isoInstant(start),
        end: isoInstant(end),
        state,
        rows,
        runId,
        requestId,
        provider: more.provider,
        requestedAt: isoInstant(requestedAt),
        committedAt: isoInstant(committedAt),
        version: more.version,
        step: more.step,
        pipeline: more.pipeline,
        upstream: more.upstream,
        note: more.note,
        settled: windowDocument(settled),
      }),
    ),
  };
}

export function requestDocument({ requestedAt, settled, ...same }: LineageRequest): object {
  return { ...same, requestedAt: isoInstant(requestedAt), settled: windowDocument(settled) };
}

function windowDocument({ start, end }: Window): { readonly start: string; readonly end: string } {
  return { start: isoInstant(start), end: isoInstant(end) };
}
