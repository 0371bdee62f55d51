import { barSizes } from './bars.js';
import { unitMeant } from './duration.js';
import { hour, minute, second } from './time.js';
import type { Duration } from './time.js';
import { nearest } from './nearest.js';

/** The bar size that another way of writing it means: `5m`, `1 minute`, `1d`, `daily`; by length, else by letters. */
export function nearestBarSize(text: string): string | null {
  const length = lengthOf(text);
  if (length === null) return nearest(text, Object.keys(barSizes));
  if (length === 0) return null;
  const distance = (size: Duration): number => Math.max(size / length, length / size);
  const [best] = Object.entries(barSizes).sort(([, a], [, b]) => distance(a) - distance(b));
  return best === undefined || distance(best[1]) > 2 ? null : best[0];
}

function lengthOf(text: string): Duration | null {
  const [, digits = '1', word = ''] = /^\s*([0-9]{1,4})?\s*([A-Za-z]+)\s*$/.exec(text) ?? [];
  const count = Number(digits);
  switch (word.toLowerCase() === 'daily' ? 'd' : word.toLowerCase() === 'hourly' ? 'h' : unitMeant(word)) {
    case 's':
      return count * second;
    case 'm':
      return count * minute;
    case 'h':
      return count * hour;
    case 'd':
      return count * 24 * hour;
    default:
      return null;
  }
}
