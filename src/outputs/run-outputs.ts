import { join } from 'node:path';

import { errorMessage } from '../platform/error-message.js';
import type { Clock } from '../core/time/clock.js';
import type { RunEvent } from '../core/events.js';
import type { RunId } from '../core/request.js';
import { ok } from '../core/result.js';
import type { Result } from '../core/result.js';
import { second } from '../core/time/time.js';
import type { LakeReader } from '../lake/api.js';
import type { Pipeline } from '../config/pipeline/pipeline.js';
import type { AlertName } from '../config/pipeline/notifications/notifications.js';
import { createReportAccumulator } from './report/report-accumulator.js';
import { toReportDocument } from './report/json.js';
import { createAlertManager } from './alerts/alert-manager.js';
import type { AlertManager } from './alerts/alert-manager.js';
import { toAlertChanges } from './alerts/alert-change.js';
import type { AlertChange } from './alerts/alert-change.js';
import { noAlerts } from './alerts/alert-state.js';
import { createAlertStore } from './alerts/alert-store.js';
import type { WithAlertLock } from './alerts/alert-store.js';
import { createSubjectFilter } from './alerts/alert-subjects.js';
import type { FileStore } from '../platform/file-store.js';
import type { Redact } from '../platform/redact.js';
import { createRunPanels } from './panels/run-panels.js';
import { findStaleChains } from './alerts/stale-chains.js';
import { createRuleEvaluator } from './alerts/rule-evaluator.js';
import { readPanelsOwner, writePanels } from './panels/write-panels.js';

/** Writes the log and panels of a run, runs its hooks and sends its alerts. Their errors are warnings of the run. */
export interface RunOutputs {
  /** Handles an event; never waits, never throws. */
  handle(event: RunEvent): void;
  /** Waits for the hooks before the run and before its first request; an error if a required one failed. */
  checkReady(): Promise<Result<void, string>>;
  /** Finishes all outputs; what fails is warned of. Safe to call twice. */
  finish(): Promise<void>;
}

export interface RunOutputDeps {
  readonly runId: RunId;
  readonly clock: Clock;
  /** The folder of the lake. */
  readonly lake: string;
  readonly reader: Pick<LakeReader, 'readState' | 'readStatistics'>;
  readonly files: FileStore;
  readonly withLock: WithAlertLock;
  readonly redact: Redact;
  /** Whether the log ignores its level. */
  readonly logAllLevels: boolean;
  /** Aborts when the run has to end soon; the outputs then finish within seconds. */
  readonly shutdownSignal: AbortSignal;
  /** Called with each warning. */
  readonly warn: (message: string) => void;
}

