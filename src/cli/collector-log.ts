import { isoInstant } from '../core/time.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { LogLevel } from '../pipeline/telling.js';
import { plainPaint } from '../report/paint.js';
import type { ServeEvent } from '../serve/serve-event.js';
import type { CollectorLine, Log } from '../tell/log.js';
import { redactorFor } from './secrets.js';
import { serveWords } from './serve-words.js';
import type { OwnEvent } from './serve-words.js';
import type { Surroundings } from './surroundings.js';

/** The logs of all pipelines that have one, as far as the collector writes them: runs write what happens in them. */
export interface CollectorLog {
  /** A version of a pipeline from now on; where it has no log nothing is written. */
  accept(pipeline: Pipeline): void;
  take(event: ServeEvent): void;
  flush(): Promise<void>;
}

export function collectorLog(at: Surroundings, warn: (message: string) => void): CollectorLog {
  const logs = new Map<string, Promise<Log>>();
  /** What was said of a log that is being opened is written once it is, in order. */
  let writing: Promise<void> = Promise.resolve();

  const opened = async (pipeline: Pipeline, settings: NonNullable<Pipeline['telling']['logs']>): Promise<Log> => {
    const { log } = await import('../tell/log.js');
    const everything = at.verbosity === 'debug';
    const redact = await redactorFor(pipeline, at);
    return log({ settings, pipeline: pipeline.name, everything, redact, onTrouble: warn });
  };

  const write = (pipeline: string, line: CollectorLine): void => {
    const log = logs.get(pipeline);
    if (log === undefined) return;
    writing = writing
      .then(async () => (await log).collected(line))
      .catch((error: unknown) => warn(error instanceof Error ? error.message : String(error)));
  };

  return {
    accept(pipeline) {
      const { logs: settings } = pipeline.telling;
      if (settings === null) logs.delete(pipeline.name);
      else logs.set(pipeline.name, opened(pipeline, settings));
    },
    take(event) {
      if (event.type === 'run-event') return;
      const line = lineOf(event);
      for (const pipeline of event.type === 'stopping' ? logs.keys() : pipelinesOf(event)) write(pipeline, line);
      if (event.type === 'pipeline-dropped') logs.delete(event.pipeline);
    },
    async flush() {
      await writing;
      for (const log of logs.values()) await (await log).flush();
    },
  };
}

function pipelinesOf(event: OwnEvent): readonly string[] {
  if ('pipeline' in event) return [event.pipeline];
  return event.type === 'pipeline-refused' && event.keeps !== null ? [event.keeps] : [];
}

function lineOf(event: OwnEvent): CollectorLine {
  const { at, type } = event;
  return {
    at,
    level: levelOf(event),
    event: type,
    details: detailsOf(event),
    words: serveWords(event, plainPaint).words,
  };
}

function levelOf(event: OwnEvent): LogLevel {
  switch (event.type) {
    case 'cycle-ended':
      if (event.outcome === 'ok') return 'info';
      return event.outcome === 'partial' || event.outcome === 'interrupted' ? 'warn' : 'error';
    case 'state-unwritten':
      return 'error';
    case 'pipeline-refused':
    case 'pipeline-dropped':
    case 'cycles-missed':
    case 'alerts-untold':
      return 'warn';
    default:
      return 'info';
  }
}

/** The ids that lines of the same cycle share, and what else is to be filtered by. */
function detailsOf(event: OwnEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case 'run-outlived':
    case 'outlived-ended':
      return { cycle: isoInstant(event.cycle.due) };
    case 'cycle-started':
      return { cycle: isoInstant(event.cycle.due), why: event.cycle.why };
    case 'cycle-ended': {
      const { due, run, outcome, requests, rows, startedAt, endedAt } = event;
      const ids = { cycle: isoInstant(due), ...(run === null ? {} : { run }) };
      return { ...ids, outcome, requests, rows, failed: event.failed.length, took: endedAt - startedAt };
    }
    case 'cycles-missed': {
      const { reason, count, first, last } = event;
      return { cycle: isoInstant(first), ...(count === 1 ? {} : { until: isoInstant(last) }), count, reason };
    }
    case 'pipeline-taken':
    case 'pipeline-refused':
    case 'pipeline-dropped':
      return { file: event.file };
    default:
      return {};
  }
}
