import { setMaxListeners } from 'node:events';
import { basename } from 'node:path';

import type { RunEvent } from '../../core/events.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { pluralize } from '../../platform/format.js';
import type { Hook, HookName, HookSettings } from '../../config/pipeline/notifications/notifications.js';
import { checkExit, runProcess } from '../../platform/process.js';

/** Runs the commands that a pipeline attaches to events. Only a hook that is `required` can stop a run. */
export interface HookRunner {
  /** Starts the hooks of an event; never waits, never throws. */
  handle(event: RunEvent): void;
  /** Waits for the hooks before the run and before its first request; an error if a required one failed. */
  checkReady(): Promise<Result<void, string>>;
  /** Waits for all started hooks, at most twice the longest time limit. */
  finish(): Promise<void>;
}

export interface HookRunnerOptions {
  readonly settings: HookSettings;
  readonly pipeline: string;
  /** Called for each failed hook. */
  readonly warn: (message: string) => void;
  /** Called for each hook that has ended. */
  readonly log: (result: HookResult) => void;
  /** The report so far, for the hooks at the end of the run. */
  readonly report: () => unknown;
  /** Terminates the hooks that the run waits for before its first request. */
  readonly shutdownSignal: AbortSignal;
  /** Terminates all hooks. */
  readonly abortSignal: AbortSignal;
}

export interface HookResult {
  readonly hook: HookName;
  readonly command: string;
  /** Null if the hook succeeded. */
  readonly error: string | null;
  readonly output: string;
}

interface HookTrigger {
  readonly on: HookName;
  readonly each: Hook['each'];
}

/** The hooks that an event triggers. */
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

/** A hook that waits for a free slot. */
interface QueuedHook {
  readonly hook: Hook;
  readonly input: string;
  readonly done: (result: Result<void, string>) => void;
}

/** Returns whether the run waits for the hook. */
function isBlocking({ on, each }: Hook): boolean {
  return each === 'run' && (on === 'before_run' || on === 'before_fetch');
}

/** A longer queue means that the hooks will never catch up with the events. */
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
  const blockingHooks: Promise<Result<void, string>>[] = [];
  const abort = new AbortController();
  // Every running command listens: many listeners are expected here, and no leak.
  setMaxListeners(0, abort.signal);
  const blockingSignal = AbortSignal.any([abort.signal, shutdownSignal]);
  setMaxListeners(0, blockingSignal);
  const inFlight = new Set<Promise<void>>();
  let dropped = 0;

  const startNext = (): void => {
    while (inFlight.size < settings.maxConcurrent) {
      const queued = queue.shift();
      if (queued === undefined) return;
      const signal = isBlocking(queued.hook) ? blockingSignal : abort.signal;
      const running = runHook(queued, signal, { warn, log }).finally(() => {
        inFlight.delete(running);
        startNext();
      });
      inFlight.add(running);
    }
  };

  const start = (hook: Hook, event: RunEvent): void => {
    if (queue.length >= maxQueued) {
      dropped++;
      return;
    }
    const summary = event.type === 'run-finished' ? { report: report() } : {};
    const input = `${JSON.stringify({ hook: hook.on, pipeline, run: event.runId, event, ...summary })}\n`;
    const ended = new Promise<Result<void, string>>((resolve) => queue.push({ hook, input, done: resolve }));
    if (isBlocking(hook)) blockingHooks.push(ended.then((result) => (hook.required ? result : ok(undefined))));
    startNext();
  };

  return {
    handle(event) {
      for (const { on, each } of findTriggers(event)) {
        for (const hook of settings.hooks) if (hook.on === on && hook.each === each) start(hook, event);
      }
    },
    async checkReady() {
      const results = await Promise.all(blockingHooks);
      return results.find((result) => !result.ok) ?? ok(undefined);
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

async function runHook(
  { hook, input, done }: QueuedHook,
  signal: AbortSignal,
  { warn, log }: Pick<HookRunnerOptions, 'warn' | 'log'>,
): Promise<void> {
  const { on, command, timeout } = hook;
  const result = await runProcess({ command, timeout, input, signal });
  const exit = checkExit(result);
  const name = basename(command[0]);
  log({ hook: on, command: name, error: exit.ok ? null : exit.error, output: result.output.trimEnd() });
  if (exit.ok) {
    done(exit);
    return;
  }
  const message = `the ${on} hook ${name} ${exit.error}`;
  warn(message);
  done(err(message));
}
