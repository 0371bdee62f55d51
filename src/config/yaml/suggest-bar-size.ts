import { barSizes } from '../../core/tables/bars.js';
import { suggestUnit } from '../../core/time/duration.js';
import { hour, minute, second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { closestMatch } from '../../platform/suggest.js';

/** Suggests the bar size for another notation of it (`5m`, `1 minute`, `1d`, `daily`): by length, else by similar letters. */
export function suggestBarSize(text: string): string | null {
  const length = parseLength(text);
  if (length === null) return closestMatch(text, Object.keys(barSizes));
  if (length === 0) return null;
  const distance = (size: Duration): number => Math.max(size / length, length / size);
  const [best] = Object.entries(barSizes).sort(([, a], [, b]) => distance(a) - distance(b));
  return best === undefined || distance(best[1]) > 2 ? null : best[0];
}

/** Longer texts are no bar sizes. */
const maxLength = 60;

function parseLength(text: string): Duration | null {
  if (text.length > maxLength) return null;
  const [, digits = '1', word = ''] = /^\s*([0-9]{1,4})?\s*([A-Za-z]+)\s*$/.exec(text) ?? [];
  const count = Number(digits);
  switch (word.toLowerCase() === 'daily' ? 'd' : word.toLowerCase() === 'hourly' ? 'h' : suggestUnit(word)) {
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
