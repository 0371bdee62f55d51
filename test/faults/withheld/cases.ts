import { day } from '../../../src/core/time/time.js';
import type { Duration, LocalDate } from '../../../src/core/time/time.js';
import type { BarOfMarket, Fault } from './withholding-market.js';
import type { OptionContract } from '../../../src/core/series.js';
import type { Source } from './source.js';

/** A fault that leaves something out of one table. */
export interface WithheldCase {
  readonly source: Source;
  readonly table: string;
  readonly name: string;
  readonly fault: Fault;
  /** True if the run may be ok: a single option is silent now and then, which is confirmed without notice. */
  readonly isQuiet?: boolean;
  /** So long before, the source answers in full; by default it never has. */
  readonly before?: Duration;
  /** True for a case of every run, not only of the full campaign. */
  readonly isDefault: boolean;
}

type Select = (bar: BarOfMarket) => boolean;

type PartCase = readonly [table: string, fault: Fault, of: string, before?: Duration];

type PointCase = readonly [table: string, fault: Fault, of: string];

interface Place {
  readonly name: string;
  readonly select: (sessions: readonly LocalDate[]) => Select;
}

const inSession =
  (index: number) =>
  (sessions: readonly LocalDate[]): Select =>
  ({ session }) =>
    session === sessions.at(index);

/** Whole sessions: for every bar size. */
const places: readonly Place[] = [
  { name: 'the first session', select: inSession(0) },
  { name: 'a session inside', select: inSession(-2) },
  { name: 'the last session', select: inSession(-1) },
  { name: 'all but the first session', select: (sessions) => (bar) => bar.session !== sessions[0] },
  { name: 'everything', select: () => () => true },
];

function part(from: number, to: number, index: number): Place['select'] {
  return (sessions) => (bar) => bar.session === sessions.at(index) && bar.progress >= from && bar.progress < to;
}

/** Parts of a session: for short bars of the symbols themselves. */
const partsOfDay: readonly Place[] = [
  { name: 'a quarter of an hour inside a session', select: part(0.4, 0.44, -3) },
  { name: 'the first hour of a session', select: part(0, 0.17, -3) },
  { name: 'an hour inside a session', select: part(0.4, 0.6, -3) },
  { name: 'the last hour of a session', select: part(0.83, 1, -3) },
  { name: 'the tail of the last session', select: part(0.75, 1, -1) },
  {
    name: 'an hour inside and the tail of the last session',
    select: (sessions) => (bar) =>
      bar.session === sessions.at(-1) && (bar.progress >= 0.75 || (bar.progress >= 0.3 && bar.progress < 0.5)),
  },
];

/** Parts of the last session, which is the only one that a nightly request asks for. */
const nightly = partsOfDay.slice(-2);

const defaultPlaces: ReadonlySet<string> = new Set([
  'a session inside',
  'the last session',
  'everything',
  'an hour inside and the tail of the last session',
  'a quarter of an hour inside a session',
]);

/** The numbers of sessions that the pipelines want. */
const equitySessions = 6;
const optionSessions = 3;

