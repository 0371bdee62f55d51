import { BarSizeSetting, EventName, IBApi, IBApiTickType, OptionType, SecType, WhatToShow } from '@stoqey/ib';
import type { Bar, Contract, ContractDetails } from '@stoqey/ib';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway, market, duringSession } from './tws-rig.js';

type Api = IBApi;

const apple: Contract = { symbol: 'AAPL', secType: SecType.STK, exchange: 'SMART', currency: 'USD' };

async function connectApi(port: number, clientId = 0): Promise<Api> {
  const api = new IBApi({ host: '127.0.0.1', port, clientId });
  onTestFinished(() => {
    api.disconnect();
  });
  const ready = new Promise((resolve) => api.once(EventName.nextValidId, resolve));
  api.connect();
  await ready;
  return api;
}

function fetchDetails(api: Api, id: number, contract: Contract): Promise<ContractDetails[]> {
  return new Promise((resolve, reject) => {
    const found: ContractDetails[] = [];
    api.on(EventName.contractDetails, (reqId, one) => {
      if (reqId === id) found.push(one);
    });
    api.on(EventName.contractDetailsEnd, (reqId) => {
      if (reqId === id) resolve(found);
    });
    api.on(EventName.error, (error, code, reqId) => {
      if (reqId === id) reject(new Error(`${String(code)} ${error.message}`));
    });
    api.reqContractDetails(id, contract);
  });
}

function fetchBars(api: Api, id: number, ask: () => void): Promise<Bar[]> {
  return new Promise((resolve, reject) => {
    const found: Bar[] = [];
    api.on(EventName.historicalData, (reqId, time, open, high, low, close, volume, count, WAP) => {
      if (reqId !== id) return;
      if (time.startsWith('finished')) resolve(found);
      else found.push({ time, open, high, low, close, volume, ...(count === undefined ? {} : { count }), WAP });
    });
    api.on(EventName.error, (error, code, reqId) => {
      if (reqId === id) reject(new Error(`${String(code)} ${error.message}`));
    });
    ask();
  });
}

test.each([176, 178, 182, 186, 193])('the @stoqey/ib client works at version %i', async (serverVersion) => {
  const { port } = await startGateway({ serverVersion });
  const api = await connectApi(port);
  const [one] = await fetchDetails(api, 1, apple);
  expect(one).toMatchObject({
    contract: { symbol: 'AAPL', conId: 265598, exchange: 'SMART', primaryExch: 'NASDAQ', currency: 'USD' },
    longName: 'Apple Inc',
    timeZoneId: 'US/Eastern',
    minTick: 0.01,
    stockType: 'COMMON',
    minSize: 0.0001,
  });
  const found = await fetchBars(api, 2, () =>
    api.reqHistoricalData(2, apple, '', '5 D', BarSizeSetting.DAYS_ONE, WhatToShow.TRADES, 1, 1, false),
  );
  expect(found).toHaveLength(5);
  const expected = market.bars({
    instrument: { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' },
    barSize: '1 day',
    priceType: 'TRADES',
    window: { start: Date.parse('2026-11-12T00:00:00Z'), end: duringSession },
    now: duringSession,
  });
  expect(expected.found && [...expected.value.columns.close]).toEqual(found.slice(0, 4).map(({ close }) => close));
  expect(found.map(({ time }) => time)).toEqual(['20261112', '20261113', '20261116', '20261117', '20261118']);
});

test('the @stoqey/ib client finds a chain, gets a snapshot of an option and receives pacing violations', async () => {
  const { port } = await startGateway();
  const api = await connectApi(port);
  const chains: {
    readonly exchange: string;
    readonly expirations: readonly string[];
    readonly strikes: readonly number[];
  }[] = [];
  api.on(EventName.securityDefinitionOptionParameter, (_, exchange, __, ___, ____, expirations, strikes) => {
    chains.push({ exchange, expirations, strikes });
  });
  await new Promise((resolve) => {
    api.once(EventName.securityDefinitionOptionParameterEnd, resolve);
    api.reqSecDefOptParams(1, 'AAPL', '', SecType.STK, 265598);
  });
  const listed = market.chain(
    { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' },
    duringSession,
  );
  expect(chains[0]).toEqual({
    exchange: 'SMART',
    expirations: [...new Set(listed.found ? listed.value.map(({ expiry }) => expiry.replaceAll('-', '')) : [])],
    strikes: [...new Set(listed.found ? listed.value.map(({ strike }) => strike) : [])].sort((a, b) => a - b),
  });

  const computed: (number | undefined)[] = [];
  api.on(EventName.tickOptionComputation, (_, type, __, volatility, delta, ___, ____, _____, ______, _______, spot) => {
    if (type === IBApiTickType.MODEL_OPTION) computed.push(volatility, delta, spot);
  });
  await new Promise((resolve) => {
    api.once(EventName.tickSnapshotEnd, resolve);
    const option = {
      ...apple,
      secType: SecType.OPT,
      lastTradeDateOrContractMonth: '20261218',
      strike: 275,
      right: OptionType.Call,
    };
    api.reqMktData(2, option, '', true, false);
  });
  expect(computed).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);

  const ask = (id: number) =>
    fetchBars(api, id, () =>
      api.reqHistoricalData(id, apple, '', '1 D', BarSizeSetting.DAYS_ONE, WhatToShow.TRADES, 1, 1, false),
    );
  expect(await ask(3)).toHaveLength(1);
  await expect(ask(4)).rejects.toThrow(/162 .*pacing violation/);
});
