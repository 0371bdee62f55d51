import type { ContractDetails } from '@stoqey/ib';

import type { Instrument, OptionContract } from '../../../core/series.js';
import type { RowsOf } from '../../../core/tables/rows.js';
import { toPrice } from '../../missing-values.js';
import { parseGatewayDate } from './gateway-time.js';
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

/** Returns whether details name another option than the requested one, by the fields that they have. */
export function isOtherOption({ contract }: ContractDetails, symbol: string, option: OptionContract): boolean {
  const { strike, right, lastTradeDateOrContractMonth: expiry } = contract;
  return (
    (hasText(contract.symbol) && !isSameName(contract.symbol, symbol)) ||
    (strike !== undefined && strike > 0 && strike !== option.strike) ||
    (hasText(right) && right.toString() !== option.right) ||
    (hasText(expiry) && parseGatewayDate(expiry) !== null && parseGatewayDate(expiry) !== option.expiry)
  );
}

/** The contract among the matches; `ambiguous` names the candidates. */
export type DetailsChoice =
  | { readonly kind: 'one'; readonly details: ContractDetails }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] };

/**
 * Returns how a contract differs from the one that was requested, as the end of a sentence; null if it is that one. A field that
 * the gateway leaves out proves nothing, but a contract always has a number.
 */
export function findMismatch(
  { contract, validExchanges = '' }: ContractDetails,
  instrument: Instrument,
): string | null {
  const { symbol, localSymbol, secType, currency, exchange, primaryExch, conId } = contract;
  if (toContractId(conId) === undefined) return `a contract without a number (con_id ${String(conId)})`;
  const { ids = {} } = instrument;
  if (ids.conId !== undefined && ids.conId !== conId) return `the contract with con_id ${String(conId)}`;
  // An id names the instrument whatever its ticker.
  const hasId = (ids.conId ?? ids.isin ?? ids.figi) !== undefined;
  const isNamed = hasId || [symbol, localSymbol].some((name) => isSameName(name, instrument.symbol));
  if (!isNamed && hasText(symbol)) return `the contract of ${symbol}`;
  if (ids.primaryExchange !== undefined && hasText(primaryExch) && primaryExch !== ids.primaryExchange)
    return `a contract that is listed at ${primaryExch}`;
  const types: readonly string[] = secTypes[instrument.kind];
  if (hasText(secType) && !types.includes(secType)) return `a contract of the kind ${secType}`;
  if (hasText(currency) && currency !== instrument.currency) return `a contract in ${currency}`;
  const exchanges = [exchange, primaryExch, ...validExchanges.split(',')].filter(hasText);
  const isAnyExchange = instrument.exchange === 'SMART' || exchanges.length === 0;
  if (!isAnyExchange && !exchanges.includes(instrument.exchange)) return `a contract at ${exchanges[0] ?? ''}`;
  return null;
}

const secTypes: Readonly<Record<Instrument['kind'], readonly string[]>> = {
  stock: ['STK'],
  etf: ['STK'],
  index: ['IND'],
  future: ['FUT', 'CONTFUT'],
};

function hasText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

/** IB writes share classes with a space: `BRK B`. */
function isSameName(a: string | undefined, b: string): boolean {
  const normalize = (name: string): string => name.toUpperCase().replaceAll(/[ ._-]/g, '');
  return a !== undefined && normalize(a) === normalize(b);
}

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
