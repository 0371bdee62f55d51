import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startFakeKite, sendData } from './fake-kite.js';
import { createInstrumentList } from './instruments/instrument-list-text.js';

const modules = inject('modules');

const quote = {
  'NSE:INFY': { last_price: 1500, timestamp: '2026-11-17 15:30:00', ohlc: { open: 1, high: 2, low: 1, close: 2 } },
};

/** Serves one day of candles in Kite's format. */
async function startOneDayServer() {
  const hours = [9, 10, 11, 12, 13, 14, 15].map((hour) => `2026-11-17T${String(hour).padStart(2, '0')}:15:00+0530`);
  return startFakeKite((_, response, url) => {
    if (url.pathname === '/instruments') {
      response.writeHead(200, { 'content-type': 'text/csv' });
      response.end(createInstrumentList());
    } else if (url.pathname.endsWith('/day'))
      sendData(response, { candles: [['2026-11-17T00:00:00+0530', 1, 2, 1, 2, 9]] });
    else if (url.pathname.endsWith('/60minute'))
      sendData(response, { candles: hours.map((at) => [at, 1, 2, 1, 2, 9, 0]) });
    else sendData(response, url.pathname === '/quote' ? quote : { user_id: 'AB1234' });
  });
}

test.each(['America/New_York', 'UTC', 'Asia/Kolkata', 'Australia/Lord_Howe'])(
  'sends and parses Indian times on a host in %s',
  async (zone) => {
    const server = await startOneDayServer();
    const folder = await mkdtemp(join(tmpdir(), 'pipe-kite-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const now = Date.parse('2026-11-18T12:00:00+05:30');
    const script = join(import.meta.dirname, 'fetch-process.js');
    const { stdout } = await execa(process.execPath, [script, modules, server.baseUrl, folder, String(now)], {
      env: { TZ: zone },
    });
    expect(server.requestedUrls.filter((path) => path.includes('historical'))).toEqual([
      '/instruments/historical/408065/day?instrument_token=408065&interval=day&from=2026-11-17+00%3A00%3A00&to=2026-11-17+23%3A59%3A59&continuous=0&oi=0',
      '/instruments/historical/408065/60minute?instrument_token=408065&interval=60minute&from=2026-11-17+00%3A00%3A00&to=2026-11-17+23%3A59%3A59&continuous=0&oi=0',
    ]);
    const open = Date.parse('2026-11-17T09:15:00+05:30');
    const times = [0, 1, 2, 3, 4, 5, 6].map((hour) => open + hour * 3_600_000);
    expect(JSON.parse(stdout)).toMatchObject([
      { ok: true },
      { kind: 'rows', rows: { columns: { ts: [open], session: [20_774], volume: [9] } } },
      { kind: 'rows', rows: { columns: { ts: times } } },
      { kind: 'rows', rows: { columns: { last: [1500] } } },
    ]);
  },
);
