import { CronExpressionParser } from 'cron-parser';

/** The numbers that each field of a cron expression allows; null for every value. */
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

/** Numbers, ranges, steps and the names of months and days; the extensions `L`, `W`, `?`, `H` and `#` are left out. */
const portableField = /^(?:\d|\*|[A-Z]{3}|[,/-])+$/i;

function splitFields(expression: string): readonly string[] {
  const text = expression.trim().toLowerCase();
  return (nicknames[text] ?? text).split(/\s+/);
}

/** Reads an expression that every cron understands; null for one that only some do, such as `L`, `W` and `#`. */
export function parseCron(expression: string): CronFields | null {
  const fields = splitFields(expression);
  if (fields.length !== 5 || !fields.every((field) => portableField.test(field))) return null;
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  // With a step in one of the two day fields, some crons mean either day and some mean both.
  const isStepped = dayOfMonth.startsWith('*/') || dayOfWeek.startsWith('*/');
  if (isStepped && dayOfMonth !== '*' && dayOfWeek !== '*') return null;
  const minutes = parseField('minute', minute);
  const hours = parseField('hour', hour);
  const daysOfMonth = parseField('dayOfMonth', dayOfMonth);
  const months = parseField('month', month);
  const daysOfWeek = parseField('dayOfWeek', dayOfWeek);
  if (minutes === null || hours === null || daysOfMonth === null || months === null || daysOfWeek === null) return null;
  return {
    minutes,
    hours,
    daysOfMonth: dayOfMonth === '*' ? null : daysOfMonth,
    months: months.length === 12 ? null : months,
    daysOfWeek: dayOfWeek === '*' ? null : daysOfWeek,
  };
}

const fieldNames = ['minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'] as const;

/** Parses the items of a field one by one: cron-parser rejects a list whose items overlap, which cron accepts. */
function parseField(name: (typeof fieldNames)[number], field: string): readonly number[] | null {
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const expression = fieldNames.map((other) => (other === name ? item : '*')).join(' ');
    try {
      for (const value of CronExpressionParser.parse(expression).fields[name].values)
        if (typeof value === 'number') values.add(name === 'dayOfWeek' ? value % 7 : value);
    } catch {
      // The parser throws for every item that it does not understand.
      return null;
    }
  }
  return [...values].sort((a, b) => a - b);
}

/** Reads the times of day of an expression, and its days of the week unless it names days in another way too. */
export function parseTimesOfDay(expression: string): Pick<CronFields, 'minutes' | 'hours' | 'daysOfWeek'> | null {
  const fields = parseCron(expression);
  if (fields !== null) return { ...fields, daysOfWeek: fields.daysOfMonth === null ? fields.daysOfWeek : null };
  const [minutes, hours] = splitFields(expression);
  return minutes === undefined || hours === undefined ? null : parseCron(`${minutes} ${hours} * * *`);
}

/** Formats an expression of five fields, as every cron understands it. */
export function formatCron({ minutes, hours, daysOfMonth, months, daysOfWeek }: CronFields): string {
  const days = [daysOfMonth, months, daysOfWeek].map((values) => (values === null ? '*' : formatList(values)));
  return [formatTimes(minutes, 60), formatTimes(hours, 24), ...days].join(' ');
}

function formatTimes(values: readonly number[], count: number): string {
  const step = (values[1] ?? 0) - (values[0] ?? 0);
  const isStepped =
    values.length > 2 && values.length * step === count && values.every((value, index) => value === index * step);
  if (isStepped) return step === 1 ? '*' : `*/${String(step)}`;
  return formatList(values);
}

/** Writes three or more consecutive values as a range. */
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
