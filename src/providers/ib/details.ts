import type { ContractDetails } from '@stoqey/ib';

import type { RowsOf } from '../../core/rows.js';
import { zoneNamed } from './zones.js';

/** What the gateway says about one contract, as a table of one row; what it leaves out is null. */
export function contractRows(details: ContractDetails): RowsOf<'contracts'> {
  const { contract } = details;
  const zone = details.timeZoneId;
  return {
    dataset: 'contracts',
    length: 1,
    columns: {
      con_id: number(contract.conId),
      sec_type: text(contract.secType),
      exchange: text(contract.exchange),
      primary_exchange: text(contract.primaryExch),
      currency: text(contract.currency),
      local_symbol: text(contract.localSymbol),
      trading_class: text(contract.tradingClass),
      multiplier: number(contract.multiplier),
      long_name: text(details.longName),
      industry: text(details.industry),
      category: text(details.category),
      min_tick: number(details.minTick),
      time_zone: text(zone === undefined ? undefined : (zoneNamed(zone) ?? zone)),
    },
  };
}

function text(value: string | undefined): readonly [string | null] {
  return [value === undefined || value === '' ? null : value];
}

/** The library reads an empty field as zero, and none of these numbers can be zero. */
function number(value: number | undefined): Float64Array {
  return Float64Array.of(value === undefined || value === 0 || !Number.isFinite(value) ? NaN : value);
}

/** What is known of the contract that was meant; `ambiguous` names those it could be. */
export type Chosen =
  | { readonly kind: 'one'; readonly details: ContractDetails }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] };

/** The contract among those that fit: the only one, or with several futures the one that expires first. */
export function chooseDetails(found: readonly ContractDetails[]): Chosen {
  const distinct = [...new Map(found.map((details) => [details.contract.conId, details])).values()];
  const [first, ...others] = distinct;
  if (first === undefined) return { kind: 'none' };
  if (others.length === 0) return { kind: 'one', details: first };
  if (distinct.every(({ contract }) => contract.secType?.toString() === 'FUT')) {
    const [soonest = first] = distinct.toSorted((a, b) => (expiryOf(a) < expiryOf(b) ? -1 : 1));
    return { kind: 'one', details: soonest };
  }
  return {
    kind: 'ambiguous',
    names: distinct.map(({ contract }) =>
      [contract.localSymbol, contract.primaryExch ?? contract.exchange].join(' at '),
    ),
  };
}

function expiryOf({ contract }: ContractDetails): string {
  return contract.lastTradeDateOrContractMonth ?? '';
}

/**
 * The option among those that fit one expiry, strike and right. Where several classes are listed (options of the index that
 * settle in the morning and in the evening, options changed by a split) the class named like the symbol is meant, as in the
 * chain.
 */
export function chooseOption(symbol: string, found: readonly ContractDetails[]): number | null {
  const ofClass = (name: string): ContractDetails | undefined =>
    found.find(({ contract }) => contract.tradingClass === name);
  const classes = found.map(({ contract }) => contract.tradingClass ?? '').sort();
  return (ofClass(symbol) ?? ofClass(classes[0] ?? ''))?.contract.conId ?? null;
}
