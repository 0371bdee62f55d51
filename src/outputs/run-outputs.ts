import { join } from 'node:path';

import type { Pipeline } from '../config/pipeline/pipeline.js';
import type { RunEvent } from '../core/events.js';
import type { RunId } from '../core/request.js';
import { ok } from '../core/result.js';
import type { Result } from '../core/result.js';
import type { Clock } from '../core/time/clock.js';
import { second } from '../core/time/time.js';
import type { LakeReader } from '../lake/api.js';
import { errorMessage } from '../platform/error-message.js';
import type { FileStore } from '../platform/file-store.js';
import type { AllowedHosts } from '../platform/http/allowed-hosts.js';
import type { Redact } from '../platform/redact.js';
import type { WithAlertLock } from './alerts/alert-store.js';
import { createRunAlerts } from './alerts/run-alerts.js';
import type { HookRunner, HookRunnerOptions } from './hooks/hook-runner.js';
import type { Log, LogOptions } from './log/log.js';
import { createRunPanels } from './panels/run-panels.js';
import { readPanelsOwner, writePanels } from './panels/write-panels.js';
import type { PanelContent } from './panels/write-panels.js';
import { toReportDocument } from './report/json.js';
import { createReportAccumulator } from './report/report-accumulator.js';

/** Writes the log and panels of a run, runs its hooks and sends its alerts. Their errors are warnings of the run. */
export interface RunOutputs {
  /** Handles an event; never waits, never throws. */
  handle(event: RunEvent): void;
  /** Waits for the hooks before the run and before its first request; an error if a required one failed. */
  checkReady(): Promise<Result<void, string>>;
  /** Finishes all outputs; each failure causes a warning. Safe to call twice. */
  finish(): Promise<void>;
  /** Writes what the log has got since: the last events of a run follow the end of its outputs. */
  flushLog(): Promise<void>;
}

export interface RunOutputDeps {
  /** True if the user chose the dates: what the run finds complete says nothing about other sessions. */
  readonly hasOwnDates: boolean;
  readonly runId: RunId;
  readonly clock: Clock;
  /** The folder of the lake. */
  readonly lake: string;
  readonly reader: Pick<LakeReader, 'readState' | 'readStatistics'>;
  readonly files: FileStore;
  readonly withLock: WithAlertLock;
  readonly redact: Redact;
  /** True if the log ignores its level. */
  readonly logAllLevels: boolean;
  /** Aborts when the run has to end soon; the outputs then finish within seconds. */
  readonly shutdownSignal: AbortSignal;
  /** The hosts to which alerts may be sent. */
  readonly allowedHosts: AllowedHosts;
  /** Called with each warning. */
  readonly warn: (message: string) => void;
}

/** The time that notifications have on shutdown; the next run retries them. */
const notifyDeadline = 1.5 * second;

/** The time that hooks have on shutdown; no later run repeats them. */
const hookDeadline = 5 * second;

/** Loads only the outputs that the pipeline uses. */
export async function createRunOutputs(pipeline: Pipeline, deps: RunOutputDeps): Promise<RunOutputs> {
  const { notifications, name } = pipeline;
  const { clock, files, reader, redact, shutdownSignal, logAllLevels } = deps;
  const warn = (message: string): void => deps.warn(redact(message));
  const [notifyAbort, hookAbort] = [new AbortController(), new AbortController()];
  const accumulator = createReportAccumulator();
  const panels = createRunPanels();
  const log =
    notifications.logs === null
      ? null
      : await loadLog({ settings: notifications.logs, pipeline: name, logAllLevels, redact, onError: warn });
  const hooks = await loadHooks({
    settings: notifications.hooks,
    pipeline: name,
    warn,
    shutdownSignal,
    abortSignal: hookAbort.signal,
    log: (result) => log?.logHookResult(result, clock.now()),
    report: () => {
      const report = accumulator.report();
      return report === null ? null : toReportDocument(report);
    },
  });
  const alerts =
    notifications.alerts === null
      ? null
      : createRunAlerts(pipeline, notifications.alerts, { ...deps, signal: notifyAbort.signal, warn });
  let runFinished: RunEvent | null = null;

  const updatePanels = async (folder: string): Promise<void> => {
    const report = accumulator.report();
    if (report === null) return;
    const open = (await alerts?.persist()) ?? [];
    const content = { report, panels, tables: await reader.readStatistics(), alerts: open, now: clock.now() };
    await replacePanels(folder, content, { files, redact, warn });
  };

  const finishRun = async (event: RunEvent): Promise<void> => {
    await alerts?.evaluateEnd();
    if (notifications.panels !== null)
      await updatePanels(notifications.panels.folder).catch((error: unknown) =>
        warn(`cannot write panels: ${errorMessage(error)}`),
      );
    hooks?.handle(event);
  };

  const finish = async (): Promise<void> => {
    const cancelDeadlines = startDeadlines(shutdownSignal, [
      [notifyAbort, notifyDeadline],
      [hookAbort, hookDeadline],
    ]);
    if (runFinished !== null) await finishRun(runFinished);
    await Promise.all([alerts?.finish(), hooks?.finish()]);
    cancelDeadlines();
    await log?.flush();
  };
  let finishing: Promise<void> | null = null;

  return {
    handle(event) {
      log?.handle(event);
      accumulator.add(event);
      panels.handle(event);
      // Hooks at the end of the run may read its panels.
      if (event.type === 'run-finished') runFinished = event;
      else hooks?.handle(event);
      alerts?.handle(event);
    },
    checkReady: async () => (await hooks?.checkReady()) ?? ok(undefined),
    finish: () => (finishing ??= finish()),
    flushLog: async () => log?.flush(),
  };
}

async function loadLog(options: LogOptions): Promise<Log> {
  const { createLog } = await import('./log/log.js');
  return createLog(options);
}

async function loadHooks(options: HookRunnerOptions): Promise<HookRunner | null> {
  if (options.settings.hooks.length === 0) return null;
  const { createHookRunner } = await import('./hooks/hook-runner.js');
  return createHookRunner(options);
}

interface PanelDeps extends Pick<RunOutputDeps, 'redact' | 'warn'> {
  readonly files: Pick<FileStore, 'read' | 'replace'>;
}

/** Writes the panels, and warns if they replace those of another pipeline. */
async function replacePanels(folder: string, content: PanelContent, { files, redact, warn }: PanelDeps): Promise<void> {
  const { name } = content.report.pipeline;
  const owner = await readPanelsOwner(folder, files);
  await writePanels(folder, content, files, redact);
  if (owner === null || owner === name) return;
  const setting = `panels: { folder: ${join(folder, name)} }`;
  warn(
    `${join(folder, 'status.json')} was last written by pipeline ${owner}; use a separate folder for each pipeline: ${setting}`,
  );
}

/** Aborts each controller a given time after the signal; returns a function that cancels this. */
function startDeadlines(signal: AbortSignal, deadlines: readonly (readonly [AbortController, number])[]): () => void {
  const timers: NodeJS.Timeout[] = [];
  const start = (): void => {
    for (const [controller, delay] of deadlines) timers.push(setTimeout(() => controller.abort(), delay));
  };
  signal.addEventListener('abort', start, { once: true });
  if (signal.aborted) start();
  return () => {
    signal.removeEventListener('abort', start);
    for (const timer of timers) clearTimeout(timer);
  };
}
