import { setMaxListeners } from 'node:events';
import { basename } from 'node:path';

import type { RunEvent } from '../../core/events.js';
import { pluralize } from '../../platform/format.js';
import type { Hook, HookName, HookSettings } from '../../config/pipeline/notifications/notifications.js';
import { lastLine, runProcess } from '../../platform/run-process.js';

/** Runs the commands that a pipeline wants run when something happens, and never lets one of them fail a run. */
export interface HookRunner {
  /** Starts what is to be started because of an event; never waits, never throws. */
  handle(event: RunEvent): void;
  /** Waits for the hooks before a run and before its first request; then says why the run must not go on, or null. */
  checkReady(): Promise<string | null>;
  /** Waits for everything that was started, but for twice the longest time-out at most. */
  finish(): Promise<void>;
}

/** What hooks are run with. */
export interface HookRunnerOptions {
  readonly settings: HookSettings;
  readonly pipeline: string;
  /** Told when a hook fails. */
  readonly warn: (message: string) => void;
  /** Told what every hook said. */
  readonly log: (end: HookResult) => void;
  /** The run summed up so far, for hooks that are run at its end. */
  readonly report: () => unknown;
  /** When it aborts, the run goes no further: what it waits for before it asks is ended. */
  readonly shutdownSignal: AbortSignal;
  /** When it aborts, everything is ended. */
  readonly abortSignal: AbortSignal;
}

/** A hook that has been run. */
export interface HookResult {
  readonly hook: HookName;
  readonly command: string;
  readonly problem: string | null;
  readonly output: string;
}

interface HookTrigger {
  readonly on: HookName;
  readonly each: Hook['each'];
}

/** The hooks an event is an occasion for. */
function findTriggers(event: RunEvent): readonly HookTrigger[] {
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
      const stored: readonly HookTrigger[] = event.rows > 0 ? [{ on: 'after_store', each: 'task' }] : [];
      const hasFailed = event.status === 'failed' || event.status === 'partial';
      return hasFailed ? [...stored, { on: 'on_failure', each: 'task' }] : stored;
    }
    case 'run-finished': {
      const hasFailed = event.status === 'failed' || event.status === 'partial';
      const failed: readonly HookTrigger[] = hasFailed ? [{ on: 'on_failure', each: 'run' }] : [];
      return [...failed, { on: 'on_cycle_complete', each: 'run' }];
    }
    default:
      return [];
  }
}

/** A hook that still waits for its turn. */
interface QueuedHook {
  readonly hook: Hook;
  readonly input: string;
  readonly done: (problem: string | null) => void;
}

/** Whether a run waits for it before it goes on. */
function isBlocking({ on, each }: Hook): boolean {
  return each === 'run' && (on === 'before_run' || on === 'before_fetch');
}

/** Beyond this the commands are slower than what they are told of for good. */
const maxQueued = 10_000;

export function createHookRunner({
  settings,
  pipeline,
  warn,
  log,
  report,
  shutdownSignal,
  abortSignal,
}: HookRunnerOptions): HookRunner {
  const queue: QueuedHook[] = [];
  const blockingHooks: Promise<string | null>[] = [];
  const abort = new AbortController();
  // Every command under way listens, which is as many as may be and no leak.
  setMaxListeners(0, abort.signal);
  const blockingSignal = AbortSignal.any([abort.signal, shutdownSignal]);
  setMaxListeners(0, blockingSignal);
  const inFlight = new Set<Promise<void>>();
  let dropped = 0;

  const startNext = (): void => {
    while (inFlight.size < settings.maxConcurrent) {
      const queued = queue.shift();
      if (queued === undefined) return;
      const running = runHook(queued).finally(() => {
        inFlight.delete(running);
        startNext();
      });
      inFlight.add(running);
    }
  };

  const runHook = async ({ hook, input, done }: QueuedHook): Promise<void> => {
    const { on, command, timeout } = hook;
    const signal = isBlocking(hook) ? blockingSignal : abort.signal;
    const { problem, output } = await runProcess({ command, timeout, input, signal });
    const name = basename(command[0]);
    log({ hook: on, command: name, problem, output });
    const lastOutput = lastLine(output);
    const message =
      problem === null ? null : `the ${on} hook ${name} ${problem}${lastOutput === '' ? '' : `: ${lastOutput}`}`;
    if (message !== null) warn(message);
    done(message);
  };

  const start = (hook: Hook, event: RunEvent): void => {
    if (queue.length >= maxQueued) {
      dropped++;
      return;
    }
    const summary = event.type === 'run-finished' ? { report: report() } : {};
    const input = `${JSON.stringify({ hook: hook.on, pipeline, run: event.runId, event, ...summary })}\n`;
    const ended = new Promise<string | null>((resolve) => queue.push({ hook, input, done: resolve }));
    if (isBlocking(hook)) blockingHooks.push(ended.then((problem) => (hook.required ? problem : null)));
    startNext();
  };

  return {
    handle(event) {
      for (const { on, each } of findTriggers(event)) {
        for (const hook of settings.hooks) if (hook.on === on && hook.each === each) start(hook, event);
      }
    },
    async checkReady() {
      const problems = await Promise.all(blockingHooks);
      return problems.find((problem) => problem !== null) ?? null;
    },
    async finish() {
      const end = (): void => {
        dropped += queue.splice(0).length;
        abort.abort();
      };
      const timer = setTimeout(end, 2 * Math.max(0, ...settings.hooks.map(({ timeout }) => timeout)));
      abortSignal.addEventListener('abort', end, { once: true });
      if (abortSignal.aborted) end();
      while (inFlight.size > 0) await Promise.all(inFlight);
      abortSignal.removeEventListener('abort', end);
      clearTimeout(timer);
      if (dropped > 0) warn(`${pluralize(dropped, 'hook')} could not be run: the hooks take longer than the run`);
      dropped = 0;
    },
  };
}
