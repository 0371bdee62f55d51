import type { Instant } from '../../../core/time/time.js';
import type { ContractDetails } from '../../../market/instruments/contract-details.js';
import type { Market } from '../../../market/market.js';
import type { WireContractDetails } from '../wire/contract-details.js';
import { formatCompactDate, toTwsZoneName } from '../wire/times.js';
import type { Contract, Option, Spot } from './contract-catalog.js';
import { formatTradingHours } from './trading-hours.js';
import { createIsin } from './isin.js';
import { getPrimaryExchange } from './listing-markets.js';

const orderTypes =
  'ACTIVETIM,AD,ADJUST,ALERT,ALLOC,AVGCOST,BASKET,COND,DAY,DEACT,DIS,GAT,GTC,GTD,GTT,HID,IOC,LIT,LMT,LOC,MIT,MKT,MOC,NONALGO,OCA,REL,SCALE,SIZECHK,STP,STPLMT,TRAIL,TRAILLIT,TRAILLMT,WHATIF';

/** Id of the market rule (tick sizes); there are two rules. */
function getMarketRule(minTick: number): number {
  return minTick === 0.05 ? 240 : 26;
}

/** Creates contract details at an instant; computes shared parts once. */
export function createContractDescriber(
  market: Market,
  at: Instant,
): (contract: Contract) => WireContractDetails | null {
  const detailsCache = new Map<
    string,
    ContractDetails & { readonly tradingHours: string; readonly liquidHours: string }
  >();

  function getSharedDetails(spot: Spot, extended: boolean) {
    const name = `${spot.conId}|${extended}`;
    let details = detailsCache.get(name);
    if (details === undefined) {
      const found = market.contract(spot.instrument);
      if (!found.found) return null;
      details = {
        ...found.value,
        liquidHours: formatTradingHours(spot.calendar, at, null),
        tradingHours: formatTradingHours(spot.calendar, at, extended ? spot.listingMarket.extendedHours : null),
      };
      detailsCache.set(name, details);
    }
    return details;
  }

  function describeSpot(spot: Spot): WireContractDetails | null {
    const { instrument, listingMarket, secType, conId } = spot;
    const details = getSharedDetails(spot, secType === 'STK');
    if (details === null) return null;
    const isStock = secType === 'STK';
    const primaryExchange = isStock ? getPrimaryExchange(instrument.symbol, listingMarket) : '';
    const listingExchange = isStock ? instrument.exchange : getPrimaryExchange(instrument.symbol, listingMarket);
    const isNasdaq = primaryExchange === 'NASDAQ';
    const exchanges = isStock ? listingMarket.stockExchanges : [listingExchange];
    return {
      conId,
      symbol: instrument.symbol,
      secType,
      expiry: '',
      strike: 0,
      right: '',
      exchange: isStock || instrument.exchange !== 'SMART' ? instrument.exchange : listingExchange,
      currency: instrument.currency,
      localSymbol: instrument.symbol,
      marketName: isNasdaq ? 'NMS' : instrument.symbol,
      tradingClass: isNasdaq ? 'NMS' : instrument.symbol,
      minTick: details.minTick,
      multiplier: '',
      orderTypes: isStock ? orderTypes : '',
      validExchanges: exchanges.join(','),
      underlyingConId: 0,
      longName: details.longName,
      primaryExchange,
      industry: details.industry,
      category: details.category,
      subcategory: details.category,
      timeZone: toTwsZoneName(details.timeZone),
      tradingHours: details.tradingHours,
      liquidHours: details.liquidHours,
      securityIds: isStock ? [['ISIN', createIsin(listingMarket.isinCountry, instrument.symbol)]] : [],
      group: 1,
      underlyingSymbol: '',
      underlyingSecType: '',
      marketRules: exchanges.map(() => getMarketRule(details.minTick)).join(','),
      stockType: isStock ? (instrument.kind === 'etf' ? 'ETF' : 'COMMON') : '',
      minSize: isStock ? 0.0001 : 1,
      suggestedSize: isStock ? 100 : 1,
    };
  }

  function describeOption({ conId, underlying, exchange, listed }: Option): WireContractDetails | null {
    const { instrument, listingMarket } = underlying;
    const details = getSharedDetails(underlying, false);
    if (details === null) return null;
    return {
      conId,
      symbol: instrument.symbol,
      secType: 'OPT',
      expiry: formatCompactDate(listed.expiry),
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
      validExchanges: listingMarket.optionExchanges.join(','),
      underlyingConId: underlying.conId,
      longName: details.longName,
      primaryExchange: '',
      industry: details.industry,
      category: details.category,
      subcategory: details.category,
      timeZone: toTwsZoneName(details.timeZone),
      tradingHours: details.tradingHours,
      liquidHours: details.liquidHours,
      securityIds: [],
      group: 2,
      underlyingSymbol: instrument.symbol,
      underlyingSecType: underlying.secType,
      marketRules: listingMarket.optionExchanges.map(() => getMarketRule(details.minTick)).join(','),
      stockType: '',
      minSize: 1,
      suggestedSize: 1,
    };
  }

  return (contract) => (contract.kind === 'spot' ? describeSpot(contract) : describeOption(contract));
}
