import { join } from 'node:path';

import type { Clock } from '../../core/time/clock.js';
import type { Instant } from '../../core/time/time.js';
import type { AlertName, AlertSeverity } from '../../config/pipeline/notifications/notifications.js';
import { noAlerts } from './alert-state.js';
import type { Alert, Alerts, DeliveryState } from './alert-state.js';
import type { FileStore } from '../file-store.js';

/** The memory of what is wrong: a file a pipeline in the lake's folder `_alerts`. */
export interface AlertStore {
  read(pipeline: string): Promise<Alerts>;
  write(pipeline: string, alerts: Alerts): Promise<void>;
  /** The pipelines that something is remembered of. */
  pipelines(): Promise<readonly string[]>;
}

/** Remembers beside the alerts of a pipeline since when they have been judged, which says that it is expected to run. */
export interface EvaluationStore {
  evaluatedSince(pipeline: string): Promise<Instant | null>;
  /** It is being judged for the first time. */
  beginEvaluation(pipeline: string, at: Instant): Promise<void>;
}

/**
 * Keeps others from changing what is remembered of a pipeline while something is done, which takes no longer than a file; or
 * from telling one of its channels anything: two would tell the same twice. When the signal aborts, that is not waited for.
 */
export type WithAlertLock = (
  pipeline: string,
  work: () => Promise<void>,
  target?: { readonly channel: string; readonly signal: AbortSignal },
) => Promise<void>;

/** When a pipeline was first judged, which may be now; null where that cannot be kept. */
export async function evaluatedSince(
  pipeline: string,
  deps: { readonly store: EvaluationStore; readonly withLock: WithAlertLock; readonly clock: Clock },
): Promise<Instant | null> {
  const { store, withLock, clock } = deps;
  try {
    const known = await store.evaluatedSince(pipeline);
    if (known === null) await withLock(pipeline, () => store.beginEvaluation(pipeline, clock.now()));
    return known;
  } catch {
    return null;
  }
}

export function createAlertStore(lake: string, files: FileStore): AlertStore & EvaluationStore {
  const folder = join(lake, '_alerts');
  const filePath = (pipeline: string): string => join(folder, `${encodeURIComponent(pipeline)}.json`);
  const read = async (pipeline: string): Promise<StoredAlerts> => {
    const text = await files.read(filePath(pipeline));
    return text === null ? emptyStoredAlerts : parseStoredAlerts(text);
  };
  const write = (pipeline: string, { evaluatedSince: since, alerts }: StoredAlerts): Promise<void> => {
    const known = { v: 1, ...(since === null ? {} : { evaluatedSince: since }), alerts: Object.fromEntries(alerts) };
    return files.replace(filePath(pipeline), `${JSON.stringify(known, null, 1)}\n`);
  };
  return {
    read: async (pipeline) => (await read(pipeline)).alerts,
    write: async (pipeline, alerts) => write(pipeline, { ...(await read(pipeline)), alerts }),
    evaluatedSince: async (pipeline) => (await read(pipeline)).evaluatedSince,
    async beginEvaluation(pipeline, at) {
      const known = await read(pipeline);
      if (known.evaluatedSince === null) await write(pipeline, { ...known, evaluatedSince: at });
    },
    async pipelines() {
      const names = (await files.list(folder)).filter((name) => name.endsWith('.json'));
      return names.map((name) => decodeURIComponent(name.slice(0, -'.json'.length))).sort();
    },
  };
}

/** What is remembered of one pipeline. */
interface StoredAlerts {
  readonly alerts: Alerts;
  readonly evaluatedSince: Instant | null;
}

const emptyStoredAlerts: StoredAlerts = { alerts: noAlerts, evaluatedSince: null };

/** What cannot be read counts as unknown: what is still wrong is then told once more. */
function parseStoredAlerts(text: string): StoredAlerts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return emptyStoredAlerts;
    throw error;
  }
  if (!isObject(value) || value['v'] !== 1 || !isObject(value['alerts'])) return emptyStoredAlerts;
  const known = Object.entries(value['alerts']).filter((entry): entry is [string, Alert] => isAlert(entry[1]));
  const since = value['judgedSince'];
  return { alerts: new Map(known), evaluatedSince: isInstant(since) ? since : null };
}

const names: Readonly<Record<AlertName, true>> = {
  prerequisite_violation: true,
  data_integrity_failure: true,
  api_circuit_breaker_open: true,
  stale_option_chains: true,
  missing_equity_data: true,
  task_failed: true,
  error_rate: true,
  run_failed: true,
  run_missed: true,
};
const severities: Readonly<Record<AlertSeverity, true>> = { info: true, warning: true, critical: true };

function isAlert(value: unknown): value is Alert {
  return (
    isObject(value) &&
    isObject(value['rule']) &&
    isOneOf(names, value['rule']['on']) &&
    isOneOf(severities, value['rule']['severity']) &&
    typeof value['subject'] === 'string' &&
    typeof value['words'] === 'string' &&
    isInstant(value['since']) &&
    (value['until'] === null || isInstant(value['until'])) &&
    isObject(value['heard']) &&
    Object.values(value['heard']).every(isDeliveryState)
  );
}

function isDeliveryState(value: unknown): value is DeliveryState {
  return isObject(value) && isInstant(value['openAt']) && typeof value['over'] === 'boolean';
}

function isOneOf(known: Readonly<Record<string, true>>, value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(known, value);
}

function isInstant(value: unknown): value is Instant {
  return typeof value === 'number' && Number.isFinite(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
