import { escapeLine } from '../../platform/text/escape.js';
import { formatDuration } from '../../core/time/duration.js';
import { minute, toDayNumber } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import { toZonedDate } from '../../core/time/time-zone.js';
import { formatZonedTime, formatZonedWindow, getViewerZone } from '../../core/time/zoned-time.js';
import { groupBy } from '../../platform/group-by.js';
import { formatCount, pluralize } from '../../platform/format.js';
import type { ChainOption, OptionChain } from '../../queries/option-chain.js';
import { getSnapshotTimes, isStale, listExpiries, nearestStrike, listStrikes } from '../../queries/filter-chain.js';
import { formatTable } from '../../platform/table.js';
import type { TableCell } from '../../platform/table.js';
import type { ApplyStyle } from '../../platform/style.js';

/** Snapshots of an expiry that are at most this much apart are of one time. */
const sameTime = minute;

/** Formats a chain for a terminal, with calls and puts side by side. */
export function formatChain(chain: OptionChain, style: ApplyStyle): string {
  const { symbol, provider, at, spot, options } = chain;
  const zone = chain.timeZone ?? getViewerZone();
  const shownAt = getSnapshotTimes(options).to;
  const head = `${style('strong', symbol)}  ${spot === null ? 'price unknown' : formatPrice(spot)}  ${style('quiet', `${formatZonedTime(shownAt, zone)} from ${provider}`)}`;
  const sides = new Set(options.map(({ right }) => right));
  const tables = groupByExpiryAndClass(options).map(({ expiry, tradingClass, listed }) => {
    const times = getSnapshotTimes(listed);
    const age = `stale: ${formatDuration(at - times.from)} older than the newest`;
    const title = [
      style('strong', tradingClass === null ? expiry : escapeLine(`${expiry} ${tradingClass}`)),
      style('quiet', formatDaysLeft(expiry, at, zone)),
      ...(shownAt - times.from <= sameTime ? [] : [style('quiet', formatTimes(times, zone))]),
      ...(isStale(times.from, at) ? [style('warn', age)] : []),
    ];
    const lines = sides.size === 2 ? formatBothSides(listed, spot, style) : formatOneSide(listed, spot, style);
    return `${title.join('  ')}\n\n${lines.join('\n')}`;
  });
  return `${[head, ...tables, ...formatIvNotes(options, style)].join('\n\n')}\n`;
}

/** Formats the listed options of a chain without prices: one line for each expiry and class. */
export function formatListedChain({ symbol, provider, at, timeZone, options }: OptionChain, style: ApplyStyle): string {
  const quiet = (text: string): TableCell => ({ text, style: (cell) => style('quiet', cell) });
  const zone = timeZone ?? getViewerZone();
  const listedAt = `listed ${formatZonedTime(at, zone)} by ${provider}`;
  const head = `${style('strong', symbol)}  no prices  ${style('quiet', listedAt)}`;
  const rows = groupByExpiryAndClass(options).map(({ expiry, listed }): readonly TableCell[] => {
    const strikes = listStrikes(listed);
    return [
      { text: expiry },
      { text: formatDaysLeft(expiry, at, zone) },
      { text: listed[0]?.tradingClass ?? '-' },
      { text: formatCount(listed.length) },
      { text: formatCount(strikes.length) },
      { text: String(strikes[0] ?? '-') },
      { text: String(strikes.at(-1) ?? '-') },
    ];
  });
  const names = ['expiry', '', 'class', 'options', 'strikes', 'from', 'to'].map(quiet);
  const align = ['left', 'left', 'left', 'right', 'right', 'right', 'right'] as const;
  return `${[head, formatTable([names, ...rows], align, 2).join('\n')].join('\n\n')}\n`;
}

interface ClassOfExpiry {
  readonly expiry: LocalDate;
  /** Null if the expiry has options of one class only. */
  readonly tradingClass: string | null;
  readonly listed: readonly ChainOption[];
}

/** Groups the options by expiry, and those of an expiry by class: classes of one expiry end at different times. */
function groupByExpiryAndClass(options: readonly ChainOption[]): readonly ClassOfExpiry[] {
  return listExpiries(options).flatMap((expiry) => {
    const ofExpiry = options.filter((option) => option.expiry === expiry);
    const classes = [...groupBy(ofExpiry, ({ tradingClass }) => tradingClass)];
    return classes.map(([tradingClass, listed]) => ({
      ...{ expiry, tradingClass: classes.length === 1 ? null : (tradingClass ?? 'unknown class'), listed },
    }));
  });
}

/** Days to expiry in the zone of the exchange, as `dte` counts them: its evening is the next day in UTC. */
function formatDaysLeft(expiry: LocalDate, at: Instant, zone: string): string {
  const left = toDayNumber(expiry) - toDayNumber(toZonedDate(zone, at));
  return left === 0 ? 'today' : `in ${pluralize(left, 'day')}`;
}

