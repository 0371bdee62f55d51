import { formatInstant } from '../../core/time/time.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { LogLevel } from '../../config/pipeline/notifications/notifications.js';
import { plainStyle } from '../../platform/style.js';
import type { ServeEvent } from '../../scheduler/serve-event.js';
import type { SchedulerLogEntry, Log } from '../../outputs/log/log.js';
import { createPipelineRedactor } from '../redaction.js';
import { formatServeEvent } from './format-serve-event.js';
import type { CollectorEvent } from './format-serve-event.js';
import type { CliContext } from '../cli-context.js';

/** The logs of all pipelines that have one, as far as the collector writes them: runs write what happens in them. */
export interface CollectorLog {
  /** A version of a pipeline from now on; where it has no log nothing is written. */
  setPipeline(pipeline: Pipeline): void;
  take(event: ServeEvent): void;
  flush(): Promise<void>;
}

export function createCollectorLog(ctx: CliContext, warn: (message: string) => void): CollectorLog {
  const logs = new Map<string, Promise<Log>>();
  /** What was said of a log that is being opened is written once it is, in order. */
  let writing: Promise<void> = Promise.resolve();

  const openPipelineLog = async (
    pipeline: Pipeline,
    settings: NonNullable<Pipeline['notifications']['logs']>,
  ): Promise<Log> => {
    const { createLog } = await import('../../outputs/log/log.js');
    const everything = ctx.verbosity === 'debug';
    const redact = await createPipelineRedactor(pipeline, ctx);
    return createLog({ settings, pipeline: pipeline.name, logAllLevels: everything, redact, onError: warn });
  };

  const write = (pipeline: string, line: SchedulerLogEntry): void => {
    const log = logs.get(pipeline);
    if (log === undefined) return;
    writing = writing
      .then(async () => (await log).logSchedulerEntry(line))
      .catch((error: unknown) => warn(error instanceof Error ? error.message : String(error)));
  };

  return {
    setPipeline(pipeline) {
      const { logs: settings } = pipeline.notifications;
      if (settings === null) logs.delete(pipeline.name);
      else logs.set(pipeline.name, openPipelineLog(pipeline, settings));
    },
    take(event) {
      if (event.type === 'run-event') return;
      const line = toLogLine(event);
      for (const pipeline of event.type === 'stopping' ? logs.keys() : getPipelines(event)) write(pipeline, line);
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

function toLogLine(event: CollectorEvent): SchedulerLogEntry {
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
      return event.outcome === 'partial' || event.outcome === 'interrupted' ? 'warn' : 'error';
    case 'state-save-failed':
      return 'error';
    case 'pipeline-rejected':
    case 'pipeline-removed':
    case 'runs-missed':
    case 'alert-delivery-failed':
      return 'warn';
    default:
      return 'info';
  }
}

/** The ids that lines of the same cycle share, and what else is to be filtered by. */
function getDetails(event: CollectorEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case 'orphan-run-found':
    case 'orphan-run-ended':
      return { cycle: formatInstant(event.cycle.due) };
    case 'cycle-started':
      return { cycle: formatInstant(event.cycle.due), why: event.cycle.why };
    case 'cycle-ended': {
      const { due, run, outcome, requests, rows, startedAt, endedAt } = event;
      const ids = { cycle: formatInstant(due), ...(run === null ? {} : { run }) };
      return { ...ids, outcome, requests, rows, failed: event.failed.length, took: endedAt - startedAt };
    }
    case 'runs-missed': {
      const { reason, count, first, last } = event;
      return { cycle: formatInstant(first), ...(count === 1 ? {} : { until: formatInstant(last) }), count, reason };
    }
    case 'pipeline-loaded':
    case 'pipeline-rejected':
    case 'pipeline-removed':
      return { file: event.file };
    default:
      return {};
  }
}
