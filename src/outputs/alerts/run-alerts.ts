import type { AlertName, AlertSettings } from '../../config/pipeline/notifications/notifications.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { RunEvent } from '../../core/events.js';
import type { RunId } from '../../core/request.js';
import type { Clock } from '../../core/time/clock.js';
import { second } from '../../core/time/time.js';
import type { LakeReader } from '../../lake/api.js';
import { errorMessage } from '../../platform/error-message.js';
import type { FileStore } from '../../platform/file-store.js';
import { toAlertChanges } from './alert-change.js';
import type { AlertChange } from './alert-change.js';
import type { AllowedHosts } from '../../platform/http/allowed-hosts.js';
import { createAlertManager } from './alert-manager.js';
import type { Alert } from './alert-state.js';
import { createAlertStore } from './alert-store.js';
import type { WithAlertLock } from './alert-store.js';
import { createSubjectFilter } from './alert-subjects.js';
import { createRuleEvaluator } from './rule-evaluator.js';
import { findStaleChains } from './stale-chains.js';

/** Evaluates the rules of a pipeline at the events of a run, and sends the alerts. */
export interface RunAlerts {
  /** Handles an event; never waits, never throws. */
  handle(event: RunEvent): void;
  /** Evaluates the rules that need the committed lake, and stores the alerts. */
  evaluateEnd(): Promise<void>;
  /** Stores and returns the alerts. */
  persist(): Promise<readonly Alert[]>;
  /** Sends pending notifications. */
  finish(): Promise<void>;
}

export interface RunAlertsDeps {
  readonly runId: RunId;
  readonly clock: Clock;
  readonly lake: string;
  readonly reader: Pick<LakeReader, 'readState'>;
  readonly files: FileStore;
  readonly withLock: WithAlertLock;
  /** Ends all sending. */
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  readonly allowedHosts: AllowedHosts;
  /** True if the user chose the dates: such a run does not resolve alerts about data of other sessions. */
  readonly hasOwnDates: boolean;
}

/** Limits the delay that a broken channel causes in every run of a busy schedule. */
const maxRepeatTimeout = 2 * second;

export function createRunAlerts(pipeline: Pipeline, settings: AlertSettings, deps: RunAlertsDeps): RunAlerts {
  const { runId, clock, lake, reader, files, withLock, signal, warn, allowedHosts } = deps;
  const equitySteps = new Set(pipeline.steps.filter(({ uses }) => uses === 'equity').map(({ name }) => name));
  const evaluate = createRuleEvaluator({ rules: settings.rules, equitySteps, resolvesTasks: !deps.hasOwnDates });
  const manager = createAlertManager({
    pipeline: pipeline.name,
    settings,
    isActiveSubject: createSubjectFilter(pipeline),
    run: runId,
    store: createAlertStore(lake, files),
    withLock,
    clock,
    signal,
    warn,
    allowedHosts,
    repeatTimeout: maxRepeatTimeout,
  });

  const evaluateChains = async (): Promise<readonly AlertChange[]> => {
    const rules = settings.rules.filter(({ on }) => on === 'stale_option_chains');
    if (rules.length === 0 || !pipeline.steps.some(({ uses }) => uses === 'chains')) return [];
    const state = await reader.readState();
    const now = clock.now();
    return rules.flatMap((rule) => toAlertChanges(rule, findStaleChains(pipeline, state, rule.maxAge, now)));
  };

  return {
    handle(event) {
      if (event.type === 'run-started') warnOfDisabledChannels(settings, warn);
      const changes = evaluate(event);
      manager.record(changes);
      // Some alerts must not wait for the end of a long run.
      if (changes.some(isImmediate)) manager.notify();
    },
    async evaluateEnd() {
      try {
        manager.record(await evaluateChains());
      } catch (error) {
        warn(`cannot read the age of option chains: ${errorMessage(error)}`);
      }
      await manager.persist();
    },
    persist: async () => [...(await manager.persist()).values()],
    finish: () => manager.finish(),
  };
}

function warnOfDisabledChannels({ channels }: AlertSettings, warn: (message: string) => void): void {
  for (const channel of channels)
    if (channel.kind === 'disabled') warn(`channel ${channel.name} is disabled: ${channel.reason}`);
}

const immediateRules: ReadonlySet<AlertName> = new Set([
  'api_circuit_breaker_open',
  'data_integrity_failure',
  'error_rate',
]);

function isImmediate({ kind, rule }: AlertChange): boolean {
  return kind === 'raise' && immediateRules.has(rule.on);
}
