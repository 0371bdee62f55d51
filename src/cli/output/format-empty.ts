import { listItems } from '../../core/answer-lacks.js';
import { formatTimeSeconds, formatZonedTime } from '../../core/time/zoned-time.js';
import type { EmptyParts, EmptyWindow } from '../../app/status/list-empty-windows.js';
import { formatCount, pluralize } from '../../platform/format.js';
import { groupBy } from '../../platform/group-by.js';
import type { ApplyStyle } from '../../platform/style.js';
import { formatTable } from '../../platform/table.js';
import type { TableCell } from '../../platform/table.js';

/** Formats the windows without rows, and the parts that other answers lack: first those that are not confirmed. */
export function formatEmptyWindows(windows: readonly EmptyWindow[], style: ApplyStyle): string {
  const unconfirmed = windows.filter(({ isConfirmed }) => !isConfirmed);
  const confirmed = windows.filter(({ isConfirmed }) => isConfirmed);
  if (windows.length === 0) return 'Every answer has rows.\n';
  return [
    ...formatSection(
      'unconfirmed',
      'requested again, as long as a pipeline wants them, until enough answers confirm them',
      unconfirmed,
      style,
    ),
    ...(unconfirmed.length > 0 && confirmed.length > 0 ? [''] : []),
    ...formatSection(
      'empty',
      'not requested again; pipe run --retry-empty does, of older sessions with --from',
      confirmed,
      style,
    ),
    '',
  ].join('\n');
}

function formatSection(name: string, note: string, windows: readonly EmptyWindow[], style: ApplyStyle): string[] {
  if (windows.length === 0) return [];
  const head = ['  symbol', 'series', 'from', 'to', 'sessions', 'answers', 'last requested', 'again from'];
  const quiet = (text: string): string => style('quiet', text);
  const options = windows.filter(({ dataset }) => dataset === 'option_bars');
  const rows = windows.filter(({ dataset }) => dataset !== 'option_bars').map(formatWindow);
  const groups = groupBy(options, ({ symbol, provider }) => `${symbol}\n${provider}`);
  return [
    `${style(name === 'empty' ? 'strong' : 'warn', name)}  ${quiet(note)}`,
    ...formatTable(
      [head.map((text) => ({ text, style: quiet })), ...rows, ...[...groups.values()].map(formatOptions)],
      ['left', 'left', 'left', 'left', 'right', 'right', 'left', 'left'],
      2,
    ),
  ];
}

function formatWindow(window: EmptyWindow): readonly TableCell[] {
  const { symbol, series, from, to, part, sessions, answers, lastRequestedAt } = window;
  return [
    `  ${symbol}`,
    window.lacks === null ? series : `${series}: ${describeParts(window.lacks)}`,
    part === null ? from : formatZonedTime(part.start, part.timeZone),
    part === null ? to : formatZonedTime(part.end, part.timeZone),
    sessions === null ? '-' : formatCount(sessions),
    answers === null ? '1' : formatCount(answers),
    formatTimeSeconds(lastRequestedAt),
    formatNextRequest(window),
  ].map((text) => ({ text }));
}

/** `3 of 22: 650 C, 655 C, 660 C`. */
function describeParts({ items, total }: EmptyParts): string {
  return `${formatCount(items.length)} of ${formatCount(total)}: ${listItems(items)}`;
}

function formatNextRequest(window: EmptyWindow | undefined): string {
  if (window === undefined || window.isConfirmed) return '-';
  if (window.requestedAgainAt !== null) return formatTimeSeconds(window.requestedAgainAt);
  return window.isWanted ? '-' : 'not wanted by the pipeline';
}

/** One row for all options of a symbol: most of them are without a trade now and then. */
function formatOptions(windows: readonly EmptyWindow[]): readonly TableCell[] {
  const series = new Set(windows.map((window) => window.series)).size;
  const dates = windows.flatMap(({ from, to }) => [from, to]).sort();
  const counts = windows.map(({ answers }) => answers ?? 1);
  const sessions = windows.every((window) => window.sessions !== null)
    ? formatCount(windows.reduce((sum, window) => sum + (window.sessions ?? 0), 0))
    : '-';
  const next = windows.map(({ requestedAgainAt }) => requestedAgainAt ?? Infinity);
  return [
    `  ${windows[0]?.symbol ?? ''}`,
    `option_bars of ${pluralize(series, 'option')}`,
    dates[0] ?? '-',
    dates.at(-1) ?? '-',
    sessions,
    formatCount(findMin(counts)),
    formatTimeSeconds(-findMin(windows.map(({ lastRequestedAt }) => -lastRequestedAt))),
    Number.isFinite(findMin(next)) ? formatTimeSeconds(findMin(next)) : formatNextRequest(windows[0]),
  ].map((text) => ({ text }));
}

/** The smallest number; options have more windows than a call can have arguments. */
function findMin(numbers: readonly number[]): number {
  return numbers.reduce((min, number) => Math.min(min, number), Infinity);
}
