import { countLacks, decodeLacks, listItems } from '../core/answer-lacks.js';
import type { AnswerLacks, FoundLack, Lack } from '../core/answer-lacks.js';
import type { SeriesCoverage } from '../core/coverage.js';
import type { EmptyConfirmation } from '../core/empty-confirmation.js';
import type { FetchOutcome } from '../core/request.js';
import type { RowsOf } from '../core/tables/rows.js';
import type { OptionContract, Series, SeriesOf } from '../core/series.js';
import { day } from '../core/time/time.js';
import type { Duration, Instant, LocalDate } from '../core/time/time.js';
import type { KnownChain } from '../lake/api.js';
import { findChainLacks, listParts } from './find-chain-lacks.js';

/** What decides whether an answer about the current state leaves something out. */
export interface LackContext {
  /** The coverage of the series before the answer. */
  readonly earlier: SeriesCoverage;
  readonly confirmation: EmptyConfirmation;
  readonly answeredAt: Instant;
  /** The date of the answer at the exchange. */
  readonly today: LocalDate;
  /** The last known price of the underlying. */
  readonly price: number | undefined;
  /** The chain of the same provider before the answer. */
  readonly lastChain: KnownChain | undefined;
}

/** Older chains have too many options that no longer exist. */
const maxChainAge: Duration = 30 * day;

/** Options within this distance of the price have quotes, whatever their expiry. */
const nearMoneyShare = 0.02;

/**
 * Finds what an answer with rows leaves out: requested options of a snapshot without a row, and expiries and strikes that the
 * last chain had or that interrupt a regular row of strikes. Null for a complete answer.
 */
export function findLacks(series: Series, outcome: FetchOutcome, context: LackContext): AnswerLacks | null {
  if (outcome.kind !== 'rows') return null;
  const { rows } = outcome;
  if (rows.length === 0) return null;
  const found =
    series.dataset === 'option_snapshots' && rows.dataset === 'option_snapshots'
      ? findMissingOptions(series, rows, outcome, context)
      : series.dataset === 'chains' && rows.dataset === 'chains'
        ? findMissingParts(series, rows, context)
        : null;
  if (found === null || found.lacks.length === 0) return null;
  const lacks = countLacks(found.lacks, findEarlierLacks(context), context.answeredAt, context.confirmation);
  return { total: found.total, lacks };
}

interface FoundLacks {
  readonly total: number;
  readonly lacks: readonly FoundLack[];
}

function findEarlierLacks({ earlier }: Pick<LackContext, 'earlier'>): readonly Lack[] {
  const latest = earlier.findLast(({ state }) => state === 'data');
  return latest?.lacks === undefined ? [] : decodeLacks(latest.lacks).lacks;
}

function findMissingParts(
  { instrument: { symbol } }: SeriesOf<'chains'>,
  rows: RowsOf<'chains'>,
  context: LackContext,
): FoundLacks | null {
  const { lastChain, answeredAt, today, confirmation } = context;
  // A computed chain leaves nothing out, and the chains of hundreds of symbols take time to compare.
  if (confirmation.answers <= 1) return null;
  const isComparable = lastChain !== undefined && answeredAt - lastChain.asOf <= maxChainAge;
  const known = findEarlierLacks(context)
    .filter(({ kind }) => kind !== 'denied')
    .map(({ item }) => item);
  const listed = listParts(symbol, rows, today);
  const lacks = findChainLacks(symbol, listed, isComparable ? lastChain.contracts : [], known, today);
  return { total: listed.count + lacks.length, lacks: lacks.map((item) => ({ item, kind: 'missing' })) };
}

function findMissingOptions(
  { contracts, expiry }: SeriesOf<'option_snapshots'>,
  { columns, length }: RowsOf<'option_snapshots'>,
  { unlisted = [], denied = [] }: Extract<FetchOutcome, { kind: 'rows' }>,
  { price, today }: LackContext,
): FoundLacks | null {
  // After the expiry there are no quotes.
  if (expiry < today) return null;
  const excluded = new Set(unlisted.map(nameOption));
  const refused = new Set(denied.map(nameOption));
  const quoted: Readonly<Record<string, number[]>> = { C: [], P: [] };
  const held = new Set<string>();
  for (let row = 0; row < length; row++) {
    const strike = columns.strike[row] ?? NaN;
    const right = columns.right[row] ?? '';
    held.add(`${String(strike)} ${right}`);
    quoted[right]?.push(strike);
  }
  const spot = columns.underlying_price.find((value) => value > 0) ?? price;
  const expected = contracts.filter((contract) => !excluded.has(nameOption(contract)));
  const absent = expected.filter((contract) => !held.has(nameOption(contract)));
  const isMostlyAbsent = absent.length * 2 >= expected.length;
  const isUnusual = ({ strike, right }: OptionContract): boolean =>
    isMostlyAbsent ||
    (spot !== undefined && Math.abs(strike - spot) <= nearMoneyShare * spot) ||
    isBetween(strike, quoted[right] ?? []);
  return {
    total: expected.length,
    lacks: absent.map((contract) => {
      const item = nameOption(contract);
      return { item, kind: refused.has(item) ? 'denied' : isUnusual(contract) ? 'missing' : 'quiet' };
    }),
  };
}

/** Names an option within its expiry; a snapshot has options of one class. */
function nameOption({ strike, right }: Pick<OptionContract, 'strike' | 'right'>): string {
  return `${String(strike)} ${right}`;
}

/** Illiquidity grows with the distance from the money: an option between two that have quotes should have one. */
function isBetween(strike: number, quoted: readonly number[]): boolean {
  return quoted.some((other) => other < strike) && quoted.some((other) => other > strike);
}

/** Describes what is not confirmed: `3 of 22 options missing: 650 C, 655 C, 660 P`; undefined if everything is. */
export function describeOpenLacks({ total, lacks }: AnswerLacks): string | undefined {
  const open = lacks.filter(({ kind }) => kind === 'missing' || kind === 'denied');
  if (open.length === 0) return undefined;
  return `lacks ${String(open.length)} of ${String(total)}: ${listItems(open.map(({ item }) => item))}`;
}
