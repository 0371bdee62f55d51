import { dayNumber, isoInstant, utcDate } from '../core/time.js';
import { countText, plural } from '../core/words.js';
import type { ChainOption, OptionChain } from '../readings/chain.js';
import { expiriesOf, nearestStrike, strikesOf } from '../readings/narrow-chain.js';
import { columns } from '../report/columns.js';
import type { Cell } from '../report/columns.js';
import type { Paint } from '../report/paint.js';

/** A chain for a terminal: calls and puts side by side where there are both. */
export function chainText(chain: OptionChain, paint: Paint): string {
  const { symbol, provider, at, spot, options } = chain;
  const head = `${paint('strong', symbol)}  ${spot === null ? 'price unknown' : price(spot)}  ${paint('quiet', `${isoInstant(at)} from ${provider}`)}`;
  const sides = new Set(options.map(({ right }) => right));
  const tables = expiriesOf(options).map((expiry) => {
    const own = options.filter((option) => option.expiry === expiry);
    const left = dayNumber(expiry) - dayNumber(utcDate(at));
    const title = `${paint('strong', expiry)}  ${paint('quiet', left === 0 ? 'today' : `in ${plural(left, 'day')}`)}`;
    const lines = sides.size === 2 ? bothSides(own, spot, paint) : oneSide(own, spot, paint);
    return `${title}\n\n${lines.join('\n')}`;
  });
  return `${[head, ...tables, ...notesOn(options, paint)].join('\n\n')}\n`;
}

const callNames = ['iv', 'delta', 'oi', 'volume', 'bid', 'ask'];
const putNames = ['bid', 'ask', 'volume', 'oi', 'delta', 'iv'];

function bothSides(options: readonly ChainOption[], spot: number | null, paint: Paint): readonly string[] {
  const quiet = (text: string): Cell => ({ text, paint: (own) => paint('quiet', own) });
  const money = spot === null ? null : nearestStrike(strikesOf(options), spot);
  const rows = strikesOf(options).map((strike): readonly Cell[] => {
    const find = (right: string): ChainOption | undefined =>
      options.find((option) => option.strike === strike && option.right === right);
    return [...sideCells(callNames, find('C')), strikeCell(strike, money, paint), ...sideCells(putNames, find('P'))];
  });
  const names = [...callNames, 'strike', ...putNames].map(quiet);
  const align = names.map(() => 'right' as const);
  const table = [names, ...rows];
  const lines = columns(table, align, 2);
  // The names of the sides stand over the middle of theirs, measured without paint.
  const [plain = ''] = columns(
    table.map((row) => row.map(({ text }) => ({ text }))),
    align,
    2,
  );
  const middle = plain.indexOf('strike');
  const calls = `${' '.repeat(Math.max(0, Math.floor(middle / 2) - 2))}calls`;
  const puts = ' '.repeat(Math.max(1, Math.floor((plain.length + middle) / 2) - calls.length));
  return [paint('quiet', `${calls}${puts}puts`), ...lines];
}

function sideCells(names: readonly string[], option: ChainOption | undefined): readonly Cell[] {
  const texts: Readonly<Record<string, string>> =
    option === undefined
      ? {}
      : {
          iv: volatility(option),
          delta: fixed(option.delta, 2),
          oi: count(option.openInterest),
          volume: count(option.volume),
          bid: price(option.bid),
          ask: price(option.ask),
        };
  return names.map((name) => ({ text: texts[name] ?? '' }));
}

const oneSideNames = ['strike', 'bid', 'ask', 'last', 'volume', 'oi', 'iv', 'delta', 'gamma', 'theta', 'vega', 'rho'];

function oneSide(options: readonly ChainOption[], spot: number | null, paint: Paint): readonly string[] {
  const money = spot === null ? null : nearestStrike(strikesOf(options), spot);
  const head = oneSideNames.map((text): Cell => ({ text, paint: (own) => paint('quiet', own) }));
  const rows = options.map((option): readonly Cell[] => [
    strikeCell(option.strike, money, paint),
    { text: price(option.bid) },
    { text: price(option.ask) },
    { text: price(option.last) },
    { text: count(option.volume) },
    { text: count(option.openInterest) },
    { text: volatility(option) },
    { text: fixed(option.delta, 2) },
    { text: fixed(option.gamma, 4) },
    { text: fixed(option.theta, 3) },
    { text: fixed(option.vega, 3) },
    { text: fixed(option.rho, 3) },
  ]);
  return columns(
    [head, ...rows],
    Array.from({ length: oneSideNames.length }, () => 'right' as const),
    2,
  );
}

function strikeCell(strike: number, money: number | null, paint: Paint): Cell {
  const text = String(strike);
  return strike === money ? { text, paint: (own) => paint('strong', own) } : { text };
}

/** What a star at a volatility means, and why options have none. */
function notesOn(options: readonly ChainOption[], paint: Paint): readonly string[] {
  const reasons = new Map<string, number>();
  for (const { ivSource, ivReason } of options) {
    if (ivSource === 'computed' || ivReason === null) continue;
    reasons.set(ivReason, (reasons.get(ivReason) ?? 0) + 1);
  }
  if (reasons.size === 0) return [];
  const words = [...reasons].map(([reason, times]) => `${reason} (${countText(times)})`).join(', ');
  const starred = options.some(({ ivSource }) => ivSource === 'provider');
  return [paint('quiet', `${starred ? '* the volatility of the source; ' : ''}none of our own: ${words}`)];
}

function volatility({ iv, ivSource }: ChainOption): string {
  return iv === null ? '-' : `${(100 * iv).toFixed(1)}%${ivSource === 'provider' ? '*' : ''}`;
}

function price(value: number | null): string {
  return fixed(value, 2);
}

function fixed(value: number | null, digits: number): string {
  return value === null ? '-' : value.toFixed(digits).replace(/^-(0(?:\.0+)?)$/, '$1');
}

function count(value: number | null): string {
  return value === null ? '-' : countText(value);
}
