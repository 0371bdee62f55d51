import { isTimeZone } from '../../../core/time/time-zone.js';
import { formatZonedSeconds } from '../../../core/time/zoned-time.js';
import type { SymbolZones } from '../../../queries/symbol-zones.js';
import { formatCell } from '../../../outputs/rows/cell.js';
import type { Row } from '../../../outputs/rows/row-format.js';

/**
 * Formats values so that instants are in the time zone of the exchange, with its name. The exchange is that of the row's `symbol`
 * or its `time_zone`, else the only one of the lake, else UTC.
 */
export function createLocalFormatter(
  instantColumns: readonly string[],
  zones: SymbolZones,
): (row: Row, name: string) => string {
  const columns = new Set(instantColumns);
  const all = new Set(zones.values());
  const [only = 'UTC'] = all;
  const fallback = all.size === 1 ? only : 'UTC';
  const findZone = ({ symbol, time_zone: zone }: Row): string => {
    if (typeof zone === 'string' && isKnownZone(zone)) return zone;
    return (typeof symbol === 'string' ? zones.get(symbol) : undefined) ?? fallback;
  };
  return (row, name) => {
    const value = row[name];
    const instant = columns.has(name) && typeof value === 'string' ? Date.parse(value) : NaN;
    if (typeof value !== 'string' || !Number.isFinite(instant)) return formatCell(value);
    const fraction = /\.\d+/.exec(value)?.[0] ?? '';
    return formatZonedSeconds(instant, findZone(row)).replace(/:\d\d:\d\d/, `$&${fraction}`);
  };
}

const known = new Map<string, boolean>();

/** A row may contain any text. */
function isKnownZone(name: string): boolean {
  const isKnown = known.get(name) ?? isTimeZone(name);
  if (known.size < maxKnown) known.set(name, isKnown);
  return isKnown;
}

/** Far above the number of zones. */
const maxKnown = 1_000;
