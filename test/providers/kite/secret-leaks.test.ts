import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { ok } from '../../../src/core/result.js';
import type { KiteNotice } from '../../../src/providers/kite/notice.js';
import { exchangeRequestToken } from '../../../src/providers/kite/auth/login.js';
import { createKiteProvider } from '../../../src/providers/kite/provider.js';
import { startFakeKite, sendData, sendError } from './fake-kite.js';
import { createInstrumentList } from './instruments/instrument-list-text.js';
import { createClockFrom, infosys, indianNoon, secrets } from './simulated-kite.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

const never = new AbortController().signal;

/** A server that echoes in its errors everything that it received: headers, query, body. */
async function startLeakingServer(status: number, form: 'error' | 'page' | 'cut') {
  return startFakeKite((request, response, url) => {
    if (url.pathname === '/user/profile' && form !== 'error') {
      sendData(response, {});
      return;
    }
    if (url.pathname === '/instruments') {
      response.writeHead(200, { 'content-type': 'text/csv' });
      response.end(createInstrumentList());
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const all = `${request.headers.authorization} ${JSON.stringify(request.headers)} ${url.href} ${body} ${JSON.stringify(secrets)}`;
      if (form === 'error') {
        sendError(response, status, 'GeneralException', all);
        return;
      }
      response.writeHead(status, { 'content-type': form === 'page' ? 'text/html' : 'application/json' });
      response.end(form === 'page' ? `<html>${all}</html>` : `{"data": "${all}`);
    });
  });
}

test.each([
  [400, 'error'],
  [500, 'error'],
  [200, 'page'],
  [502, 'page'],
  [200, 'cut'],
] as const)('results, notices and files contain no secret for an echoing response (%i, %s)', async (status, form) => {
  const server = await startLeakingServer(status, form);
  const folder = await mkdtemp(join(tmpdir(), 'pipe-kite-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const notices: KiteNotice[] = [];
  const clock = createClockFrom(indianNoon);
  const provider = createKiteProvider({
    settings: { baseUrl: server.baseUrl, instrumentsMaxAge: 1_000_000 },
    credentials: async () => ok({ ...secrets, tokenSource: 'the test', issuedAt: indianNoon }),
    cacheFolder: folder,
    calendarOf: getCalendar,
    clock: { ...clock, sleepUntil: async () => undefined },
    onNotice: (notice) => notices.push(notice),
  });
  const outputs: unknown[] = [await provider.open(never), notices];
  const window = { start: indianNoon - 172_800_000, end: indianNoon - 86_400_000 };
  const bars = {
    dataset: 'equity_bars',
    provider: 'kite',
    barSize: '1 day',
    priceType: 'TRADES',
    hours: 'rth',
  } as const;
  outputs.push(
    await provider.fetch({ series: { ...bars, instrument: infosys }, window, closes: [window] }, createFetchContext()),
  );
  const quotes = { dataset: 'quotes', provider: 'kite', instrument: infosys } as const;
  outputs.push(await provider.fetch({ series: quotes, window: null, closes: [] }, createFetchContext()));
  outputs.push(
    await exchangeRequestToken({ baseUrl: server.baseUrl, ...secrets }, 'planted-request-token', indianNoon, never),
  );
  await provider.close();
  for (const name of await readdir(folder)) outputs.push(gunzipSync(await readFile(join(folder, name))).toString());

  const text = JSON.stringify(outputs);
  expect(text.length).toBeGreaterThan(200);
  expect(text).not.toMatch(/planted/);
});
