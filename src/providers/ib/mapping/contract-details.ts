import type { ContractDetails } from '@stoqey/ib';

import type { RowsOf } from '../../../core/tables/rows.js';
import { toPrice } from '../../missing-values.js';
import { resolveTimeZone } from './time-zones.js';

/** The details of one contract; a field without a value is null. */
export function toContractRows(details: ContractDetails): RowsOf<'contracts'> {
  const { contract } = details;
  const timeZoneId = details.timeZoneId;
  return {
    dataset: 'contracts',
    length: 1,
    columns: {
      con_id: toNumberColumn(toContractId(contract.conId)),
      sec_type: toTextColumn(contract.secType),
      exchange: toTextColumn(contract.exchange),
      primary_exchange: toTextColumn(contract.primaryExch),
      currency: toTextColumn(contract.currency),
      local_symbol: toTextColumn(contract.localSymbol),
      trading_class: toTextColumn(contract.tradingClass),
      multiplier: toNumberColumn(contract.multiplier),
      long_name: toTextColumn(details.longName),
      industry: toTextColumn(details.industry),
      category: toTextColumn(details.category),
      min_tick: toNumberColumn(details.minTick),
      time_zone: toTextColumn(timeZoneId === undefined ? undefined : (resolveTimeZone(timeZoneId) ?? timeZoneId)),
    },
  };
}

function toTextColumn(value: string | undefined): readonly [string | null] {
  return [value === undefined || value === '' ? null : value];
}

/** The library decodes an empty field as zero, and none of these numbers can be zero or negative. */
function toNumberColumn(value: number | undefined): Float64Array {
  return Float64Array.of(toPrice(value) ?? NaN);
}

/** Returns the number by which the gateway knows a contract; undefined for a missing one. */
export function toContractId(value: number | undefined): number | undefined {
  return Number.isInteger(value) ? toPrice(value) : undefined;
}

/** The contract among the matches; `ambiguous` names the candidates. */
export type DetailsChoice =
  | { readonly kind: 'one'; readonly details: ContractDetails }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] };

/** Chooses the only match, or among several futures the one that expires first. */
export function chooseDetails(found: readonly ContractDetails[]): DetailsChoice {
  const distinct = [...new Map(found.map((details) => [details.contract.conId, details])).values()];
  const [first, ...others] = distinct;
  if (first === undefined) return { kind: 'none' };
  if (others.length === 0) return { kind: 'one', details: first };
  if (distinct.every(({ contract }) => contract.secType?.toString() === 'FUT')) {
    const [soonest = first] = distinct.toSorted((a, b) => (getExpiry(a) < getExpiry(b) ? -1 : 1));
    return { kind: 'one', details: soonest };
  }
  return {
    kind: 'ambiguous',
    names: distinct.map(({ contract }) =>
      [contract.localSymbol, contract.primaryExch ?? contract.exchange].join(' at '),
    ),
  };
}

function getExpiry({ contract }: ContractDetails): string {
  return contract.lastTradeDateOrContractMonth ?? '';
}

/**
 * Chooses the option among the matches of one expiry, strike and right. If several classes are listed (AM- and PM-settling
 * index options, options adjusted for a split), the class named like the symbol is taken, as in the chain.
 */
export function chooseOption(symbol: string, found: readonly ContractDetails[]): number | null {
  const findClass = (name: string): ContractDetails | undefined =>
    found.find(({ contract }) => contract.tradingClass === name);
  const classes = found.map(({ contract }) => contract.tradingClass ?? '').sort();
  return toContractId((findClass(symbol) ?? findClass(classes[0] ?? ''))?.contract.conId) ?? null;
}
