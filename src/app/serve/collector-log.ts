import { formatInstant } from '../../core/time/time.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { LogLevel } from '../../config/pipeline/notifications/notifications.js';
import { errorMessage } from '../../platform/error-message.js';
import { plainStyle } from '../../platform/style.js';
import type { ServeEvent } from '../../scheduler/serve-event.js';
import type { SchedulerLogEntry, Log } from '../../outputs/log/log.js';
import { createPipelineRedactor } from '../redaction.js';
import { formatServeEvent } from './format-serve-event.js';
import type { CollectorEvent } from './format-serve-event.js';
import type { AppContext } from '../context.js';

/** Writes the events of the collector to the logs of its pipelines; runs log their own events. */
export interface CollectorLog {
  /** Uses the log settings of a new version of a pipeline. */
  setPipeline(pipeline: Pipeline): void;
  handle(event: ServeEvent): void;
  flush(): Promise<void>;
}

export function createCollectorLog(
  { environment }: Pick<AppContext, 'environment'>,
  logAllLevels: boolean,
  warn: (message: string) => void,
): CollectorLog {
  const logs = new Map<string, Promise<Log>>();
  /** Keeps the order of entries while a log is being opened. */
  let writing: Promise<void> = Promise.resolve();

  const openPipelineLog = async (
    pipeline: Pipeline,
    settings: NonNullable<Pipeline['notifications']['logs']>,
  ): Promise<Log> => {
    const { createLog } = await import('../../outputs/log/log.js');
    const redact = await createPipelineRedactor(pipeline, { environment });
    return createLog({ settings, pipeline: pipeline.name, logAllLevels, redact, onError: warn });
  };

  const write = (pipeline: string, entry: SchedulerLogEntry): void => {
    const log = logs.get(pipeline);
    if (log === undefined) return;
    writing = writing
      .then(async () => (await log).logSchedulerEntry(entry))
      .catch((error: unknown) => warn(errorMessage(error)));
  };

  return {
    setPipeline(pipeline) {
      const { logs: settings } = pipeline.notifications;
      if (settings === null) logs.delete(pipeline.name);
      else logs.set(pipeline.name, openPipelineLog(pipeline, settings));
    },
    handle(event) {
      if (event.type === 'run-event') return;
      const entry = toLogEntry(event);
      for (const pipeline of event.type === 'shutting-down' ? logs.keys() : getPipelines(event)) write(pipeline, entry);
      if (event.type === 'pipeline-removed') logs.delete(event.pipeline);
    },
    async flush() {
      await writing;
      for (const log of logs.values()) await (await log).flush();
    },
  };
}

function getPipelines(event: CollectorEvent): readonly string[] {
  if ('pipeline' in event) return [event.pipeline];
  return event.type === 'pipeline-rejected' && event.activePipeline !== null ? [event.activePipeline] : [];
}

function toLogEntry(event: CollectorEvent): SchedulerLogEntry {
  const { at, type } = event;
  return {
    at,
    level: getLevel(event),
    event: type,
    details: getDetails(event),
    message: formatServeEvent(event, plainStyle).text,
  };
}

function getLevel(event: CollectorEvent): LogLevel {
  switch (event.type) {
    case 'cycle-ended':
      if (event.outcome === 'ok') return 'info';
      return event.outcome === 'partial' || event.outcome === 'cancelled' ? 'warn' : 'error';
    case 'state-save-failed':
      return 'error';
    case 'pipeline-rejected':
    case 'pipeline-removed':
    case 'runs-missed':
    case 'alert-delivery-failed':
      return 'warn';
    case 'check-ended':
      return event.findings?.errors === 0 ? 'info' : 'error';
    default:
      return 'info';
  }
}

/** Fields to filter by; entries of the same cycle share `cycle`. */
function getDetails(event: CollectorEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case 'orphan-run-found':
    case 'orphan-run-ended':
      return { cycle: formatInstant(event.cycle.due) };
    case 'cycle-queued': {
      const { cycle, max, running, queued } = event;
      return { cycle: formatInstant(cycle.due), trigger: cycle.trigger, max, running, queued };
    }
    case 'cycle-started': {
      const { cycle, at, queuedSince } = event;
      const queuedMs = queuedSince === undefined ? {} : { queuedMs: at - queuedSince };
      return { cycle: formatInstant(cycle.due), trigger: cycle.trigger, lateMs: at - cycle.due, ...queuedMs };
    }
    case 'cycle-ended': {
      const { due, run, outcome, requests, rows, startedAt, endedAt } = event;
      const ids = { cycle: formatInstant(due), ...(run === null ? {} : { run }) };
      return { ...ids, outcome, requests, rows, failed: event.failed.length, durationMs: endedAt - startedAt };
    }
    case 'runs-missed': {
      const { reason, count, first, last } = event;
      return { cycle: formatInstant(first), ...(count === 1 ? {} : { until: formatInstant(last) }), count, reason };
    }
    case 'pipeline-loaded':
    case 'pipeline-reloaded':
    case 'pipeline-rejected':
    case 'pipeline-removed':
      return { file: event.file };
    default:
      return {};
  }
}
