import { plural } from '../core/words.js';
import { fewestDays } from '../analytics/volatility-rank.js';
import type { DailyValue } from '../readings/daily.js';
import type { VolatilityHistory } from '../readings/volatility-history.js';
import type { Paint } from '../report/paint.js';

const plotHeight = 8;
const labelWidth = 8;

/** A history for a terminal: figures, and a plot with a column for every day. */
export function volatilityText(history: VolatilityHistory, width: number, paint: Paint): string {
  const { symbol, provider, days, quartiles, rank } = history;
  const last = days.at(-1);
  const from = days[0];
  const head = `${paint('strong', symbol)}  ${last === undefined ? '' : percent(last.value)}  ${paint(
    'quiet',
    `implied volatility at the money for 30 days, ${last?.session ?? ''} from ${provider}`,
  )}`;
  const standing =
    rank.rank === null || rank.percentile === null
      ? `no rank: ${days.length < fewestDays ? `${plural(days.length, 'day')} of history, and it needs ${fewestDays}` : 'all days are equal'}`
      : `rank ${rank.rank.toFixed(0)}   percentile ${rank.percentile.toFixed(0)}   of ${plural(rank.days, 'day')}, today included`;
  const { low, first, median, third, high } = quartiles;
  const quarters = `low ${percent(low)}   25 % ${percent(first)}   median ${percent(median)}   75 % ${percent(third)}   high ${percent(high)}`;
  const axis = `${' '.repeat(labelWidth)}${paint('quiet', dates(from, last, Math.min(days.length, width - labelWidth)))}`;
  return `${[head, '', ...plot(days, width - labelWidth, paint), axis, '', quarters, standing].join('\n')}\n`;
}

function dates(from: DailyValue | undefined, last: DailyValue | undefined, width: number): string {
  if (from === undefined || last === undefined || from === last) return last?.session ?? '';
  const gap = Math.max(2, width - from.session.length - last.session.length);
  return `${from.session}${' '.repeat(gap)}${last.session}`;
}

const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Columns from a little below the lowest to the highest value; of more days than fit, the last. */
function plot(days: readonly DailyValue[], width: number, paint: Paint): readonly string[] {
  const shown = days.slice(-Math.max(1, width)).map(({ value }) => value);
  const high = Math.max(...shown);
  const lowest = Math.min(...shown);
  const low = Math.max(0, lowest - 0.15 * (high > lowest ? high - lowest : high));
  const heights = shown.map((value) => Math.max(1, Math.round((8 * plotHeight * (value - low)) / (high - low))));
  return Array.from({ length: plotHeight }, (_, row) => {
    const base = 8 * (plotHeight - 1 - row);
    const line = heights.map((height) => eighths[Math.min(8, Math.max(0, height - base))] ?? ' ').join('');
    const value = row === 0 ? high : row === plotHeight - 1 ? low : null;
    const label = (value === null ? '' : percent(value)).padStart(labelWidth - 1);
    return `${paint('quiet', label)} ${paint('link', line.trimEnd())}`.trimEnd();
  });
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}
