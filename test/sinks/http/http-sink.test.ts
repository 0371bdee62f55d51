import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLakeFeed } from '../../../src/lake/feed/lake-feed.js';
import { anyHost } from '../../../src/platform/http/allowed-hosts.js';
import { deliverChanges } from '../../../src/sinks/deliver-changes.js';
import type { SinkDelivery } from '../../../src/sinks/deliver-changes.js';
import { createHttpSink } from '../../../src/sinks/http/http-sink.js';
import { signBody } from '../../../src/sinks/http/signature.js';
import { bars, commit, equity, openLakeFixture, rowlessResult, temporaryFolder } from '../../lake/lake-fixture.js';
import type { LakeFixture } from '../../lake/lake-fixture.js';
import { Type } from '../sink-tables.js';
import { startReceiver } from './receiver.js';
import type { Receiver } from './receiver.js';

const secret = 'a secret of the test';
let receiver: Receiver;
let lake: LakeFixture;
let folder: string;

beforeEach(async () => {
  receiver = await startReceiver(secret);
  lake = await openLakeFixture();
  folder = await temporaryFolder();
});

afterEach(() => receiver.kill());

async function deliver({
  url = receiver.url,
  key = secret,
  timeout = 60_000,
  again = false,
} = {}): Promise<SinkDelivery> {
  const feed = openLakeFeed(lake.folder, [folder]);
  const signal = new AbortController().signal;
  const sink = createHttpSink({
    name: 'receiver',
    selections: [Type.bars],
    scratch: folder,
    folder,
    url,
    readUrl: null,
    secret: key,
    allowedHosts: anyHost,
    timeout,
    signal,
    now: () => Date.UTC(2026, 10, 20),
  });
  try {
    const from = () => Promise.resolve(null);
    return await deliverChanges(sink, feed, { signal, ...(again ? { from } : {}) });
  } finally {
    await feed.close();
  }
}

const commitBars = (symbol: string, from: string, to: string, price = 100): Promise<void> =>
  commit(lake, 'equity_bars', [bars(equity(symbol), from, to, { price })]);

it('sends each commit by itself, with a key that a further attempt has too', async () => {
  await commitBars('AAPL', '2026-11-16', '2026-11-18');
  await deliver();
  await commitBars('MSFT', '2026-11-16', '2026-11-18');
  await commitBars('NVDA', '2026-11-16', '2026-11-18');
  await commit(lake, 'equity_bars', [rowlessResult(equity('AAPL'), '2026-11-16', '2026-11-17', 'empty')]);
  let requests = 0;
  // The second commit is taken, and its answer is lost.
  receiver.onRequest((_, response) => {
    if (++requests < 2) return false;
    response.destroy();
    return true;
  });
  await expect(deliver()).rejects.toMatchObject({ problem: 'unreachable' });
  receiver.onRequest(null);
  expect(await deliver()).toEqual({ rows: 2, refused: 0, versions: { equity_bars: 3 } });
  expect(receiver.commits.map(({ version }) => version)).toEqual([0, 1, 2, 3]);
  expect(new Set(receiver.keys).size).toBe(4);
  expect([...receiver.rows('equity_bars').values()].map(({ symbol }) => symbol)).toEqual([
    'AAPL',
    'MSFT',
    'MSFT',
    'NVDA',
    'NVDA',
  ]);
  const [first] = receiver.rows('equity_bars').values();
  expect(first).toMatchObject({ symbol: 'AAPL', session: '2026-11-17', ts: '2026-11-17T15:00:00.000Z', close: 100.75 });
});

it('delivers again under other keys', async () => {
  await commitBars('AAPL', '2026-11-16', '2026-11-18');
  await deliver();
  receiver.rows('equity_bars').clear();
  expect(await deliver({ again: true })).toMatchObject({ rows: 2 });
  expect(receiver.rows('equity_bars').size).toBe(2);
});

it('splits a large commit into requests of the same commit', async () => {
  await commitBars('AAPL', '2010-01-01', '2026-01-01');
  const { rows } = await deliver();
  expect(receiver.rows('equity_bars').size).toBe(rows);
  expect(receiver.keys.length).toBe(Math.ceil(rows / 2_000));
  expect(receiver.commits).toHaveLength(1);
});

it('sets rows apart that the receiver refuses, with its reason, and delivers the others', async () => {
  receiver.onRequest((lines, response) => {
    if (!lines.some((line) => line.type === 'row' && line.row['close'] === 7.5)) return false;
    response.writeHead(422).end('the close is too low');
    return true;
  });
  await commit(lake, 'equity_bars', [
    bars(equity('AAPL'), '2026-11-16', '2026-11-20'),
    bars(equity('MSFT'), '2026-11-16', '2026-11-17', { price: 7 }),
  ]);
  expect(await deliver()).toMatchObject({ rows: 4, refused: 1 });
  const refused = (await readFile(join(folder, 'receiver.refused.ndjson'), 'utf8')).trim().split('\n');
  expect(refused.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { dataset: 'equity_bars', reason: 'HTTP 422: the close is too low' },
  ]);
  receiver.onRequest(null);
  await commitBars('MSFT', '2026-11-16', '2026-11-17', 8);
  expect(await deliver()).toMatchObject({ rows: 1, refused: 0 });
  expect(await readFile(join(folder, 'receiver.refused.ndjson'), 'utf8')).toBe('');
});

it('reports a wrong secret, a redirect and a receiver that does not answer', async () => {
  await commitBars('AAPL', '2026-11-16', '2026-11-18');
  await expect(deliver({ key: 'another secret' })).rejects.toMatchObject({
    problem: 'rejected',
    hint: 'set the secret of the sink',
  });
  const other = createServer((request, response) => {
    if (request.url === '/hang') return;
    response.writeHead(307, { location: receiver.url }).end();
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${String((other.address() as AddressInfo).port)}`;
  try {
    await expect(deliver({ url: `${origin}/moved` })).rejects.toMatchObject({
      problem: 'rejected',
      message: expect.stringContaining('redirects are not followed') as string,
    });
    await expect(deliver({ url: `${origin}/hang`, timeout: 200 })).rejects.toMatchObject({ problem: 'timeout' });
  } finally {
    other.close();
    other.closeAllConnections();
  }
  expect(receiver.keys).toEqual([]);
  expect(await deliver()).toMatchObject({ rows: 2 });
});

it('signs as openssl does', () => {
  const body = '{"type":"commit"}\n';
  const signed = execFileSync('openssl', ['dgst', '-sha256', '-hmac', secret, '-r'], {
    input: `1795132800.${body}`,
    encoding: 'utf8',
  });
  expect(signBody(secret, body, 1_795_132_800_999)).toBe(`t=1795132800,v1=${signed.split(' ')[0] ?? ''}`);
});