export function listCases(source: Source): readonly WithheldCase[] {
  const { calendar, evening, name } = source;
  const today = calendar.dateAt(evening);
  const year = today.slice(0, 4);
  const dates = calendar.sessions(`${year}-01-01`, `${year}-12-31`).map(({ date }) => date);
  const until = dates.slice(0, dates.indexOf(today) + 1);
  const [first = '', second = ''] = name === 'ib' ? ['AAPL', 'MSFT'] : ['INFY', 'NIFTY'];

  const bars = (
    table: string,
    place: Place,
    isOfTable: Select,
    sessions: number,
    more: Partial<WithheldCase> = {},
  ): WithheldCase => {
    const select = place.select(until.slice(-sessions));
    return {
      source,
      table,
      name: place.name,
      fault: { bar: (bar) => isOfTable(bar) && select(bar) },
      isDefault: defaultPlaces.has(place.name),
      ...more,
    };
  };
  const isDaily: Select = ({ option, barSize, symbol }) => option === null && barSize === '1 day' && symbol === first;
  const isShort: Select = ({ option, barSize, symbol }) => option === null && barSize !== '1 day' && symbol === second;
  const isOption: Select = ({ option, barSize }) => option !== null && barSize === '1 day';
  /** Of an option that is often silent, an hour without bars is nothing unusual. */
  const isShortOption: Select = ({ option, barSize, density }) =>
    option !== null && barSize !== '1 day' && density > 0.99;
  const isOneOption: Select = ({ option, symbol }) =>
    option?.right === 'P' && symbol === first && option.strike === oneStrike.get(symbol, option.strike);
  const oneStrike = createFirstSeen();
  const noHistoryStart = {
    when: { request: 'head-timestamp', symbol: first },
    do: 'empty',
    point: `history_starts/${first}`,
  };
  // Kite has no history starts, and its contracts come from the same list as the chains.
  const ofIb: readonly PointCase[] = [
    ['contracts', { contract: (symbol) => symbol === first }, 'one symbol'],
    ['history_starts', { rule: noHistoryStart }, 'one symbol'],
  ];
  const points: readonly PointCase[] = [
    ['chains', { chain: (symbol) => symbol === first }, 'one symbol'],
    ['chains', { chain: () => true }, 'everything'],
    ...(name === 'ib' ? ofIb : []),
    ['quotes', { quote: (symbol) => symbol === first }, 'one symbol'],
    ['quotes', { quote: () => true }, 'everything'],
    ['option_snapshots', { optionQuote: (symbol) => symbol === first }, 'one symbol'],
    ['option_snapshots', { optionQuote: () => true }, 'everything'],
  ];
  const leavesMiddle = createLeaver('strike', 1);
  const parts: readonly PartCase[] = [
    ['chains', { chainPart: createLeaver('expiry', 1) }, 'an expiry', 8 * day],
    ['chains', { chainPart: createLeaver('strike', 4) }, 'a strike of every expiry', 8 * day],
    ['option_snapshots', { optionQuotePart: (_, { right }) => right === 'P' }, 'all puts'],
    [
      'option_snapshots',
      {
        optionQuotePart: (symbol, contract) =>
          symbol === first && leavesMiddle(symbol, contract) && contract.right === 'P',
      },
      'one option near the money',
    ],
    ['option_bars', { unknownOptions: (symbol) => symbol === first }, 'all options of a symbol, as unknown', day],
  ];
  return [
    ...places.map((place) => bars('equity_bars 1 day', place, isDaily, equitySessions)),
    ...[...places, ...partsOfDay].map((place) => bars('equity_bars 5 mins', place, isShort, equitySessions)),
    bars(
      'equity_bars',
      { name: 'everything of all symbols', select: () => () => true },
      ({ option }) => option === null,
      equitySessions,
      { isDefault: true },
    ),
    ...places.map((place) => bars('option_bars, all', place, isOption, optionSessions)),
    ...places.map((place) => bars('option_bars, one', place, isOneOption, optionSessions, { isQuiet: true })),
    ...partsOfDay.map((place) => bars('option_bars 5 mins, steady', place, isShortOption, optionSessions)),
    ...nightly.flatMap((place) => [
      bars('equity_bars 5 mins, nightly', place, isShort, equitySessions, { before: day }),
      bars('option_bars 5 mins, steady, nightly', place, isShortOption, optionSessions, { before: day }),
    ]),
    ...parts.map(([table, fault, of, before]): WithheldCase => ({
      ...{ source, table, fault, isDefault: true },
      ...(before === undefined ? {} : { before }),
      name: of,
    })),
    ...points.map(([table, fault, of]): WithheldCase => ({
      source,
      table,
      name: of,
      fault,
      isDefault: of === 'one symbol',
    })),
  ];
}

/** Leaves out one of the expiries or strikes of each symbol, by the order in which they are seen. */
function createLeaver(
  what: 'expiry' | 'strike',
  place: number,
): (symbol: string, contract: Omit<OptionContract, 'conId'>) => boolean {
  const seen = new Map<string, Set<string | number>>();
  return (symbol, contract) => {
    const known = seen.get(symbol) ?? new Set();
    seen.set(symbol, known.add(contract[what]));
    return [...known][place] === contract[what];
  };
}

/** The first option of each symbol that is asked for. */
function createFirstSeen(): { get(symbol: string, strike: number): number } {
  const seen = new Map<string, number>();
  return {
    get(symbol, strike) {
      const known = seen.get(symbol) ?? strike;
      seen.set(symbol, known);
      return known;
    },
  };
}
