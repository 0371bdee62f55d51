/** A cron line as the numbers that each field allows; null for every value. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[] | null;
  readonly months: readonly number[] | null;
  /** 0 is Sunday. */
  readonly daysOfWeek: readonly number[] | null;
}

const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The five fields of a line without nicknames. */
function expandNickname(line: string): string {
  return nicknames[line.trim().toLowerCase()] ?? line.trim().replace(/\s+/g, ' ');
}

/** Reads what every cron understands; null for what only some do, such as `L`, `W` and `#`. */
export function parseCron(line: string): CronFields | null {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', more] = expandNickname(line).split(' ');
  if (more !== undefined) return null;
  const minutes = parseField(minute, 0, 59);
  const hours = parseField(hour, 0, 23);
  const daysOfMonth = parseField(dayOfMonth, 1, 31);
  const months = parseField(replaceNames(month, monthNames, 1), 1, 12);
  const daysOfWeek = parseField(replaceNames(dayOfWeek, dayNames, 0), 0, 7);
  if (minutes === null || hours === null || daysOfMonth === null || months === null || daysOfWeek === null) return null;
  // With a step in one of the two day fields some mean either day and some mean both.
  const isStepped = dayOfMonth.startsWith('*/') || dayOfWeek.startsWith('*/');
  if (isStepped && dayOfMonth !== '*' && dayOfWeek !== '*') return null;
  const weekdays = [...new Set(daysOfWeek.map((value) => value % 7))].sort((a, b) => a - b);
  return {
    minutes,
    hours,
    daysOfMonth: dayOfMonth === '*' ? null : daysOfMonth,
    months: months.length === 12 ? null : months,
    daysOfWeek: dayOfWeek === '*' ? null : weekdays,
  };
}

/** Reads only at which times of a day a line is due, and on which days of the week unless it says more of days. */
export function parseTimesOfDay(line: string): Pick<CronFields, 'minutes' | 'hours' | 'daysOfWeek'> | null {
  const fields = parseCron(line);
  if (fields !== null) return { ...fields, daysOfWeek: fields.daysOfMonth === null ? fields.daysOfWeek : null };
  const [minutes, hours] = expandNickname(line).split(' ');
  return minutes === undefined || hours === undefined ? null : parseCron(`${minutes} ${hours} * * *`);
}

/** A line of five fields, as every cron understands it. */
export function formatCron({ minutes, hours, daysOfMonth, months, daysOfWeek }: CronFields): string {
  const days = [daysOfMonth, months, daysOfWeek].map((values) => (values === null ? '*' : formatList(values)));
  return [formatTimes(minutes, 60), formatTimes(hours, 24), ...days].join(' ');
}

function formatTimes(values: readonly number[], count: number): string {
  const step = (values[1] ?? 0) - (values[0] ?? 0);
  const isStepped =
    values.length > 2 && values.length * step === count && values.every((value, n) => value === n * step);
  if (isStepped) return step === 1 ? '*' : `*/${String(step)}`;
  return formatList(values);
}

/** Three in a row and more become a range. */
function formatList(values: readonly number[]): string {
  const parts: string[] = [];
  for (let from = 0; from < values.length;) {
    let to = from;
    while (values[to + 1] === (values[to] ?? 0) + 1) to++;
    if (to - from < 2) to = from;
    parts.push(to === from ? String(values[from]) : `${String(values[from])}-${String(values[to])}`);
    from = to + 1;
  }
  return parts.join(',');
}

function replaceNames(field: string, names: readonly string[], first: number): string {
  return field.replace(/[A-Za-z]{3}/g, (name) => {
    const index = names.indexOf(name.toUpperCase());
    return index === -1 ? name : String(index + first);
  });
}

function parseField(field: string, min: number, max: number): readonly number[] | null {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return null;
    const [, from, to, step] = match;
    const begin = from === undefined ? min : Number(from);
    // A single number with a step means from there on.
    const end = to !== undefined ? Number(to) : from !== undefined && step === undefined ? begin : max;
    const by = Number(step ?? 1);
    if (begin < min || end > max || begin > end || by < 1) return null;
    for (let value = begin; value <= end; value += by) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}
