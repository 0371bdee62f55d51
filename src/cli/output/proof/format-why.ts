import type { WhyAnswer } from '../../../app/proof/read-why.js';
import type { AbsentValue, Repair } from '../../../app/proof/explain-absence.js';
import { tables } from '../../../core/tables/tables.js';
import { formatZonedSeconds, formatZonedTime } from '../../../core/time/zoned-time.js';
import type { CommittedFact } from '../../../lake/api.js';
import { describeCalls } from '../../../lineage/answers/describe-call.js';
import { formatSpan } from '../../../lineage/answers/market-time.js';
import type { LineageRequest } from '../../../lineage/answers/query-lineage.js';
import { formatPipeline } from '../../../lineage/answers/tree.js';
import { humanizeDuration, pluralize } from '../../../platform/format.js';
import type { ApplyStyle } from '../../../platform/style.js';
import { escapeLine, formatJson, joinLines } from '../../../platform/text/escape.js';

const maxReplacedShown = 3;

/** Explains one value in about five lines. */
export function formatWhy(answer: WhyAnswer, style: ApplyStyle): string {
  return joinLines(answer.value === null ? formatAbsent(answer, style) : formatPresent(answer, answer.value, style));
}

function formatPresent(answer: WhyAnswer, value: NonNullable<WhyAnswer['value']>, style: ApplyStyle): string[] {
  const { column, series, history, zone, query, inputs } = answer;
  const shown = column === null ? pluralize(value.rows, 'row') : formatValue(value.value);
  const isSpan = tables[query.dataset].kind === 'span';
  const isDaily = isSpan && query.minutes === null && (value.row['bar_size'] ?? '1 day') === '1 day';
  const time = isDaily ? query.date : formatZonedTime(value.at, zone);
  const others =
    value.otherSeries === 0
      ? ''
      : style('quiet', `; ${pluralize(value.otherSeries, 'other series has', 'other series have')} rows too`);
  const { current } = history;
  return [
    `${style('strong', `${query.symbol} ${time}${column === null ? '' : ` ${column}`} = ${shown}`)}   ${series?.series ?? query.dataset}  from ${series?.provider ?? '?'}${formatOption(value.row)}${others}`,
    ...(isSpan && query.minutes === null && value.bars > 1
      ? [`  bars     the first of ${pluralize(value.bars, 'bar')} of ${query.date}; write a time to choose another`]
      : []),
    ...(current === null
      ? [`  request  ${value.requestId}; the log does not have its commit any more, so nothing else is known of it`]
      : formatRequest(answer, current)),
    ...(value.isComputed ? [`  computed by pipe from ${pluralize(inputs.length, 'stored answer')}:`] : []),
    ...inputs.slice(0, value.isComputed ? 8 : 3).map(formatInput),
    ...formatReplaced(answer),
  ];
}

/** Names the option of a row of a snapshot, whose series has many. */
function formatOption(row: Readonly<Record<string, unknown>>): string {
  const { strike, right, iv_source: source } = row;
  return source === undefined ? '' : `, ${String(strike)}/${String(right)}`;
}

function formatRequest({ request, sent, zone, query }: WhyAnswer, fact: CommittedFact): string[] {
  const calls = describeCalls(sent.get(fact.requestId) ?? []);
  const isSpan = tables[query.dataset].kind === 'span';
  const covers =
    request === null || !isSpan
      ? ''
      : `, for ${formatSpan(request.requestWindow, zone)} (${pluralize(request.rows, 'row')})`;
  return [
    `  request  ${fact.requestId}, sent ${formatZonedSeconds(fact.requestedAt, 'UTC')}${covers}`,
    ...calls.map((call) => `  ${call.replace(/^(asked|read): /, (_, verb: string) => verb.padEnd(9))}`),
    `  stored   ${fact.state}, version ${String(fact.version)} of ${fact.dataset}, by step ${fact.step} of pipeline ${formatPipeline(fact.author.pipeline)}`,
  ];
}

function formatInput({ series, requestId, requestedAt }: LineageRequest): string {
  return `  from     ${series}, request ${requestId}, sent ${formatZonedSeconds(requestedAt, 'UTC')}`;
}

function formatReplaced({ history: { replaced, ignored }, replacedValues, column, query }: WhyAnswer): string[] {
  const isSpan = tables[query.dataset].kind === 'span';
  const word = isSpan ? 'replaced' : 'before  ';
  const lines = replaced.slice(0, maxReplacedShown).map(({ fact }) => {
    const value = !replacedValues.has(fact.requestId)
      ? column === null || fact.rows === 0
        ? pluralize(fact.rows, 'row')
        : 'a value whose file is deleted'
      : formatValue(replacedValues.get(fact.requestId));
    return `  ${word} ${value} of request ${fact.requestId}, sent ${formatZonedSeconds(fact.requestedAt, 'UTC')} (${fact.state}, version ${String(fact.version)})`;
  });
  const hidden = replaced.length - lines.length;
  const [last] = ignored;
  return [
    ...lines,
    ...(hidden > 0 ? [`           and ${pluralize(hidden, 'earlier result')}; --json has all`] : []),
    ...(last === undefined ? [] : [`  later    a request that replaced nothing: ${describeFailure(last)}`]),
    ...(isSpan && replaced.length === 0 ? ['  replaced nothing'] : []),
  ];
}

function describeFailure({ state, reason, requestedAt }: CommittedFact): string {
  return `${state}${reason === undefined ? '' : ` (${reason})`}, ${formatZonedSeconds(requestedAt, 'UTC')}`;
}

function formatAbsent(answer: WhyAnswer, style: ApplyStyle): string[] {
  const { query, absence, series, history, column } = answer;
  const { current } = history;
  const name = `${query.symbol} ${query.date}${column === null ? '' : ` ${column}`}`;
  return [
    `${style('strong', `${name}: no value`)}   ${series?.series ?? query.dataset}${series === null ? '' : `  from ${series.provider}`}`,
    ...(absence === null ? [] : [`  because  ${absence.reason}`]),
    ...(current === null ? [] : formatRequest(answer, current)),
    ...(absence === null ? [] : formatRepair(absence, style)),
  ];
}

function formatRepair({ repair, obstacle }: AbsentValue, style: ApplyStyle): string[] {
  if (repair === null) return obstacle === null ? [] : [`  repair   none: ${obstacle}`];
  return [`  repair   ${style('link', repair.command)}`, `  cost     ${describeCost(repair)}`];
}

export function describeCost({ requests, estimatedRequests, duration }: Repair): string {
  const estimated =
    estimatedRequests === 0 ? '' : ` and about ${pluralize(estimatedRequests, 'more')}`.replace('mores', 'more');
  return `${pluralize(requests, 'request')}${estimated}, about ${humanizeDuration(duration)}`;
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'null (the provider gave none)';
  return escapeLine(typeof value === 'string' ? value : formatJson(value));
}
