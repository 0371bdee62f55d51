import { pino } from 'pino';

import type { RunEvent } from '../core/events.js';
import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { LogLevel, LogSettings } from '../pipeline/telling.js';
import type { HookEnd } from './hooks.js';
import { levelOf, logWords } from './log-words.js';
import type { Redact } from '../core/redact.js';
import { rotatingFile } from './rotating-file.js';

/** The log of a run for machines: a JSON object on every line. */
export interface Log {
  take(event: RunEvent): void;
  /** What a hook said; the event names the run. */
  hookEnded(end: HookEnd, at: Instant): void;
  /** What the collector that runs the pipeline says of it. */
  collected(line: CollectorLine): void;
  flush(): Promise<void>;
}

/** A line of a collector in the log of one of its pipelines. */
export interface CollectorLine {
  readonly at: Instant;
  readonly level: LogLevel;
  readonly event: string;
  /** What it is about besides the pipeline: the cycle by its due time, the run. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly words: string;
}

export interface LogOptions {
  readonly settings: LogSettings;
  readonly pipeline: string;
  /** Whether everything is worth a line, whatever the settings say. */
  readonly everything: boolean;
  readonly redact: Redact;
  readonly onTrouble: (problem: string) => void;
}

/** Writes events to a rotating file, each with the run, the task and the request that it is about. */
export function log({ settings, pipeline, everything, redact, onTrouble }: LogOptions): Log {
  const file = rotatingFile({ ...settings, path: settings.file, onTrouble });
  let now: Instant = 0;
  let run: string | null = null;
  const lines = pino(
    {
      level: everything ? 'debug' : settings.level,
      base: { pipeline },
      // What happened when is the event's to say.
      timestamp: () => `,"time":"${isoInstant(now)}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => {
        file.add(redact(line));
      },
    },
  );
  const write = (level: LogLevel, fields: object, words: string): void => {
    lines[level](fields, words);
  };

  return {
    take(event) {
      now = event.at;
      run = event.runId;
      write(levelOf(event), { run, event: event.type, ...detailsOf(event) }, logWords(event));
    },
    hookEnded({ hook, command, problem, output }, at) {
      now = at;
      const words = `the ${hook} hook ${command} ${problem ?? 'has ended well'}`;
      write(problem === null ? 'info' : 'warn', { run, event: 'hook-ended', hook, command, output }, words);
    },
    collected({ at, level, event, details, words }) {
      now = at;
      write(level, { event, ...details }, words);
    },
    flush: () => file.flush(),
  };
}

/** What an event says besides when it was, of which run and of which kind; every line names the pipeline already. */
function detailsOf({ at: _at, runId: _run, type: _type, ...details }: RunEvent): object {
  if (!('pipeline' in details)) return details;
  const { pipeline, ...others } = details;
  return { file: pipeline.file, hash: pipeline.hash, ...others };
}
