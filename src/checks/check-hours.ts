import { barSizes } from '../core/tables/bars.js';
import type { BarSize } from '../core/tables/bars.js';
import { createHoursFilter, getBarSpan } from '../core/tables/trading-hours.js';
import type { Calendar } from '../core/time/calendar.js';
import { addDays } from '../core/time/time.js';
import type { Instant, LocalDate } from '../core/time/time.js';
import type { Dataset } from '../core/tables/tables.js';
import type { QueryRunner } from './check-rules.js';
import { maxExamples } from './finding.js';
import type { CheckFinding, ExampleRow } from './finding.js';

/** Returns the calendar of an exchange by its time zone; undefined for a zone without one. */
export type CalendarOfZone = (zone: string) => Calendar | undefined;

/** All bars of one session that the same hours apply to. */
interface SessionBars {
  readonly zone: string;
  readonly kind: 'stock' | 'index';
  readonly barSize: BarSize;
  readonly hours: 'rth' | 'all';
  readonly session: LocalDate;
  readonly first: Instant;
  readonly last: Instant;
}

const barTables = ['equity_bars', 'option_bars'] as const satisfies readonly Dataset[];

/** The rule and its tables; it reads the zones of `contracts` beside them. */
export const hoursRule = { name: 'bars-outside-hours', datasets: barTables } as const;

/**
 * Finds bars at times without trading: on days without a session, or outside of regular hours where only those were requested.
 * One pass finds the first and the last bar of each session, so that only suspicious sessions are read again.
 */
export async function findBarsOutsideHours(
  reader: QueryRunner,
  selected: readonly Dataset[],
  calendarOf: CalendarOfZone,
): Promise<readonly CheckFinding[]> {
  const findings: CheckFinding[] = [];
  for (const dataset of barTables) {
    if (!selected.includes(dataset)) continue;
    const found = await findInTable(reader, dataset, calendarOf);
    if (found.count > 0)
      findings.push({
        rule: hoursRule.name,
        severity: 'error',
        dataset,
        problem: 'bars on days without a session, or outside the hours that were requested',
        ...found,
        hint: 'an earlier version stored them: refetch their windows with pipe run --force --symbols … --from … --to …',
      });
  }
  return findings;
}

/** Contracts without a zone, and futures, which have hours of their own, are left out. */
const contractsSql = `
  SELECT symbol, provider, arg_max(time_zone, as_of) AS zone, arg_max(sec_type, as_of) AS sec_type FROM contracts
  WHERE time_zone IS NOT NULL GROUP BY ALL`;

async function findInTable(
  reader: QueryRunner,
  dataset: (typeof barTables)[number],
  calendarOf: CalendarOfZone,
): Promise<{ readonly count: number; readonly examples: readonly ExampleRow[] }> {
  const { rows } = await reader.query(`
    SELECT c.zone, c.sec_type IS NOT DISTINCT FROM 'IND' AS is_index, b.bar_size, b.use_rth, CAST(b.session AS VARCHAR) AS session,
      CAST(epoch_ms(min(b.ts)) AS DOUBLE) AS first, CAST(epoch_ms(max(b.ts)) AS DOUBLE) AS last
    FROM ${dataset} b JOIN (${contractsSql}) c USING (symbol, provider)
    WHERE c.sec_type IS NULL OR c.sec_type NOT IN ('FUT', 'CONTFUT') GROUP BY ALL`);
  let count = 0;
  const examples: ExampleRow[] = [];
  for (const row of rows) {
    const bars = readSessionBars(row);
    if (bars === null) continue;
    const conditions = findConditions(bars, dataset, calendarOf);
    if (conditions === null) continue;
    const found = await reader.query(`
      SELECT b.symbol, b.provider, b.bar_size, b.ts, b.session, b.request_id, count(*) OVER () AS found
      FROM ${dataset} b JOIN (${contractsSql}) c USING (symbol, provider)
      WHERE c.zone = '${bars.zone.replaceAll("'", "''")}' AND (c.sec_type IS NOT DISTINCT FROM 'IND') = ${String(bars.kind === 'index')}
        AND b.session = DATE '${bars.session}' AND b.bar_size = '${bars.barSize}' AND b.use_rth = ${String(bars.hours === 'rth')}
        AND (${conditions}) ORDER BY ALL LIMIT ${String(maxExamples)}`);
    count += Number(found.rows[0]?.['found'] ?? 0);
    for (const { found: _, ...example } of found.rows) if (examples.length < maxExamples) examples.push(example);
  }
  return { count, examples };
}

/** Returns the condition of the bars of a session that are outside; null if there are none. */
function findConditions(
  { zone, kind, barSize, hours, session, first, last }: SessionBars,
  dataset: Dataset,
  calendarOf: CalendarOfZone,
): string | null {
  const calendar = calendarOf(zone);
  if (calendar === undefined) return null;
  const rule = { barSize, hours, kind, isOption: dataset === 'option_bars' };
  const isInside = createHoursFilter(rule, calendar);
  if (isInside(first, session) && isInside(last, session)) return null;
  const [day] = calendar.sessions(session, addDays(session, 1));
  if (day === undefined) return 'true';
  const { start, end } = getBarSpan(rule, day, calendar);
  return `epoch_ms(b.ts) < ${String(start)} OR epoch_ms(b.ts) >= ${String(end)}`;
}

function readSessionBars(row: ExampleRow): SessionBars | null {
  const { zone, is_index: isIndex, bar_size: barSize, use_rth: isRegular, session, first, last } = row;
  if (typeof zone !== 'string' || typeof session !== 'string' || !isBarSize(barSize)) return null;
  if (typeof first !== 'number' || typeof last !== 'number') return null;
  const kind = isIndex === true ? 'index' : 'stock';
  return { zone, kind, barSize, hours: isRegular === true ? 'rth' : 'all', session, first, last };
}

function isBarSize(value: unknown): value is BarSize {
  return typeof value === 'string' && Object.hasOwn(barSizes, value);
}
