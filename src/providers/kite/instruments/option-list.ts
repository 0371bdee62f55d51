import type { OptionContract, Right } from '../../../core/series.js';
import { fromDayNumber } from '../../../core/time/time.js';
import type { LocalDate } from '../../../core/time/time.js';
import type { InstrumentTable } from './instrument-table.js';
import type { ListedInstrument } from './resolve-instrument.js';

export interface KiteOption extends OptionContract {
  readonly conId: number;
  readonly row: number;
  readonly key: string;
}

export interface OptionList {
  /** Sorted by expiry, strike and right. */
  readonly options: readonly KiteOption[];
  find(contract: Pick<OptionContract, 'expiry' | 'strike' | 'right'>): KiteOption | undefined;
}

const rights: ReadonlyMap<string, Right> = new Map([
  ['CE', 'C'],
  ['PE', 'P'],
]);

const listsByTable = new WeakMap<InstrumentTable, Map<string, OptionList>>();

/** The options listed on an underlying, computed once for each list of instruments. */
export function getOptionList(table: InstrumentTable, { options: { exchange, name } }: ListedInstrument): OptionList {
  const lists = listsByTable.get(table) ?? new Map<string, OptionList>();
  listsByTable.set(table, lists);
  const key = `${exchange}:${name}`;
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = buildOptionList(table, exchange, name)));
  return list;
}

function buildOptionList(table: InstrumentTable, exchange: string, name: string): OptionList {
  const byContract = new Map<string, KiteOption>();
  for (let row = 0; row < table.length; row++) {
    if (table.name[row] !== name || table.exchange[row] !== exchange) continue;
    const right = rights.get(table.type[row] ?? '');
    const [expiryDay = NaN, strike = NaN, conId = NaN] = [table.expiry[row], table.strike[row], table.token[row]];
    if (right === undefined || Number.isNaN(expiryDay) || !(strike > 0 && Number.isFinite(strike))) continue;
    const expiry = fromDayNumber(expiryDay);
    const contract = toContractKey(expiry, strike, right);
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
    (a, b) =>
      compareValues(a.expiry, b.expiry) ?? compareValues(a.strike, b.strike) ?? compareValues(a.right, b.right) ?? 0,
  );
  return { options, find: ({ expiry, strike, right }) => byContract.get(toContractKey(expiry, strike, right)) };
}

function toContractKey(expiry: LocalDate, strike: number, right: Right): string {
  return `${expiry}/${strike}/${right}`;
}

/** Null for equal values. */
function compareValues<T extends string | number>(a: T, b: T): number | null {
  return a === b ? null : a < b ? -1 : 1;
}
