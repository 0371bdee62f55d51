import type { RowsOf } from '../core/tables/rows.js';
import type { OptionContract } from '../core/series.js';
import { fromDayNumber } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';

/** The rights of each strike, by expiry and class. */
type Ladders = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** The options of a chain, by expiry. */
export interface ListedParts {
  readonly ladders: Ladders;
  /** Number of expiries and of strikes of an expiry. */
  readonly count: number;
}

/** Lists the options of an answer that have not expired. */
export function listParts(symbol: string, { columns, length }: RowsOf<'chains'>, today: LocalDate): ListedParts {
  const options = Array.from({ length }, (_, row) => ({
    expiry: fromDayNumber(columns.expiry[row] ?? NaN),
    strike: columns.strike[row] ?? NaN,
    right: columns.right[row] ?? '',
    tradingClass: columns.trading_class[row] ?? undefined,
  }));
  const ladders = buildLadders(symbol, options, today);
  return { ladders, count: [...ladders.values()].reduce((sum, strikes) => sum + strikes.size + 1, 0) };
}

interface Terms {
  readonly expiry: LocalDate;
  readonly strike: number;
  readonly right: string;
  readonly tradingClass?: string | undefined;
}

function buildLadders(symbol: string, options: Iterable<Terms>, today: LocalDate): Ladders {
  const ladders = new Map<string, Map<number, string>>();
  for (const { expiry, strike, right, tradingClass } of options) {
    if (expiry < today) continue;
    const name = nameLadder(symbol, expiry, tradingClass);
    let strikes = ladders.get(name);
    if (strikes === undefined) ladders.set(name, (strikes = new Map<number, string>()));
    const rights = strikes.get(strike) ?? '';
    if (!rights.includes(right)) strikes.set(strike, rights + right);
  }
  return ladders;
}

/** `2026-12-18`, or `2026-12-18 SPXW` for a class that is not named like the symbol. */
function nameLadder(symbol: string, expiry: LocalDate, tradingClass: string | undefined): string {
  return tradingClass === undefined || tradingClass === symbol ? expiry : `${expiry} ${tradingClass}`;
}

/**
 * Finds the expiries and strikes that a chain should have: those of the last chain, those that earlier answers left out too, the
 * other right of a strike where nearly all strikes have both, and strikes that interrupt a regular row. Providers that list every
 * expiry with every strike stop listing the strikes of an expiry that is over: these are not missed.
 */
export function findChainLacks(
  symbol: string,
  { ladders }: ListedParts,
  lastChain: readonly OptionContract[],
  known: readonly string[],
  today: LocalDate,
): readonly string[] {
  const found = new Set<string>();
  for (const item of known) if (isStillAbsent(item, ladders, today)) found.add(item);
  const before = buildLadders(symbol, lastChain, today);
  const endedStrikes = findEndedStrikes(lastChain, today);
  for (const [name, strikes] of before) {
    const listed = ladders.get(name);
    if (listed === undefined) {
      found.add(name);
      continue;
    }
    const lost = [...strikes.keys()].filter((strike) => !listed.has(strike));
    const isFew = lost.length <= endedShare * strikes.size;
    for (const strike of lost) if (!isFew || !endedStrikes.has(strike)) found.add(`${name} ${String(strike)}`);
    for (const [strike, rights] of strikes) {
      const held = listed.get(strike);
      if (held === undefined) continue;
      for (const right of rights) if (!held.includes(right)) found.add(`${name} ${String(strike)} ${right}`);
    }
  }
  for (const [name, strikes] of ladders) for (const part of findHoles(strikes)) found.add(`${name} ${part}`);
  return [...found];
}

/** More strikes than this share do not end with an expiry. */
const endedShare = 0.1;

/** Strikes of expiries that have passed, if the chain lists every expiry with every strike. */
function findEndedStrikes(lastChain: readonly OptionContract[], today: LocalDate): ReadonlySet<number> {
  const byExpiry = new Map<LocalDate, Set<number>>();
  for (const { expiry, strike } of lastChain) {
    const strikes = byExpiry.get(expiry);
    if (strikes === undefined) byExpiry.set(expiry, new Set([strike]));
    else strikes.add(strike);
  }
  const sizes = new Set([...byExpiry.values()].map(({ size }) => size));
  const ended = [...byExpiry].filter(([expiry]) => expiry < today);
  // Equal numbers of strikes: the chain is a product of expiries and strikes.
  return sizes.size > 1 ? new Set() : new Set(ended.flatMap(([, strikes]) => [...strikes]));
}

function isStillAbsent(item: string, ladders: Ladders, today: LocalDate): boolean {
  const parts = item.split(' ');
  if ((parts[0] ?? '') < today) return false;
  const right = parts.at(-1) === 'C' || parts.at(-1) === 'P' ? parts.pop() : undefined;
  const strike = parts.length > 1 && Number.isFinite(Number(parts.at(-1))) ? Number(parts.pop()) : undefined;
  const strikes = ladders.get(parts.join(' '));
  if (strike === undefined || strikes === undefined) return strikes === undefined;
  const held = strikes.get(strike);
  return held === undefined || (right !== undefined && !held.includes(right));
}

/** A strike lacks a right where at most one strike in this many has only one. */
const minStrikesPerSingle = 10;

/** This many equal distances on both sides of a hole make a row regular. */
const regularSteps = 3;

/** A wider distance is not a hole. */
const maxHoleSteps = 10;

/** Finds strikes that a regular row of strikes leaves out, and rights of strikes: `650`, `650 C`. */
function findHoles(strikes: ReadonlyMap<number, string>): readonly string[] {
  const holes: string[] = [];
  const single = [...strikes].filter(([, rights]) => rights.length === 1);
  if (single.length * minStrikesPerSingle <= strikes.size)
    for (const [strike, rights] of single) holes.push(`${String(strike)} ${rights === 'C' ? 'P' : 'C'}`);
  const sorted = [...strikes.keys()].sort((a, b) => a - b);
  const steps = sorted.slice(1).map((strike, index) => round(strike - (sorted[index] ?? NaN)));
  for (let index = regularSteps; index < steps.length - regularSteps; index++) {
    const step = steps[index - 1] ?? NaN;
    const around = [...steps.slice(index - regularSteps, index), ...steps.slice(index + 1, index + 1 + regularSteps)];
    const missing = round((steps[index] ?? NaN) / step) - 1;
    if (!around.every((other) => other === step) || !Number.isInteger(missing)) continue;
    if (missing < 1 || missing >= maxHoleSteps) continue;
    for (let count = 1; count <= missing; count++) holes.push(String(round((sorted[index] ?? NaN) + count * step)));
  }
  return holes;
}

/** Strikes have at most a few decimals: differences of them are rounded to compare. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
