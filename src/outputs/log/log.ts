import { pino } from 'pino';

import type { RunEvent } from '../../core/events.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { LogLevel, LogSettings } from '../../config/pipeline/notifications/notifications.js';
import type { HookResult } from '../hooks/hook-runner.js';
import { getLogLevel, formatLogMessage } from './log-message.js';
import type { Redact } from '../../platform/redact.js';
import { createRotatingFile } from './rotating-file.js';

/** The log of a run for machines: a JSON object on every line. */
export interface Log {
  handle(event: RunEvent): void;
  /** What a hook said; the event names the run. */
  logHookResult(end: HookResult, at: Instant): void;
  /** What the collector that runs the pipeline says of it. */
  logSchedulerEntry(line: SchedulerLogEntry): void;
  flush(): Promise<void>;
}

/** A line of a collector in the log of one of its pipelines. */
export interface SchedulerLogEntry {
  readonly at: Instant;
  readonly level: LogLevel;
  readonly event: string;
  /** What it is about besides the pipeline: the cycle by its due time, the run. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface LogOptions {
  readonly settings: LogSettings;
  readonly pipeline: string;
  /** Whether everything is worth a line, whatever the settings say. */
  readonly logAllLevels: boolean;
  readonly redact: Redact;
  readonly onError: (problem: string) => void;
}

/** Writes events to a rotating file, each with the run, the task and the request that it is about. */
export function createLog({ settings, pipeline, logAllLevels, redact, onError }: LogOptions): Log {
  const file = createRotatingFile({ ...settings, path: settings.file, onError });
  let now: Instant = 0;
  let run: string | null = null;
  const logger = pino(
    {
      level: logAllLevels ? 'debug' : settings.level,
      base: { pipeline },
      // What happened when is the event's to say.
      timestamp: () => `,"time":"${formatInstant(now)}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => {
        file.add(redact(line));
      },
    },
  );
  const write = (level: LogLevel, fields: object, message: string): void => {
    logger[level](fields, message);
  };

  return {
    handle(event) {
      now = event.at;
      run = event.runId;
      write(getLogLevel(event), { run, event: event.type, ...eventDetails(event) }, formatLogMessage(event));
    },
    logHookResult({ hook, command, problem, output }, at) {
      now = at;
      const message = `the ${hook} hook ${command} ${problem ?? 'has ended well'}`;
      write(problem === null ? 'info' : 'warn', { run, event: 'hook-ended', hook, command, output }, message);
    },
    logSchedulerEntry({ at, level, event, details, message }) {
      now = at;
      write(level, { event, ...details }, message);
    },
    flush: () => file.flush(),
  };
}

/** What an event says besides when it was, of which run and of which kind; every line names the pipeline already. */
function eventDetails({ at: _at, runId: _run, type: _type, ...details }: RunEvent): object {
  if (!('pipeline' in details)) return details;
  const { pipeline, ...others } = details;
  return { file: pipeline.file, hash: pipeline.hash, ...others };
}
