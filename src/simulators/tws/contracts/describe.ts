import type { Instant } from '../../../core/time.js';
import type { ContractDetails } from '../../../market/contract-details.js';
import type { Market } from '../../../market/market.js';
import type { DetailsOnWire } from '../wire/contract-details.js';
import { compactDate, zoneName } from '../wire/times.js';
import type { Contract, Option, Spot } from './book.js';
import { openingHours } from './hours.js';
import { isinOf } from './isin.js';
import { primaryExchangeOf } from './places.js';

const orderTypes =
  'ACTIVETIM,AD,ADJUST,ALERT,ALLOC,AVGCOST,BASKET,COND,DAY,DEACT,DIS,GAT,GTC,GTD,GTT,HID,IOC,LIT,LMT,LOC,MIT,MKT,MOC,NONALGO,OCA,REL,SCALE,SIZECHK,STP,STPLMT,TRAIL,TRAILLIT,TRAILLMT,WHATIF';

/** The number of the rule that says in which steps prices go; there are two. */
function ruleFor(minTick: number): number {
  return minTick === 0.05 ? 240 : 26;
}

/** Writes everything that is said about contracts at an instant; what many of them share is computed once. */
export function describer(market: Market, at: Instant): (contract: Contract) => DetailsOnWire | null {
  const shared = new Map<string, ContractDetails & { readonly tradingHours: string; readonly liquidHours: string }>();

  function about(spot: Spot, extended: boolean) {
    const name = `${spot.conId}|${extended}`;
    let details = shared.get(name);
    if (details === undefined) {
      const found = market.contract(spot.instrument);
      if (!found.found) return null;
      details = {
        ...found.value,
        liquidHours: openingHours(spot.calendar, at, null),
        tradingHours: openingHours(spot.calendar, at, extended ? spot.place.extended : null),
      };
      shared.set(name, details);
    }
    return details;
  }

  function spotDetails(spot: Spot): DetailsOnWire | null {
    const { instrument, place, secType, conId } = spot;
    const details = about(spot, secType === 'STK');
    if (details === null) return null;
    const stock = secType === 'STK';
    const primaryExchange = stock ? primaryExchangeOf(instrument.symbol, place) : '';
    const listing = stock ? instrument.exchange : primaryExchangeOf(instrument.symbol, place);
    const onNasdaq = primaryExchange === 'NASDAQ';
    const exchanges = stock ? place.stocks : [listing];
    return {
      conId,
      symbol: instrument.symbol,
      secType,
      expiry: '',
      strike: 0,
      right: '',
      exchange: stock || instrument.exchange !== 'SMART' ? instrument.exchange : listing,
      currency: instrument.currency,
      localSymbol: instrument.symbol,
      marketName: onNasdaq ? 'NMS' : instrument.symbol,
      tradingClass: onNasdaq ? 'NMS' : instrument.symbol,
      minTick: details.minTick,
      multiplier: '',
      orderTypes: stock ? orderTypes : '',
      validExchanges: exchanges.join(','),
      underlyingConId: 0,
      longName: details.longName,
      primaryExchange,
      industry: details.industry,
      category: details.category,
      subcategory: details.category,
      timeZone: zoneName(details.timeZone),
      tradingHours: details.tradingHours,
      liquidHours: details.liquidHours,
      securityIds: stock ? [['ISIN', isinOf(place.isin, instrument.symbol)]] : [],
      group: 1,
      underlyingSymbol: '',
      underlyingSecType: '',
      marketRules: exchanges.map(() => ruleFor(details.minTick)).join(','),
      stockType: stock ? (instrument.kind === 'etf' ? 'ETF' : 'COMMON') : '',
      minSize: stock ? 0.0001 : 1,
      suggestedSize: stock ? 100 : 1,
    };
  }

  function optionDetails({ conId, underlying, exchange, listed }: Option): DetailsOnWire | null {
    const { instrument, place } = underlying;
    const details = about(underlying, false);
    if (details === null) return null;
    return {
      conId,
      symbol: instrument.symbol,
      secType: 'OPT',
      expiry: compactDate(listed.expiry),
      strike: listed.strike,
      right: listed.right,
      exchange,
      currency: instrument.currency,
      localSymbol: listed.localSymbol,
      marketName: listed.tradingClass,
      tradingClass: listed.tradingClass,
      minTick: details.minTick,
      multiplier: String(listed.multiplier),
      orderTypes,
      validExchanges: place.options.join(','),
      underlyingConId: underlying.conId,
      longName: details.longName,
      primaryExchange: '',
      industry: details.industry,
      category: details.category,
      subcategory: details.category,
      timeZone: zoneName(details.timeZone),
      tradingHours: details.tradingHours,
      liquidHours: details.liquidHours,
      securityIds: [],
      group: 2,
      underlyingSymbol: instrument.symbol,
      underlyingSecType: underlying.secType,
      marketRules: place.options.map(() => ruleFor(details.minTick)).join(','),
      stockType: '',
      minSize: 1,
      suggestedSize: 1,
    };
  }

  return (contract) => (contract.kind === 'spot' ? spotDetails(contract) : optionDetails(contract));
}
