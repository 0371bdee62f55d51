import { formatInstantSeconds, second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { formatDueTime, formatTime } from '../../core/time/zoned-time.js';
import { humanizeDuration, pluralize } from '../../platform/format.js';
import type { ApplyStyle } from '../../platform/style.js';
import type { Cycle, MissedReason } from '../../scheduler/schedule/cycles.js';
import type { CheckEnded, CycleEnded, PipelineLoaded, RunsMissed, ServeEvent } from '../../scheduler/serve-event.js';
import { formatFailures } from './format-failures.js';

/** An event of a collector as text. */
export interface ServeMessage {
  /** The pipeline or the file concerned; null for the collector itself. */
  readonly about: string | null;
  /** One line, followed by the lines of its explanation. */
  readonly text: string;
}

/** The collector's own events, without those of its runs. */
export type CollectorEvent = Exclude<ServeEvent, { type: 'run-event' }>;

export function formatServeEvent(event: CollectorEvent, style: ApplyStyle): ServeMessage {
  switch (event.type) {
    case 'pipeline-loaded':
      return {
        about: event.pipeline,
        text: `loaded from ${event.file}${formatNext(event, ', ')}${formatRehearsal(event)}`,
      };
    case 'pipeline-reloaded':
      return { about: event.pipeline, text: `reloaded from ${event.file}${formatNext(event, ', ')}` };
    case 'pipeline-rejected': {
      const { file, activePipeline, message } = event;
      const text =
        activePipeline === null
          ? 'invalid, not scheduled'
          : `${file} is invalid; ${activePipeline} keeps its last valid version`;
      return { about: activePipeline ?? file, text: `${style('warn', text)}\n${message}` };
    }
    case 'rejection-cleared':
      return { about: event.file, text: 'removed' };
    case 'pipeline-removed':
      return { about: event.pipeline, text: style('warn', `removed: ${event.reason}`) };
    case 'pipeline-unscheduled':
      return { about: event.pipeline, text: style('warn', `not scheduled: ${event.file} has no schedule`) };
    case 'cycle-queued': {
      const due = formatDueTime(event.cycle.due, event.timeZone);
      const text = `run due at ${due} waits: ${pluralize(event.running, 'run')} in progress, ${String(event.queued)} queued`;
      return { about: event.pipeline, text };
    }
    case 'cycle-started': {
      const { cycle, at, queuedSince } = event;
      const late = queuedSince === undefined ? '' : ` after ${humanizeDuration(at - queuedSince)} in the queue`;
      const text = `run due at ${formatDueTime(cycle.due, event.timeZone)} started${triggerNotes[cycle.trigger]}${late}`;
      return { about: event.pipeline, text };
    }
    case 'orphan-run-found': {
      const due = formatDueTime(event.cycle.due, event.timeZone);
      const since = formatTime(event.since);
      const text = `the run due at ${due} of a previous collector is still in progress (since ${since}); waiting for it`;
      return { about: event.pipeline, text };
    }
    case 'orphan-run-ended': {
      const text = `the run due at ${formatDueTime(event.cycle.due, event.timeZone)} of a previous collector has ended; see: pipe report`;
      return { about: event.pipeline, text: `${text}${formatNext(event, '; ')}` };
    }
    case 'cycle-ended':
      return { about: event.pipeline, text: formatCycleEnd(event, style) };
    case 'runs-missed':
      return { about: event.pipeline, text: style('warn', formatMissedRuns(event)) };
    case 'state-save-failed':
      return { about: event.pipeline, text: style('bad', `cannot save state: ${event.message}`) };
    case 'alert-delivery-failed':
      return { about: event.pipeline, text: style('warn', `alerts: ${event.message}`) };
    case 'check-ended':
      return { about: event.pipeline, text: formatCheckEnd(event, style) };
    case 'shutting-down': {
      const { length } = event.running;
      const waiting = length === 0 ? '' : `: waiting for ${pluralize(length, 'run')} (signal again to force)`;
      return { about: null, text: `stopping${waiting}` };
    }
  }
}

const triggerNotes: Readonly<Record<Cycle['trigger'], string>> = {
  due: '',
  queued: ' after the previous run',
  'caught-up': ' to catch up',
};

/** Simulators of providers with a gateway or an account. */
const simulatorNames: Readonly<Record<string, string>> = { ib: 'tws', kite: 'kite' };

/** A moment before the first due time of the next session, for clocks that are set to it. */
const rehearsalLead: Duration = 10 * second;

/** Outside market hours nothing happens for hours: says how to try the pipeline at once. */
function formatRehearsal({ file, next, closedMarket }: PipelineLoaded): string {
  if (next === null || closedMarket === undefined) return '';
  const at = formatInstantSeconds(next - rehearsalLead);
  const simulators = closedMarket.providers.flatMap((provider) => simulatorNames[provider] ?? []);
  const commands = [
    ...simulators.map((name) => `pipe simulate ${name} --start ${at}`),
    `pipe serve ${file} --now ${at}`,
  ];
  return `\n${closedMarket.market} is closed; to try the pipeline now: ${commands.join(', and ')}`;
}

/** The zone of the schedule of an event's pipeline. */
type Zoned = Pick<ServeEvent, 'timeZone'>;

/** The number of failed symbols that the line of an ended cycle names. */
const maxNamed = 3;

function formatCycleEnd(event: CycleEnded & Zoned, style: ApplyStyle): string {
  const { outcome, reason, startedAt, endedAt, run, requests, rows, failed } = event;
  const [first = '', ...further] = (outcome === 'ok' ? '' : (reason ?? '')).split('\n');
  const parts = [
    first === failed[0]?.reason ? '' : first,
    run === null ? '' : `${pluralize(requests, 'request')}, ${pluralize(rows, 'row')}`,
    ...(['failed', 'partial'] as const).map((status) => {
      const named = formatFailures(
        failed.filter((one) => one.status === status),
        maxNamed,
      );
      return named === '' ? '' : `${status}: ${named}`;
    }),
    formatNext(event, ''),
  ].filter((part) => part !== '');
  const head = style(outcome === 'ok' ? 'good' : 'bad', `${outcome} after ${humanizeDuration(endedAt - startedAt)}`);
  return [[head, parts.join('; ')].filter((part) => part !== '').join(': '), ...further].join('\n');
}

const missedReasonTexts: Readonly<Record<MissedReason, string>> = {
  'scheduler-down': 'the collector was down or the machine asleep',
  overlap: 'the previous run was still in progress',
  'no-free-slot': 'the run before waits for a free slot; see --max-concurrent-runs',
  interrupted: 'the run was interrupted',
  'market-closed': 'the market has closed since',
  'queue-full': 'too many runs are waiting',
  'circuit-open': 'the circuit of the provider is open',
  'max-cycles-reached': 'max_cycles was reached',
};

function formatMissedRuns({ count, first, last, reason, detail, timeZone }: RunsMissed & Zoned): string {
  const format = (due: Instant): string => formatDueTime(due, timeZone);
  const due = count === 1 ? format(first) : `${format(first)} to ${format(last)}`;
  return `${pluralize(count, 'scheduled run')} skipped (due ${due}): ${detail ?? missedReasonTexts[reason]}`;
}

function formatNext({ next, timeZone }: { readonly next: Instant | null } & Zoned, before: string): string {
  return next === null ? '' : `${before}next due ${formatDueTime(next, timeZone)}`;
}

function formatCheckEnd({ durationMs, findings, problem }: CheckEnded, style: ApplyStyle): string {
  if (findings === null) return style('bad', `cannot check the lake: ${problem ?? 'no result'}`);
  const { errors, warnings } = findings;
  const found = [
    ...(errors > 0 ? [pluralize(errors, 'error')] : []),
    ...(warnings > 0 ? [pluralize(warnings, 'warning')] : []),
  ];
  const text = `checked the lake in ${humanizeDuration(durationMs)}: ${found.length === 0 ? 'ok' : found.join(', ')}`;
  return errors > 0 ? style('bad', `${text}; see: pipe check`) : text;
}
