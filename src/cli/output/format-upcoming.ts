import type { UpcomingRuns } from '../../app/schedule/upcoming-runs.js';
import type { Instant } from '../../core/time/time.js';
import { formatZonedAndUtc, getViewerZone } from '../../core/time/zoned-time.js';
import { humanizeDuration } from '../../platform/format.js';
import type { ApplyStyle } from '../../platform/style.js';
import { formatTable } from '../../platform/table.js';
import type { TableCell } from '../../platform/table.js';
import { getScheduleZone } from '../../scheduler/schedule/schedule-zone.js';
import { getCalendarOrExit } from '../../app/get-calendar.js';
import { formatSchedule } from './format-schedule.js';

export function formatUpcoming(found: readonly UpcomingRuns[], now: Instant, style: ApplyStyle): string {
  const dim = (text: string): TableCell => ({ text, style: (cell) => style('quiet', cell) });
  const head = ['pipeline', 'schedule', 'next', 'first'].map(dim);
  const rows = found.flatMap((one) => toRows(one, now, dim));
  return `${formatTable([head, ...rows], ['left', 'left', 'left', 'left'], 2).join('\n')}\n`;
}

/** One row per due time; only the first names the pipeline. */
function toRows(
  { pipeline: { name, schedule }, next, isComplete }: UpcomingRuns,
  now: Instant,
  dim: (text: string) => TableCell,
): readonly (readonly TableCell[])[] {
  const [first, ...others] = next;
  if (schedule === null || first === undefined) {
    return [
      [
        { text: name },
        { text: schedule === null ? 'no schedule' : formatSchedule(schedule) },
        { text: '-' },
        { text: '-' },
      ],
    ];
  }
  const emptyCell = { text: '' };
  const zone = getScheduleZone(schedule, getCalendarOrExit) ?? getViewerZone();
  const formatDue = (due: Instant): TableCell => ({ text: formatZonedAndUtc(due, zone) });
  return [
    [
      { text: name },
      { text: formatSchedule(schedule) },
      formatDue(first),
      { text: `in ${humanizeDuration(first - now)}` },
    ],
    ...others.map((due) => [emptyCell, emptyCell, formatDue(due), emptyCell]),
    ...(isComplete
      ? [[emptyCell, emptyCell, dim(`then no more (max_cycles: ${String(schedule.maxCycles)})`), emptyCell]]
      : []),
  ];
}
