import { humanizeDuration, pluralize } from '../../platform/format.js';
import type { Instant } from '../../core/time/time.js';
import { formatDueTime, formatTime } from '../../core/time/zoned-time.js';
import type { ApplyStyle } from '../../platform/style.js';
import type { CheckStatus, PipelineStatus, ProviderEvidence } from '../../scheduler/monitoring/status-document.js';
import { formatFailures } from '../../app/serve/format-failures.js';
import type { CollectorStatus } from '../../app/status/read-collector-status.js';

/** The health of a collector with its problems, and the last and next run of each pipeline. */
export function formatCollectorStatus(
  { alive, document }: CollectorStatus,
  now: Instant,
  style: ApplyStyle,
): readonly string[] {
  const { pid, address, health, problems, pipelines } = document;
  if (!alive) return [`  ${style('bad', 'collector')}  died (pid ${String(pid)}); restart it with: pipe serve`];
  const state = style(health === 'healthy' ? 'good' : health === 'degraded' ? 'warn' : 'bad', health);
  return [
    `  collector  ${state}, pid ${String(pid)}${address === null ? '' : `, ${address}`}${formatRuns(document.runs)}`,
    ...problems.map(({ about, problem }) => `    ${style('bad', `${about === null ? '' : `${about}: `}${problem}`)}`),
    ...pipelines.map((pipeline) => `    ${formatPipeline(pipeline, now, style)}`),
  ];
}

function formatRuns(runs: CollectorStatus['document']['runs']): string {
  if (runs === undefined) return '';
  const { max, running, queued } = runs;
  return `, ${String(running)} of ${pluralize(max, 'run')} in progress${queued === 0 ? '' : `, ${String(queued)} queued`}`;
}

/** Further symbols are in the JSON document. */
const maxNamed = 5;

function formatPipeline(pipeline: PipelineStatus, now: Instant, style: ApplyStyle): string {
  const { name, last, running, queued, next, providers, breakers, errors, symbolsWithErrors } = pipeline;
  const formatDue = (due: string): string => formatDueTime(Date.parse(due), pipeline.timeZone);
  const parts: string[] = [];
  if (running !== null) parts.push(style('link', `running since ${formatTime(Date.parse(running.startedAt))}`));
  if (queued !== undefined && queued !== null)
    parts.push(style('warn', `queued since ${formatTime(Date.parse(queued.since))} (due ${formatDue(queued.due)})`));
  if (last !== null)
    parts.push(`last ${formatDue(last.due)} ${style(last.outcome === 'ok' ? 'good' : 'bad', last.outcome)}`);
  if (next !== null)
    parts.push(`next ${formatDue(next)} (in ${humanizeDuration(Math.max(0, Date.parse(next) - now))})`);
  for (const [provider, state] of Object.entries(providers)) {
    const label = `${provider} ${state}${formatEvidence(pipeline.providerEvidence?.[provider], now)}`;
    parts.push(state === 'unhealthy' ? style('bad', label) : label);
  }
  const openBreakers = Object.entries(breakers).filter(([, state]) => state !== 'closed');
  if (openBreakers.length > 0) {
    const named = openBreakers.slice(0, maxNamed).map(([target, state]) => `${target} (${state})`);
    const more = openBreakers.length > maxNamed ? ', …' : '';
    parts.push(style('bad', `circuit breakers: ${named.join(', ')}${more}`));
  }
  if (pipeline.check !== undefined && pipeline.check !== null) parts.push(formatCheck(pipeline.check, now, style));
  const failed = Object.entries(errors).map(([symbol, reason]) => ({ symbol, reason }));
  if (failed.length > 0) {
    const count = pluralize(symbolsWithErrors, 'symbol');
    parts.push(style('bad', `errors of ${count}: ${formatFailures(failed, maxNamed, symbolsWithErrors)}`));
  }
  return `${name}: ${parts.join(', ')}`;
}

function formatCheck({ startedAt, errors, warnings, problem }: CheckStatus, now: Instant, style: ApplyStyle): string {
  const age = formatAge(startedAt, now);
  if (errors === null) return style('bad', `check failed ${age}: ${problem ?? ''}`);
  if (errors > 0) return style('bad', `check found ${pluralize(errors, 'error')} ${age}`);
  return `checked ${age}${warnings === null || warnings === 0 ? '' : ` (${pluralize(warnings, 'warning')})`}`;
}

/** What the health of a provider is based on, with its age: a provider that answered yesterday may be down now. */
function formatEvidence(evidence: ProviderEvidence | undefined, now: Instant): string {
  if (evidence === undefined) return '';
  const { answeredAt, failedAt, failure } = evidence;
  const parts: string[] = [];
  if (failedAt !== null && failure !== null) parts.push(`${failure}, ${formatAge(failedAt, now)}`);
  if (answeredAt !== null) parts.push(`${failedAt === null ? '' : 'last '}answered ${formatAge(answeredAt, now)}`);
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

function formatAge(at: string, now: Instant): string {
  return `${humanizeDuration(Math.max(0, now - Date.parse(at)))} ago`;
}
