import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { calendarOf } from '../../../src/calendar/calendars.js';
import { ok } from '../../../src/core/result.js';
import type { KiteNotice } from '../../../src/providers/kite/notice.js';
import { exchange } from '../../../src/providers/kite/login.js';
import { kiteProvider } from '../../../src/providers/kite/provider.js';
import { fakeKite, sendData, sendError } from './fake-kite.js';
import { listText } from './instruments/list-text.js';
import { clockFrom, infosys, noon, secrets } from './trial.js';

const never = new AbortController().signal;

/** A Kite that repeats in its errors everything it was told: headers, query, body. */
async function tellTale(status: number, form: 'error' | 'page' | 'cut') {
  return fakeKite((request, response, url) => {
    if (url.pathname === '/user/profile' && form !== 'error') {
      sendData(response, {});
      return;
    }
    if (url.pathname === '/instruments') {
      response.writeHead(200, { 'content-type': 'text/csv' });
      response.end(listText());
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
] as const)('nothing that is told or stored holds a secret, whatever Kite answers (%i, %s)', async (status, form) => {
  const server = await tellTale(status, form);
  const folder = await mkdtemp(join(tmpdir(), 'pipe-kite-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const notices: KiteNotice[] = [];
  const clock = clockFrom(noon);
  const provider = kiteProvider({
    settings: { root: server.root, instrumentsMaxAge: 1_000_000 },
    credentials: async () => ok({ ...secrets, source: 'the test', issuedAt: noon }),
    cacheFolder: folder,
    calendarOf,
    clock: { ...clock, sleepUntil: async () => undefined },
    notices: (notice) => notices.push(notice),
  });
  const told: unknown[] = [await provider.open(never), notices];
  const window = { start: noon - 172_800_000, end: noon - 86_400_000 };
  const bars = { dataset: 'equity_bars', provider: 'kite', barSize: '1 day', what: 'TRADES', hours: 'rth' } as const;
  told.push(await provider.fetch({ series: { ...bars, instrument: infosys }, window, settles: [window] }, never));
  const quotes = { dataset: 'quotes', provider: 'kite', instrument: infosys } as const;
  told.push(await provider.fetch({ series: quotes, window: null, settles: [] }, never));
  told.push(await exchange({ root: server.root, ...secrets }, 'planted-request-token', noon, never));
  await provider.close();
  for (const name of await readdir(folder)) told.push(gunzipSync(await readFile(join(folder, name))).toString());

  const text = JSON.stringify(told);
  expect(text.length).toBeGreaterThan(200);
  expect(text).not.toMatch(/planted/);
});
