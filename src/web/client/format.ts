const counts = new Intl.NumberFormat('en-US');

export function formatCount(value: number): string {
  return counts.format(value);
}

/** `1 row`, `2 rows`. */
export function pluralize(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A number with a fixed number of decimals; a dash for an unknown one. */
export function formatNumber(value: number | null | undefined, decimals = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return /^-[0.]+$/.test(text) ? text.slice(1) : text;
}

/** A fraction as per cent, without the sign. */
export function formatPercent(value: number | null | undefined, decimals = 1): string {
  return value === null || value === undefined ? '–' : formatNumber(value * 100, decimals);
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? String(value) : value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? ''}`;
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`, `4 d`. */
export function formatSeconds(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds < 1) return `${String(Math.round(seconds * 1000))} ms`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joinParts(minutes, 'min', Math.round(seconds % 60), 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return joinParts(hours, 'h', minutes % 60, 'min');
  return `${String(Math.round(hours / 24))} d`;
}

function joinParts(first: number, firstUnit: string, second: number, secondUnit: string): string {
  return second === 0
    ? `${String(first)} ${firstUnit}`
    : `${String(first)} ${firstUnit} ${String(second)} ${secondUnit}`;
}

/** `2026-12-01 18:30 EST`: in the given zone, or in that of the viewer; always with its name. */
export function formatTime(iso: string | null | undefined, zone?: string | null, withSeconds = false): string {
  if (iso === null || iso === undefined) return '–';
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const parts = new Map(
    new Intl.DateTimeFormat('en-CA', {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
      ...(zone === null || zone === undefined ? {} : { timeZone: zone }),
    })
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  const time = `${part('hour')}:${part('minute')}${withSeconds ? `:${part('second')}` : ''}`;
  return `${part('year')}-${part('month')}-${part('day')} ${time} ${part('timeZoneName')}`;
}

/** A window of time; a snapshot is one instant. */
export function formatWindow(start: string, end: string): string {
  const isInstant = Date.parse(end) - Date.parse(start) < 1_000;
  return isInstant ? formatTime(start, 'UTC', true) : `${formatTime(start, 'UTC')} to ${formatTime(end, 'UTC')}`;
}

/** `in 3 h 20 min`, `5 min ago`. */
export function formatRelative(iso: string, now: number): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const text = formatSeconds(Math.max(1, Math.abs(seconds)));
  return seconds >= 0 ? `in ${text}` : `${text} ago`;
}

/** A run id in the length that people compare. */
export function shortId(id: string): string {
  return id.length > 12 ? id.slice(-8) : id;
}
