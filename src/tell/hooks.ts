import { setMaxListeners } from 'node:events';
import { basename } from 'node:path';

import type { RunEvent } from '../core/events.js';
import { plural } from '../core/words.js';
import type { Hook, HookName, HookSettings } from '../pipeline/telling.js';
import { lastLine, runCommand } from './run-command.js';

/** Runs the commands that a pipeline wants run when something happens, and never lets one of them fail a run. */
export interface Hooks {
  /** Starts what is to be started because of an event; never waits, never throws. */
  take(event: RunEvent): void;
  /** Waits for the hooks before a run and before its first request; then says why the run must not go on, or null. */
  ready(): Promise<string | null>;
  /** Waits for everything that was started, but for twice the longest time-out at most. */
  finish(): Promise<void>;
}

/** What hooks are run with. */
export interface HookOptions {
  readonly settings: HookSettings;
  readonly pipeline: string;
  /** Told when a hook fails. */
  readonly warn: (message: string) => void;
  /** Told what every hook said. */
  readonly log: (end: HookEnd) => void;
  /** The run summed up so far, for hooks that are run at its end. */
  readonly report: () => unknown;
  /** When it aborts, the run goes no further: what it waits for before it asks is ended. */
  readonly stopping: AbortSignal;
  /** When it aborts, everything is ended. */
  readonly giveUp: AbortSignal;
}

/** A hook that has been run. */
export interface HookEnd {
  readonly hook: HookName;
  readonly command: string;
  readonly problem: string | null;
  readonly output: string;
}

interface Occasion {
  readonly on: HookName;
  readonly each: Hook['each'];
}

/** The hooks an event is an occasion for. */
function occasionsOf(event: RunEvent): readonly Occasion[] {
  switch (event.type) {
    case 'run-started':
      return [{ on: 'before_run', each: 'run' }];
    case 'planned':
      return event.requests + event.estimatedRequests > 0 ? [{ on: 'before_fetch', each: 'run' }] : [];
    case 'task-started':
      return event.requests > 0 ? [{ on: 'before_fetch', each: 'task' }] : [];
    case 'committed':
      return event.rows > 0 ? [{ on: 'after_store', each: 'run' }] : [];
    case 'task-finished': {
      const stored: readonly Occasion[] = event.rows > 0 ? [{ on: 'after_store', each: 'task' }] : [];
      const isBad = event.status === 'failed' || event.status === 'partial';
      return isBad ? [...stored, { on: 'on_failure', each: 'task' }] : stored;
    }
    case 'run-finished': {
      const isBad = event.status === 'failed' || event.status === 'partial';
      const failed: readonly Occasion[] = isBad ? [{ on: 'on_failure', each: 'run' }] : [];
      return [...failed, { on: 'on_cycle_complete', each: 'run' }];
    }
    default:
      return [];
  }
}

/** A hook that still waits for its turn. */
interface Call {
  readonly hook: Hook;
  readonly input: string;
  readonly done: (problem: string | null) => void;
}

/** Whether a run waits for it before it goes on. */
function isAwaited({ on, each }: Hook): boolean {
  return each === 'run' && (on === 'before_run' || on === 'before_fetch');
}

/** Beyond this the commands are slower than what they are told of for good. */
const mostWaiting = 10_000;

export function hooks({ settings, pipeline, warn, log, report, stopping, giveUp }: HookOptions): Hooks {
  const waiting: Call[] = [];
  const before: Promise<string | null>[] = [];
  const givingUp = new AbortController();
  // Every command under way listens, which is as many as may be and no leak.
  setMaxListeners(0, givingUp.signal);
  const beforeAsking = AbortSignal.any([givingUp.signal, stopping]);
  setMaxListeners(0, beforeAsking);
  const underWay = new Set<Promise<void>>();
  let dropped = 0;

  const next = (): void => {
    while (underWay.size < settings.atOnce) {
      const call = waiting.shift();
      if (call === undefined) return;
      const running = make(call).finally(() => {
        underWay.delete(running);
        next();
      });
      underWay.add(running);
    }
  };

  const make = async ({ hook, input, done }: Call): Promise<void> => {
    const { on, command, timeout } = hook;
    const signal = isAwaited(hook) ? beforeAsking : givingUp.signal;
    const { problem, output } = await runCommand({ command, timeout, input, signal });
    const name = basename(command[0]);
    log({ hook: on, command: name, problem, output });
    const said = lastLine(output);
    const words = problem === null ? null : `the ${on} hook ${name} ${problem}${said === '' ? '' : `: ${said}`}`;
    if (words !== null) warn(words);
    done(words);
  };

  const start = (hook: Hook, event: RunEvent): void => {
    if (waiting.length >= mostWaiting) {
      dropped++;
      return;
    }
    const summed = event.type === 'run-finished' ? { report: report() } : {};
    const input = `${JSON.stringify({ hook: hook.on, pipeline, run: event.runId, event, ...summed })}\n`;
    const ended = new Promise<string | null>((resolve) => waiting.push({ hook, input, done: resolve }));
    if (isAwaited(hook)) before.push(ended.then((problem) => (hook.required ? problem : null)));
    next();
  };

  return {
    take(event) {
      for (const { on, each } of occasionsOf(event)) {
        for (const hook of settings.hooks) if (hook.on === on && hook.each === each) start(hook, event);
      }
    },
    async ready() {
      const problems = await Promise.all(before);
      return problems.find((problem) => problem !== null) ?? null;
    },
    async finish() {
      const end = (): void => {
        dropped += waiting.splice(0).length;
        givingUp.abort();
      };
      const timer = setTimeout(end, 2 * Math.max(0, ...settings.hooks.map(({ timeout }) => timeout)));
      giveUp.addEventListener('abort', end, { once: true });
      if (giveUp.aborted) end();
      while (underWay.size > 0) await Promise.all(underWay);
      giveUp.removeEventListener('abort', end);
      clearTimeout(timer);
      if (dropped > 0) warn(`${plural(dropped, 'hook')} could not be run: the hooks take longer than the run`);
      dropped = 0;
    },
  };
}