/** Loads only the outputs that the pipeline uses. */
export async function createRunOutputs(pipeline: Pipeline, options: RunOutputDeps): Promise<RunOutputs> {
  const { notifications, name } = pipeline;
  const { clock, files, reader, redact } = options;
  const warn = (message: string): void => {
    options.warn(redact(message));
  };
  const log = notifications.logs === null ? null : await openLog();
  const { shutdownSignal } = options;
  const [notifyAbort, hookAbort] = [new AbortController(), new AbortController()];
  const accumulator = createReportAccumulator();
  const panels = createRunPanels();
  const hooks = notifications.hooks.hooks.length === 0 ? null : await openHooks();
  const alerting = notifications.alerts === null ? null : openAlerting(notifications.alerts);
  const disabledChannels = (notifications.alerts?.channels ?? []).filter((channel) => channel.kind === 'disabled');
  let isFinished = false;
  let runFinished: RunEvent | null = null;

  async function openLog() {
    const { createLog: open } = await import('./log/log.js');
    const settings = { pipeline: name, logAllLevels: options.logAllLevels, redact, onError: warn };
    return notifications.logs === null ? null : open({ ...settings, settings: notifications.logs });
  }

  async function openHooks() {
    const { createHookRunner: open } = await import('./hooks/hook-runner.js');
    return open({
      settings: notifications.hooks,
      pipeline: name,
      warn,
      shutdownSignal,
      abortSignal: hookAbort.signal,
      log: (end) => log?.logHookResult(end, clock.now()),
      report: () => {
        const report = accumulator.report();
        return report === null ? null : toReportDocument(report);
      },
    });
  }

  function openAlerting(settings: NonNullable<typeof notifications.alerts>) {
    const store = createAlertStore(options.lake, files);
    const manager = createAlertManager({
      pipeline: name,
      settings,
      isActiveSubject: createSubjectFilter(pipeline),
      run: options.runId,
      store,
      withLock: options.withLock,
      clock,
      signal: notifyAbort.signal,
      warn,
      repeatTimeout: maxRepeatTimeout,
    });
    const equitySteps = new Set(pipeline.steps.filter(({ uses }) => uses === 'equity').map((step) => step.name));
    return { manager, evaluate: createRuleEvaluator({ rules: settings.rules, equitySteps }) };
  }

  const findStaleChainChanges = async (): Promise<readonly AlertChange[]> => {
    const rules = (notifications.alerts?.rules ?? []).filter(({ on }) => on === 'stale_option_chains');
    if (rules.length === 0 || !pipeline.steps.some(({ uses }) => uses === 'chains')) return [];
    const state = await reader.readState();
    const now = clock.now();
    return rules.flatMap((rule) => toAlertChanges(rule, findStaleChains(pipeline, state, rule.maxAge, now)));
  };

  const persistAlerts = async (manager: AlertManager): Promise<void> => {
    manager.record(await findStaleChainChanges().catch(orWarn('cannot read the age of option chains', [])));
    await manager.persist();
  };

  const updatePanels = async (folder: string): Promise<void> => {
    const report = accumulator.report();
    if (report === null) return;
    const alerts = (await alerting?.manager.persist()) ?? noAlerts;
    const content = {
      report,
      panels,
      tables: await reader.readStatistics(),
      alerts: [...alerts.values()],
      now: clock.now(),
    };
    const owner = await readPanelsOwner(folder, files);
    await writePanels(folder, content, files, redact);
    if (owner !== null && owner !== name) {
      const setting = `panels: { folder: ${join(folder, name)} }`;
      warn(
        `${join(folder, 'status.json')} was last written by pipeline ${owner}; use a separate folder for each pipeline: ${setting}`,
      );
    }
  };

  /** Handles a failed output with a warning and a fallback. */
  function orWarn<T>(what: string, fallback: T): (error: unknown) => T {
    return (error) => {
      warn(`${what}: ${errorMessage(error)}`);
      return fallback;
    };
  }

  return {
    handle(event) {
      log?.handle(event);
      accumulator.add(event);
      panels.handle(event);
      // Hooks at the end of the run may read its panels.
      if (event.type === 'run-finished') runFinished = event;
      else hooks?.handle(event);
      if (alerting === null) return;
      if (event.type === 'run-started')
        for (const { name: channel, reason } of disabledChannels) warn(`channel ${channel} is disabled: ${reason}`);
      const changes = alerting.evaluate(event);
      alerting.manager.record(changes);
      // Some alerts must not wait for the end of a long run.
      if (changes.some(isImmediate)) alerting.manager.notify();
    },
    checkReady: async () => (await hooks?.checkReady()) ?? ok(undefined),
    async finish() {
      if (isFinished) return;
      isFinished = true;
      const timers: NodeJS.Timeout[] = [];
      const startDeadlines = (): void => {
        timers.push(
          setTimeout(() => notifyAbort.abort(), notifyDeadline),
          setTimeout(() => hookAbort.abort(), hookDeadline),
        );
      };
      shutdownSignal.addEventListener('abort', startDeadlines, { once: true });
      if (shutdownSignal.aborted) startDeadlines();
      if (runFinished !== null && alerting !== null) await persistAlerts(alerting.manager);
      if (runFinished !== null && notifications.panels !== null)
        await updatePanels(notifications.panels.folder).catch(orWarn('cannot write panels', undefined));
      if (runFinished !== null) hooks?.handle(runFinished);
      await Promise.all([alerting?.manager.finish(), hooks?.finish()]);
      shutdownSignal.removeEventListener('abort', startDeadlines);
      for (const timer of timers) clearTimeout(timer);
      await log?.flush();
    },
  };
}

/** On shutdown, notifications get 1.5 s (the next run retries them) … */
const notifyDeadline = 1.5 * second;

/** … and hooks 5 s (no later run repeats them). */
const hookDeadline = 5 * second;

/** Limits the delay that a broken channel causes in every run of a busy schedule. */
const maxRepeatTimeout = 2 * second;

const immediateRules: ReadonlySet<AlertName> = new Set([
  'api_circuit_breaker_open',
  'data_integrity_failure',
  'error_rate',
]);

function isImmediate({ kind, rule }: AlertChange): boolean {
  return kind === 'raise' && immediateRules.has(rule.on);
}
