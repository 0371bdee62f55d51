import { expect, test } from 'vitest';
import type { CallParameters } from '../../../src/core/request.js';
import type { Instrument, InstrumentIds } from '../../../src/core/series.js';
import { createFigi, createIsin } from '../../../src/simulators/tws/contracts/isin.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';
import { apple, barsRequest, expectRows, getDayWindow, openRig, pointRequest } from './rig.js';
import type { Rig } from './rig.js';

/** The instrument under another name than that of the exchange. */
const named = (ids: InstrumentIds): Instrument => ({ ...apple, symbol: 'FRUIT', ids });

async function fetchId(rig: Rig, instrument: Instrument): Promise<number | undefined> {
  const { rows } = expectRows(await rig.provider.fetch(pointRequest('contracts', instrument), createFetchContext()));
  return rows.dataset === 'contracts' ? rows.columns.con_id[0] : undefined;
}

test('an ISIN, a FIGI and a con_id find the contract and its bars, whatever the symbol is called', async () => {
  const rig = await openRig();
  const request = barsRequest(getDayWindow('2026-11-17'), '1 hour');
  const expected = expectRows(await rig.provider.fetch(request, createFetchContext()));
  const conId = (await fetchId(rig, apple)) ?? NaN;
  for (const ids of [{ conId }, { isin: createIsin('US', 'AAPL') }, { figi: createFigi('AAPL') }]) {
    const instrument = named(ids);
    expect(await fetchId(rig, instrument)).toBe(conId);
    const calls: CallParameters[] = [];
    const context = createFetchContext();
    const found = expectRows(
      await rig.provider.fetch(barsRequest(getDayWindow('2026-11-17'), '1 hour', instrument), {
        ...context,
        calls: { ...context.calls, describe: (parameters) => void calls.push(parameters) },
      }),
    );
    expect(found.rows).toEqual(expected.rows);
    expect(calls).toMatchObject([{ con_id: conId }]);
    expectRows(await rig.provider.fetch(pointRequest('quotes', instrument), createFetchContext()));
  }
});

test.each([[{ isin: 'US0000000000' }], [{ figi: 'BBG000000000' }], [{ conId: 999_999_999 }]])(
  '%j, which no contract has, is an invalid request and never an absence of data',
  async (ids) => {
    const rig = await openRig();
    const request = barsRequest(getDayWindow('2026-11-17'), '1 hour', named(ids));
    expect(await rig.provider.fetch(request, createFetchContext())).toMatchObject({
      kind: 'failure',
      failure: { kind: 'invalid' },
    });
  },
);

test('a contract that is listed elsewhere than primary_exchange says is refused', async () => {
  const rig = await openRig();
  expect(await fetchId(rig, { ...apple, ids: { primaryExchange: 'NASDAQ' } })).toBeGreaterThan(0);
  const other = pointRequest('contracts', { ...apple, ids: { primaryExchange: 'ARCA' } });
  expect(await rig.provider.fetch(other, createFetchContext())).toMatchObject({
    kind: 'failure',
    failure: { kind: 'invalid' },
  });
});