function formatTimes({ from, to }: { readonly from: Instant; readonly to: Instant }, zone: string): string {
  return to - from <= sameTime ? formatZonedTime(to, zone) : formatZonedWindow({ start: from, end: to }, zone);
}

const callColumns = ['iv', 'delta', 'oi', 'volume', 'bid', 'ask'];
const putColumns = ['bid', 'ask', 'volume', 'oi', 'delta', 'iv'];

function formatBothSides(options: readonly ChainOption[], spot: number | null, style: ApplyStyle): readonly string[] {
  const dim = (text: string): TableCell => ({ text, style: (cell) => style('quiet', cell) });
  const atTheMoney = spot === null ? null : nearestStrike(listStrikes(options), spot);
  const rows = listStrikes(options).map((strike): readonly TableCell[] => {
    const find = (right: string): ChainOption | undefined =>
      options.find((option) => option.strike === strike && option.right === right);
    return [
      ...createSideCells(callColumns, find('C')),
      createStrikeCell(strike, atTheMoney, style),
      ...createSideCells(putColumns, find('P')),
    ];
  });
  const names = [...callColumns, 'strike', ...putColumns].map(dim);
  const align = names.map(() => 'right' as const);
  const table = [names, ...rows];
  const lines = formatTable(table, align, 2);
  // The side names are centered over their columns, measured without styles.
  const [plain = ''] = formatTable(
    table.map((row) => row.map(({ text }) => ({ text }))),
    align,
    2,
  );
  const middle = plain.indexOf('strike');
  const calls = `${' '.repeat(Math.max(0, Math.floor(middle / 2) - 2))}calls`;
  const puts = ' '.repeat(Math.max(1, Math.floor((plain.length + middle) / 2) - calls.length));
  return [style('quiet', `${calls}${puts}puts`), ...lines];
}

function createSideCells(names: readonly string[], option: ChainOption | undefined): readonly TableCell[] {
  const texts: Readonly<Record<string, string>> =
    option === undefined
      ? {}
      : {
          iv: formatIv(option),
          delta: formatFixed(option.delta, 2),
          oi: formatInteger(option.openInterest),
          volume: formatInteger(option.volume),
          bid: formatPrice(option.bid),
          ask: formatPrice(option.ask),
        };
  return names.map((name) => ({ text: texts[name] ?? '' }));
}

const oneSideColumns = ['strike', 'bid', 'ask', 'last', 'volume', 'oi', 'iv', 'delta', 'gamma', 'theta', 'vega', 'rho'];

function formatOneSide(options: readonly ChainOption[], spot: number | null, style: ApplyStyle): readonly string[] {
  const atTheMoney = spot === null ? null : nearestStrike(listStrikes(options), spot);
  const head = oneSideColumns.map((text): TableCell => ({ text, style: (cell) => style('quiet', cell) }));
  const rows = options.map((option): readonly TableCell[] => [
    createStrikeCell(option.strike, atTheMoney, style),
    { text: formatPrice(option.bid) },
    { text: formatPrice(option.ask) },
    { text: formatPrice(option.last) },
    { text: formatInteger(option.volume) },
    { text: formatInteger(option.openInterest) },
    { text: formatIv(option) },
    { text: formatFixed(option.delta, 2) },
    { text: formatFixed(option.gamma, 4) },
    { text: formatFixed(option.theta, 3) },
    { text: formatFixed(option.vega, 3) },
    { text: formatFixed(option.rho, 3) },
  ]);
  return formatTable(
    [head, ...rows],
    Array.from({ length: oneSideColumns.length }, () => 'right' as const),
    2,
  );
}

function createStrikeCell(strike: number, atTheMoney: number | null, style: ApplyStyle): TableCell {
  const text = String(strike);
  return strike === atTheMoney ? { text, style: (cell) => style('strong', cell) } : { text };
}

/** Explains the star beside a volatility, and why options have no computed volatility. */
function formatIvNotes(options: readonly ChainOption[], style: ApplyStyle): readonly string[] {
  const reasons = new Map<string, number>();
  for (const { ivSource, ivReason } of options) {
    if (ivSource === 'computed' || ivReason === null) continue;
    reasons.set(ivReason, (reasons.get(ivReason) ?? 0) + 1);
  }
  if (reasons.size === 0) return [];
  const counts = [...reasons].map(([reason, times]) => `${reason} (${formatCount(times)})`).join(', ');
  const starred = options.some(({ ivSource }) => ivSource === 'provider');
  return [style('quiet', `${starred ? '* volatility from the provider; ' : ''}not computed: ${counts}`)];
}

function formatIv({ iv, ivSource }: ChainOption): string {
  return iv === null ? '-' : `${(100 * iv).toFixed(1)}%${ivSource === 'provider' ? '*' : ''}`;
}

function formatPrice(value: number | null): string {
  return formatFixed(value, 2);
}

function formatFixed(value: number | null, digits: number): string {
  return value === null ? '-' : value.toFixed(digits).replace(/^-(0(?:\.0+)?)$/, '$1');
}

function formatInteger(value: number | null): string {
  return value === null ? '-' : formatCount(value);
}
