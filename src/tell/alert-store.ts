import { join } from 'node:path';

import type { Instant } from '../core/time.js';
import type { AlertName, Severity } from '../pipeline/telling.js';
import { noAlerts } from './alert-state.js';
import type { Alert, Alerts, Heard } from './alert-state.js';
import type { TellFiles } from './files.js';

/** The memory of what is wrong: a file a pipeline in the lake's folder `_alerts`. */
export interface AlertStore {
  read(pipeline: string): Promise<Alerts>;
  write(pipeline: string, alerts: Alerts): Promise<void>;
  /** The pipelines that something is remembered of. */
  pipelines(): Promise<readonly string[]>;
}

/**
 * Keeps others from changing what is remembered of a pipeline while something is done, which takes no longer than a file; or
 * from telling one of its channels anything: two would tell the same twice. When the signal aborts, that is not waited for.
 */
export type Exclusively = (
  pipeline: string,
  work: () => Promise<void>,
  telling?: { readonly channel: string; readonly signal: AbortSignal },
) => Promise<void>;

export function alertStore(lake: string, files: TellFiles): AlertStore {
  const folder = join(lake, '_alerts');
  const pathOf = (pipeline: string): string => join(folder, `${encodeURIComponent(pipeline)}.json`);
  return {
    async read(pipeline) {
      const text = await files.read(pathOf(pipeline));
      return text === null ? noAlerts : alertsIn(text);
    },
    write: (pipeline, alerts) =>
      files.replace(pathOf(pipeline), `${JSON.stringify({ v: 1, alerts: Object.fromEntries(alerts) }, null, 1)}\n`),
    async pipelines() {
      const names = (await files.list(folder)).filter((name) => name.endsWith('.json'));
      return names.map((name) => decodeURIComponent(name.slice(0, -'.json'.length))).sort();
    },
  };
}

/** What cannot be read counts as unknown: what is still wrong is then told once more. */
function alertsIn(text: string): Alerts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return noAlerts;
    throw error;
  }
  if (!isObject(value) || value['v'] !== 1 || !isObject(value['alerts'])) return noAlerts;
  const known = Object.entries(value['alerts']).filter((entry): entry is [string, Alert] => isAlert(entry[1]));
  return new Map(known);
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
const severities: Readonly<Record<Severity, true>> = { info: true, warning: true, critical: true };

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
    Object.values(value['heard']).every(isHeard)
  );
}

function isHeard(value: unknown): value is Heard {
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
