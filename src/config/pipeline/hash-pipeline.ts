import { createHash } from 'node:crypto';
import type { Pipeline } from './pipeline.js';

/** JSON with the keys of every mapping in order, so that equal content is equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
}

/** SHA-256, in hex, over everything that a pipeline says of what is fetched; a password that changes changes no plan. */
export function hashPipeline({
  symbols,
  customSteps,
  notifications: _,
  ...fetchSettings
}: Omit<Pipeline, 'file' | 'hash' | 'autoProviderWarning'>): string {
  // Where a statement stands in its file is not what it says.
  const customStepKeys = customSteps.map(({ name, needs, definition }) => [name, needs, definition]);
  const hashed = { ...fetchSettings, ...(customSteps.length === 0 ? {} : { customSteps: customStepKeys }) };
  // As rows, whose order of cells is fixed, a hundred thousand symbols need no sorting of keys.
  const rows = symbols.map(
    ({ instrument: { symbol, kind, exchange, currency, calendar }, priority, groups, steps }) => [
      symbol,
      kind,
      exchange,
      currency,
      calendar,
      priority,
      groups,
      steps,
    ],
  );
  return createHash('sha256')
    .update(`${canonicalJson(hashed)}\n${JSON.stringify(rows)}`)
    .digest('hex');
}
