import { createHash } from 'node:crypto';
import type { Pipeline } from './pipeline.js';

/** Formats JSON with sorted keys, so that equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
}

/** Hashes (SHA-256, hex) all settings that affect what is fetched. Notifications, sinks and checks do not: a changed password changes no plan. */
export function hashPipeline({
  symbols,
  customSteps,
  confirmEmpty,
  keepsForeignDeletes,
  notifications: _notifications,
  sinks: _sinks,
  symbolWarnings: _symbolWarnings,
  quality: _quality,
  checks: _checks,
  ...fetchSettings
}: Omit<Pipeline, 'file' | 'hash' | 'autoProviderWarning'>): string {
  // The location of a statement does not change its meaning.
  const customStepKeys = customSteps.map(({ name, needs, definition }) => [name, needs, definition]);
  // Settings that a pipeline does not have keep the hash of earlier versions.
  const hashed = {
    ...fetchSettings,
    ...(customSteps.length === 0 ? {} : { customSteps: customStepKeys }),
    ...(Object.keys(confirmEmpty).length === 0 ? {} : { confirmEmpty }),
    ...(keepsForeignDeletes ? { keepsForeignDeletes } : {}),
  };
  // Rows have a fixed order of cells, so that the keys of 100,000 symbols need no sorting.
  const rows = symbols.map(
    ({ instrument: { symbol, kind, exchange, currency, calendar, ids }, priority, groups, steps }) => [
      symbol,
      kind,
      exchange,
      currency,
      calendar,
      priority,
      groups,
      steps,
      ...(ids === undefined ? [] : [ids]),
    ],
  );
  return createHash('sha256')
    .update(`${canonicalJson(hashed)}\n${JSON.stringify(rows)}`)
    .digest('hex');
}
