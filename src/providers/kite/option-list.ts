import type { OptionContract, Right } from '../../core/series.js';
import { dateOfDayNumber } from '../../core/time.js';
import type { LocalDate } from '../../core/time.js';
import type { InstrumentTable } from './instruments/table.js';
import type { Listed } from './listed.js';

/** One option as Kite lists it. */
export interface ListedOption extends OptionContract {
  readonly conId: number;
  readonly row: number;
  readonly key: string;
}

/** The options of an underlying. */
export interface OptionList {
  /** By expiry, strike and right. */
  readonly options: readonly ListedOption[];
  find(contract: Pick<OptionContract, 'expiry' | 'strike' | 'right'>): ListedOption | undefined;
}

const rights: ReadonlyMap<string, Right> = new Map([
  ['CE', 'C'],
  ['PE', 'P'],
]);

const known = new WeakMap<InstrumentTable, Map<string, OptionList>>();

/** The options that are listed on an underlying; found once for each list of instruments. */
export function optionsOf(table: InstrumentTable, { options: { exchange, name } }: Listed): OptionList {
  const lists = known.get(table) ?? new Map<string, OptionList>();
  known.set(table, lists);
  const key = `${exchange}:${name}`;
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = listOptions(table, exchange, name)));
  return list;
}

function listOptions(table: InstrumentTable, exchange: string, name: string): OptionList {
  const byContract = new Map<string, ListedOption>();
  for (let row = 0; row < table.length; row++) {
    if (table.name[row] !== name || table.exchange[row] !== exchange) continue;
    const right = rights.get(table.type[row] ?? '');
    const [day = NaN, strike = NaN, conId = NaN] = [table.expiry[row], table.strike[row], table.token[row]];
    if (right === undefined || Number.isNaN(day) || !(strike > 0 && Number.isFinite(strike))) continue;
    const expiry = dateOfDayNumber(day);
    const contract = contractKey(expiry, strike, right);
    if (byContract.has(contract)) continue;
    byContract.set(contract, {
      expiry,
      strike,
      right,
      conId,
      row,
      key: `${exchange}:${table.tradingsymbol[row] ?? ''}`,
    });
  }
  const options = [...byContract.values()].sort(
    (a, b) => order(a.expiry, b.expiry) ?? order(a.strike, b.strike) ?? order(a.right, b.right) ?? 0,
  );
  return { options, find: ({ expiry, strike, right }) => byContract.get(contractKey(expiry, strike, right)) };
}

function contractKey(expiry: LocalDate, strike: number, right: Right): string {
  return `${expiry}/${strike}/${right}`;
}

/** Null when the two are alike. */
function order<T extends string | number>(a: T, b: T): number | null {
  return a === b ? null : a < b ? -1 : 1;
}
