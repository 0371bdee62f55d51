import { formatInstant } from '../../core/time/time.js';
import type { CommittedFact } from '../../lake/api.js';
import type { LineageRequest } from '../../lineage/answers/query-lineage.js';
import type { WhyAnswer } from './read-why.js';

/** The answer as scripts read it. Keys are added freely and never renamed. */
export function toWhyDocument(answer: WhyAnswer): Readonly<Record<string, unknown>> {
  const { query, column, value, series, history, request, absence, inputs, sent, replacedValues, zone } = answer;
  const { repair } = absence ?? { repair: null };
  return {
    symbol: query.symbol,
    date: query.date,
    table: query.dataset,
    column,
    timeZone: zone,
    series: series?.series ?? null,
    provider: series?.provider ?? null,
    value: value === null ? null : value.value,
    at: value === null ? null : formatInstant(value.at),
    rows: value?.rows ?? 0,
    bars: value?.bars ?? 0,
    row: value?.row ?? null,
    computed: value?.isComputed ?? false,
    request: history.current === null ? null : toFactDocument(history.current, request, sent),
    inputs: inputs.map(({ requestId, series: input, requestedAt }) => ({
      requestId,
      series: input,
      requestedAt: formatInstant(requestedAt),
    })),
    replaced: history.replaced.map(({ fact, by }) => ({
      ...toFactDocument(fact, null, sent),
      value: replacedValues.get(fact.requestId) ?? null,
      isValueKnown: replacedValues.has(fact.requestId),
      replacedBy: by.requestId,
    })),
    ignored: history.ignored.map((fact) => toFactDocument(fact, null, sent)),
    missing:
      absence === null
        ? null
        : {
            reason: absence.reason,
            wanted: absence.isWanted,
            command: repair?.command ?? null,
            requests: repair?.requests ?? null,
            estimatedRequests: repair?.estimatedRequests ?? null,
            estimatedSeconds: repair === null ? null : Math.round(repair.duration) / 1000,
            obstacle: absence.obstacle,
          },
  };
}

function toFactDocument(fact: CommittedFact, request: LineageRequest | null, sent: WhyAnswer['sent']): object {
  return {
    requestId: fact.requestId,
    runId: fact.author.runId,
    pipeline: fact.author.pipeline,
    step: fact.step,
    provider: fact.provider,
    requestedAt: formatInstant(fact.requestedAt),
    committedAt: formatInstant(fact.committedAt),
    version: fact.version,
    state: fact.state,
    reason: fact.reason ?? null,
    window: { start: formatInstant(fact.window.start), end: formatInstant(fact.window.end) },
    ...(request === null
      ? {}
      : {
          requestWindow: {
            start: formatInstant(request.requestWindow.start),
            end: formatInstant(request.requestWindow.end),
          },
          requestRows: request.rows,
        }),
    sent: sent.get(fact.requestId) ?? null,
  };
}
