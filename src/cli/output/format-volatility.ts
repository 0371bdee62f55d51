import { pluralize } from '../../platform/format.js';
import { minRankDays } from '../../analytics/history/volatility-rank.js';
import { describeMissingVolatility, describeTerm } from '../../queries/describe-missing-volatility.js';
import type { DailyValue } from '../../queries/daily-values.js';
import type { VolatilityHistory } from '../../queries/volatility-history.js';
import type { ApplyStyle } from '../../platform/style.js';

const plotHeight = 8;
const labelWidth = 8;

/** Formats a history for a terminal: figures, and a plot with one column per day. */
export function formatVolatility(history: VolatilityHistory, width: number, style: ApplyStyle): string {
  const { symbol, provider, days, quartiles, rank } = history;
  const last = days.at(-1);
  const from = days[0];
  const header = `${style('strong', symbol)}  ${last === undefined ? '' : formatPercent(last.value)}  ${style(
    'quiet',
    `implied volatility at the money ${describeTerm(history.termDays)}, ${last?.session ?? ''} from ${provider}`,
  )}`;
  const rankText =
    rank.rank === null || rank.percentile === null
      ? `no rank: ${days.length < minRankDays ? `${pluralize(days.length, 'day')} of history, ${minRankDays} needed` : 'all days are equal'}`
      : `rank ${rank.rank.toFixed(0)}   percentile ${rank.percentile.toFixed(0)}   of ${pluralize(rank.days, 'day')}, today included`;
  const { low, first, median, third, high } = quartiles;
  const quartileText = `low ${formatPercent(low)}   25 % ${formatPercent(first)}   median ${formatPercent(median)}   75 % ${formatPercent(third)}   high ${formatPercent(high)}`;
  const axis = `${' '.repeat(labelWidth)}${style('quiet', formatDates(from, last, Math.min(days.length, width - labelWidth)))}`;
  const { missing } = history;
  const missingText =
    missing === null ? [] : [`no value on ${missing.session}: ${describeMissingVolatility(missing).reason}`];
  return `${[header, '', ...renderPlot(days, width - labelWidth, style), axis, '', quartileText, rankText, ...missingText].join('\n')}\n`;
}

function formatDates(from: DailyValue | undefined, last: DailyValue | undefined, width: number): string {
  if (from === undefined || last === undefined || from === last) return last?.session ?? '';
  const gap = Math.max(2, width - from.session.length - last.session.length);
  return `${from.session}${' '.repeat(gap)}${last.session}`;
}

const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Plots from a little below the lowest to the highest value; only the last days if not all fit. */
function renderPlot(days: readonly DailyValue[], width: number, style: ApplyStyle): readonly string[] {
  const shown = days.slice(-Math.max(1, width)).map(({ value }) => value);
  const high = Math.max(...shown);
  const lowest = Math.min(...shown);
  const low = Math.max(0, lowest - 0.15 * (high > lowest ? high - lowest : high));
  const heights = shown.map((value) => Math.max(1, Math.round((8 * plotHeight * (value - low)) / (high - low))));
  return Array.from({ length: plotHeight }, (_, row) => {
    const base = 8 * (plotHeight - 1 - row);
    const line = heights.map((height) => eighths[Math.min(8, Math.max(0, height - base))] ?? ' ').join('');
    const value = row === 0 ? high : row === plotHeight - 1 ? low : null;
    const label = (value === null ? '' : formatPercent(value)).padStart(labelWidth - 1);
    return `${style('quiet', label)} ${style('link', line.trimEnd())}`.trimEnd();
  });
}

function formatPercent(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}
