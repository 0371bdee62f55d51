import type { ChangedColumn, ChangedWindow, VersionDiff } from '../../../app/history/diff-versions.js';
import { formatZonedSeconds } from '../../../core/time/zoned-time.js';
import type { TableVersion } from '../../../lake/history/find-version.js';
import { formatCount, pluralize } from '../../../platform/format.js';
import { groupBy } from '../../../platform/group-by.js';
import type { ApplyStyle } from '../../../platform/style.js';
import { escapeCell, formatTable } from '../../../platform/table.js';
import type { TableCell } from '../../../platform/table.js';
import { escapeLine, formatJson, joinLines } from '../../../platform/text/escape.js';

const maxRequestsShown = 3;

/** Formats what two versions say differently: a block for each series, a line for each window and column. */
export function formatDiff(diff: VersionDiff, limit: number, style: ApplyStyle): string {
  const { symbol, dataset, from, to, windows } = diff;
  const head = `${style('strong', `${symbol} ${dataset}`)}: ${formatVersion(from)} → ${formatVersion(to)}`;
  if (windows.length === 0) return joinLines([escapeLine(head), '  no row of it was added, removed or changed']);
  const groups = groupBy(windows, ({ series }) => JSON.stringify(series));
  const lines = [head];
  let left = limit;
  for (const group of groups.values()) {
    lines.push('', ...formatSeries(group, diff, Math.max(0, left), style));
    left -= group.length;
  }
  return joinLines(lines);
}

function formatVersion(version: TableVersion | null): string {
  return version === null
    ? 'before the first commit'
    : `version ${formatCount(version.version)} (${formatZonedSeconds(version.committedAt, 'UTC')})`;
}

function formatSeries(
  windows: readonly ChangedWindow[],
  diff: VersionDiff,
  limit: number,
  style: ApplyStyle,
): readonly string[] {
  const [first] = windows;
  const { provider, ...parameters } = first?.series ?? {};
  const name = Object.entries(parameters).map(([column, value]) =>
    column === 'use_rth' ? (value === true ? 'rth' : 'all hours') : formatValue(value),
  );
  const sum = (key: 'added' | 'removed' | 'changed'): number => windows.reduce((total, one) => total + one[key], 0);
  const counts = (['changed', 'added', 'removed'] as const).flatMap((key) =>
    sum(key) === 0 ? [] : [`${pluralize(sum(key), 'row')} ${key}`],
  );
  const title = [...name, `from ${formatValue(provider)}`].join(' ');
  const shown = windows.slice(0, limit);
  const quiet = (text: string): TableCell => ({ text, style: (cell) => style('quiet', cell) });
  const heads = ['  window', 'rows', 'column', 'old', 'new', 'ratio'].map(quiet);
  const cells = shown.flatMap((window) => formatWindow(window).map((row) => row.map((text) => escapeCell({ text }))));
  const hidden = windows.length - shown.length;
  return [
    `${escapeLine(title)}: ${counts.join(', ')} in ${pluralize(windows.length, 'window')}`,
    ...(shown.length === 0
      ? []
      : formatTable([heads, ...cells], ['left', 'left', 'left', 'right', 'right', 'left'], 2)),
    ...(hidden > 0 ? [style('quiet', `  and ${pluralize(hidden, 'more window')}: --limit all`)] : []),
    ...formatRequests('old', windows, ({ before }) => before, diff),
    ...formatRequests('new', windows, ({ after }) => after, diff),
  ];
}

/** One line for each changed column; one for a window in which rows were only added or removed. */
function formatWindow(window: ChangedWindow): readonly (readonly string[])[] {
  const { added, removed, changed, columns } = window;
  const counts = Object.entries({ changed, added, removed })
    .flatMap(([change, count]) => (count === 0 ? [] : [`${formatCount(count)} ${change}`]))
    .join(', ');
  const name = `  ${window.window}`;
  if (columns.length === 0) return [[name, counts, '', '', '', '']];
  return columns.map((column, index) => [
    index === 0 ? name : '',
    index === 0 ? counts : '',
    column.rows === changed ? column.column : `${column.column} (${formatCount(column.rows)})`,
    formatValue(column.old),
    formatValue(column.new),
    formatRatio(column),
  ]);
}

function formatRatio({ ratio }: ChangedColumn): string {
  if (ratio === null) return '';
  const low = formatNumber(ratio.low);
  const high = formatNumber(ratio.high);
  return low === high ? low : `${low} to ${high}`;
}

function formatNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function formatRequests(
  side: string,
  windows: readonly ChangedWindow[],
  select: (window: ChangedWindow) => readonly string[],
  { requests }: VersionDiff,
): readonly string[] {
  const ids = [...new Set(windows.flatMap(select))];
  const lines = ids.slice(0, maxRequestsShown).map((id) => {
    const request = requests.get(id);
    const sent = request === undefined ? '' : `, sent ${formatZonedSeconds(request.requestedAt, 'UTC')}`;
    return `  ${side} values of request ${id}${sent}`;
  });
  const hidden = ids.length - lines.length;
  return hidden > 0 ? [...lines, `  and of ${pluralize(hidden, 'more request')}; --json has all`] : lines;
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'number') return formatNumberExactly(value);
  return escapeLine(typeof value === 'string' ? value : formatJson(value));
}

/** Prices as they are, without the noise of binary fractions. */
function formatNumberExactly(value: number): string {
  return String(Number(value.toPrecision(12)));
}
