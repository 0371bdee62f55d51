import { join } from 'node:path';

import type { Clock } from '../../core/time/clock.js';
import type { Instant } from '../../core/time/time.js';
import type { AlertName, AlertSeverity } from '../../config/pipeline/notifications/notifications.js';
import { noAlerts } from './alert-state.js';
import type { Alert, Alerts, DeliveryState } from './alert-state.js';
import { upgradeAlertFile } from './legacy-alerts.js';
import {
  isBoolean,
  isInstant,
  isRecord,
  isString,
  nullable,
  oneOf,
  parseDocument,
  recordOf,
} from '../../platform/json.js';
import type { FileStore } from '../../platform/file-store.js';

/** Stores alerts: one file per pipeline in the lake's folder `_alerts`. */
export interface AlertStore {
  read(pipeline: string): Promise<Alerts>;
  write(pipeline: string, alerts: Alerts): Promise<void>;
  /** The pipelines that have a file. */
  pipelines(): Promise<readonly string[]>;
}

/** Stores the first evaluation of a pipeline, from which on it is expected to run. */
export interface EvaluationStore {
  evaluatedSince(pipeline: string): Promise<Instant | null>;
  /** Sets the instant unless one is stored. */
  beginEvaluation(pipeline: string, at: Instant): Promise<void>;
}

/**
 * Runs `work` while no other process changes the stored alerts of a pipeline, or, with a target, while no other process sends
 * to that channel: two senders would send the same notification twice. Stops waiting for the lock when the signal aborts.
 */
export type WithAlertLock = (
  pipeline: string,
  work: () => Promise<void>,
  target?: { readonly channel: string; readonly signal: AbortSignal },
) => Promise<void>;

/**
 * Returns the first evaluation of a pipeline, and stores the current time if there was none; null for a first
 * evaluation and if the store fails.
 */
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

export function createAlertStore(
  lake: string,
  files: Pick<FileStore, 'read' | 'replace' | 'list'>,
): AlertStore & EvaluationStore {
  const folder = join(lake, '_alerts');
  const filePath = (pipeline: string): string => join(folder, `${encodeURIComponent(pipeline)}.json`);
  const read = async (pipeline: string): Promise<StoredAlerts> => {
    const text = await files.read(filePath(pipeline));
    return text === null ? emptyStoredAlerts : parseStoredAlerts(text);
  };
  const write = (pipeline: string, { evaluatedSince: since, alerts }: StoredAlerts): Promise<void> => {
    const document = {
      v: fileVersion,
      ...(since === null ? {} : { evaluatedSince: since }),
      alerts: Object.fromEntries(alerts),
    };
    return files.replace(filePath(pipeline), `${JSON.stringify(document, null, 1)}\n`);
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

/** The content of one pipeline's file. */
interface StoredAlerts {
  readonly alerts: Alerts;
  readonly evaluatedSince: Instant | null;
}

const emptyStoredAlerts: StoredAlerts = { alerts: noAlerts, evaluatedSince: null };

const fileVersion = 2;

/** An unreadable file counts as empty: alerts that are still firing are then sent once more. */
function parseStoredAlerts(text: string): StoredAlerts {
  const document = parseDocument(text, decodeStoredAlerts);
  return document.ok ? document.value : emptyStoredAlerts;
}

function decodeStoredAlerts(value: unknown): StoredAlerts | null {
  const document = isRecord(value) && value['v'] === 1 ? upgradeAlertFile(value) : value;
  if (!isRecord(document) || document['v'] !== fileVersion || !isRecord(document['alerts'])) return null;
  const { alerts, evaluatedSince: since } = document;
  return {
    alerts: new Map(Object.entries(alerts).flatMap(([key, alert]) => (isAlert(alert) ? [[key, alert] as const] : []))),
    evaluatedSince: isInstant(since) ? since : null,
  };
}

const isAlertName = oneOf<AlertName>({
  prerequisite_violation: true,
  data_integrity_failure: true,
  api_circuit_breaker_open: true,
  stale_option_chains: true,
  missing_equity_data: true,
  corporate_action: true,
  data_revised: true,
  task_failed: true,
  error_rate: true,
  run_failed: true,
  run_missed: true,
  sink_failed: true,
  quality_violation: true,
  run_at_risk: true,
});
const isSeverity = oneOf<AlertSeverity>({ info: true, warning: true, critical: true });
const isNullableInstant = nullable(isInstant);
const isDeliveries = recordOf(isDeliveryState);

function isAlert(value: unknown): value is Alert {
  return (
    isRecord(value) &&
    isRecord(value['rule']) &&
    isAlertName(value['rule']['on']) &&
    isSeverity(value['rule']['severity']) &&
    isString(value['subject']) &&
    isString(value['message']) &&
    isInstant(value['startedAt']) &&
    isNullableInstant(value['resolvedAt']) &&
    isDeliveries(value['deliveries'])
  );
}

function isDeliveryState(value: unknown): value is DeliveryState {
  return isRecord(value) && isInstant(value['notifiedAt']) && isBoolean(value['resolved']);
}
