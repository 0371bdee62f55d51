import { pino } from 'pino';

import type { RunEvent } from '../../core/events.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { LogLevel, LogSettings } from '../../config/pipeline/notifications/notifications.js';
import type { HookResult } from '../hooks/hook-runner.js';
import { describeEvent } from '../describe-event.js';
import { escapeJson } from '../../platform/text/escape.js';
import type { Redact } from '../../platform/redact.js';
import { createRotatingFile } from './rotating-file.js';

/** A log file for programs: one JSON object per line. */
export interface Log {
  handle(event: RunEvent): void;
  /** Logs a hook of the run whose events were handled. */
  logHookResult(result: HookResult, at: Instant): void;
  /** Logs an event of the collector that runs the pipeline. */
  logSchedulerEntry(line: SchedulerLogEntry): void;
  flush(): Promise<void>;
}

/** An event of a collector in the log of one of its pipelines. */
export interface SchedulerLogEntry {
  readonly at: Instant;
  readonly level: LogLevel;
  readonly event: string;
  /** Further fields, such as the scheduled time and the run. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface LogOptions {
  readonly settings: LogSettings;
  readonly pipeline: string;
  /** Ignores the level of the settings. */
  readonly logAllLevels: boolean;
  readonly redact: Redact;
  readonly onError: (problem: string) => void;
}

/** Writes events to a rotating file, each with its run, task and request. */
export function createLog({ settings, pipeline, logAllLevels, redact, onError }: LogOptions): Log {
  const file = createRotatingFile({ ...settings, path: settings.file, onError });
  let now: Instant = 0;
  let run: string | null = null;
  const logger = pino(
    {
      level: logAllLevels ? 'debug' : settings.level,
      base: { pipeline },
      // The time of the event, not of writing.
      timestamp: () => `,"time":"${formatInstant(now)}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => {
        file.add(escapeJson(redact(line)));
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
      const { level, message } = describeEvent(event);
      write(level, { run, event: event.type, ...eventDetails(event) }, message);
    },
    logHookResult({ hook, command, error, output }, at) {
      now = at;
      const message = `the ${hook} hook ${command} ${error ?? 'succeeded'}`;
      write(error === null ? 'info' : 'warn', { run, event: 'hook-finished', hook, command, output }, message);
    },
    logSchedulerEntry({ at, level, event, details, message }) {
      now = at;
      write(level, { event, ...details }, message);
    },
    flush: () => file.flush(),
  };
}

/** The fields of an event that the line does not contain already. */
function eventDetails({ at: _at, runId: _run, type: _type, ...details }: RunEvent): object {
  if (!('pipeline' in details)) return details;
  const { pipeline, ...others } = details;
  return { file: pipeline.file, hash: pipeline.hash, ...others };
}
