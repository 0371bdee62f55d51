import { day, hour, minute, second } from '../core/time/time.js';
import type { Duration } from '../core/time/time.js';

/** `12,345`. */
export function formatCount(count: number): string {
  // The first number formatter of a process takes 10 ms.
  return Number.isSafeInteger(count) ? groupThousands(count) : count.toLocaleString('en-US');
}

function groupThousands(count: number): string {
  const digits = String(Math.abs(count));
  const groups: string[] = [];
  for (let end = digits.length; end > 0; end -= 3) groups.unshift(digits.slice(Math.max(0, end - 3), end));
  return `${count < 0 ? '-' : ''}${groups.join(',')}`;
}

/** `1 request`, `12,345 requests`. */
export function pluralize(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/**
 * Formats a duration for reading, in its two largest units: `340ms`, `9.8s`, `2m 14s`, `3h 5m`, `2d 4h`.
 * `formatDuration` is exact.
 */
export function humanizeDuration(duration: Duration): string {
  if (duration < second) return `${String(Math.round(duration))}ms`;
  if (duration < 10 * second) return `${String(Math.floor(duration / 100) / 10)}s`;
  if (duration < minute) return `${String(Math.floor(duration / second))}s`;
  if (duration < hour) return formatTwoUnits(duration, minute, 'm', second, 's');
  if (duration < day) return formatTwoUnits(duration, hour, 'h', minute, 'm');
  return formatTwoUnits(duration, day, 'd', hour, 'h');
}

function formatTwoUnits(
  duration: Duration,
  large: Duration,
  largeName: string,
  small: Duration,
  smallName: string,
): string {
  const remainder = Math.floor((duration % large) / small);
  const whole = `${formatCount(Math.floor(duration / large))}${largeName}`;
  return remainder === 0 ? whole : `${whole} ${String(remainder)}${smallName}`;
}

/** `812 B`, `21.4 kB`, `3.1 GB`, in powers of 1,000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return unit === 0 || value >= 99.95
    ? `${Math.round(value)} ${units[unit] ?? ''}`
    : `${value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `a`, `a and b`, `a, b and c`; or with `or`. */
export function joinList(items: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}
