import { describe, expect, it, onTestFinished } from 'vitest';
import { ok } from '../../../../src/core/result.js';
import { systemClock } from '../../../../src/core/time/clock.js';
import { day, hour, minute } from '../../../../src/core/time/time.js';
import type { Action, ScenarioEngine } from '../../../../src/config/scenario/scenario.js';
import {
  actAfter,
  barsRequest,
  getDayWindow,
  never,
  actOnRequest,
  openRig,
  pointRequest,
  expectRows,
  nearTheMoney,
  advanceUntilDone,
  snapshotRequest,
  startRig,
} from '../rig.js';
import { createFetchContext } from '../../../fixtures/fetch-context.js';
import { createProvider, frame, startScriptedGateway, startServer } from './scripted-gateway.js';

const dayWindow = getDayWindow('2026-11-17');

/** Acts on the first `times` connections. */
function actOnConnect(action: Action, times = Infinity): ScenarioEngine {
  let remaining = times;
  return { actionsFor: ({ kind }) => (kind === 'connect' && remaining-- > 0 ? [action] : []), timedActions: () => [] };
}

/** A server that never responds, and the number of chunks that it received. */
async function startSilentServer(): Promise<{ readonly port: number; readonly countChunks: () => number }> {
  let chunks = 0;
  const port = await startServer((socket) => socket.on('data', () => chunks++));
  return { port, countChunks: () => chunks };
}

describe('opening fails with a code and a hint when', () => {
  it('the connection is refused', async () => {
    const { provider } = createProvider(1);
    expect(await provider.open(never)).toMatchObject({
      ok: false,
      error: {
        kind: 'fatal',
        code: 'refused',
        message: 'cannot connect to IB Gateway at 127.0.0.1:1 (connection refused)',
        hint: expect.stringMatching(/7496.*7497.*4001.*4002/) as string,
      },
    });
  });

  it('the host name is unknown', async () => {
    const { provider } = createProvider(4002, { host: 'no-such-host.invalid' });
    expect(await provider.open(never)).toMatchObject({ ok: false, error: { kind: 'fatal', code: 'unreachable' } });
  });

  it('the gateway accepts the connection and never responds', async () => {
    const { port, countChunks } = await startSilentServer();
    const { provider, clock } = createProvider(port);
    const opening = provider.open(never);
    await expect.poll(countChunks).toBeGreaterThan(0);
    expect(await advanceUntilDone(clock, hour, opening)).toMatchObject({
      ok: false,
      error: {
        kind: 'fatal',
        code: 'no-response',
        hint: expect.stringMatching(/enable ActiveX and socket clients and trust/) as string,
      },
    });
  });

  it('the gateway closes every connection immediately', async () => {
    let accepted = 0;
    const port = await startServer((socket) => {
      accepted++;
      socket.destroy();
    });
    const { provider } = createProvider(port);
    expect(await provider.open(never)).toMatchObject({ ok: false, error: { kind: 'fatal', code: 'closed-by-peer' } });
    expect(accepted).toBe(3);
  });

  it('the gateway never completes the handshake', async () => {
    let replies = 0;
    const port = await startServer((socket) => {
      // The second message of a client is its reply to the version.
      socket.once('data', () => {
        socket.on('data', () => replies++);
        socket.write(frame(178, '20261118 10:00:00 EST'));
      });
    });
    const { provider, clock } = createProvider(port);
    const opening = provider.open(never);
    const state = { isDone: false };
    void opening.then(() => (state.isDone = true));
    // Each of several attempts waits for the rest of the handshake.
    for (let attempt = 1; !state.isDone; attempt++) {
      await expect.poll(() => state.isDone || replies >= attempt).toBe(true);
      clock.skip(hour);
    }
    expect(await opening).toMatchObject({ ok: false, error: { kind: 'fatal', code: 'handshake-incomplete' } });
  });

  it.each([
    [50, 'too-old', 'is too old: it has server version 50'],
    [100, 'too-old', 'is too old: it has server version 100'],
    [150, 'too-old', 'is too old: it has server version 150'],
    [500, 'unsupported', 'answered with server version 500, which was not offered to it'],
  ])('the gateway has the server version %i', async (version, code, text) => {
    const port = await startServer((socket) => socket.write(frame(version, '20261118 10:00:00 EST')));
    const opened = await createProvider(port).provider.open(never);
    expect(opened).toMatchObject({ ok: false, error: { kind: 'fatal', code } });
    expect(opened.ok ? '' : opened.error.message).toContain(text);
  });

  it.each([
    ['text of another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a length below zero', Buffer.from([0xff, 0xff, 0xff, 0xfc, 1, 2, 3, 4, 5, 6, 7, 8])],
    ['an empty frame', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0])],
  ])('another program listens and sends %s', async (_, bytes) => {
    const port = await startServer((socket) => socket.write(bytes));
    expect(await createProvider(port).provider.open(never)).toMatchObject({
      ok: false,
      error: { kind: 'fatal', code: 'broken' },
    });
  });

  it('another account is logged in, whose number is masked', async () => {
    const rig = await startRig();
    onTestFinished(rig.stop);
    const { provider } = createProvider(rig.gateway.port, { account: 'DU7654321' });
    const opened = await provider.open(never);
    if (opened.ok) expect.fail('expected a failure');
    expect(opened.error).toMatchObject({ kind: 'fatal', code: 'wrong-account' });
    expect(opened.error.message).toContain('DU***67');
    expect(opened.error.message).not.toContain('1234567');
  });

  it('the signal aborts', async () => {
    const { port, countChunks } = await startSilentServer();
    const controller = new AbortController();
    const opening = createProvider(port).provider.open(controller.signal);
    await expect.poll(countChunks).toBeGreaterThan(0);
    controller.abort();
    expect(await opening).toMatchObject({ ok: false, error: { kind: 'retryable', code: 'cancelled' } });
  });
});

describe('client ids', () => {
  it('tries the next id when one is in use', async () => {
    const first = await openRig();
    const { provider, notices } = createProvider(first.gateway.port);
    expect(await provider.open(never)).toEqual(ok(undefined));
    expect(notices.map(({ kind }) => kind)).toEqual(['client-id-taken', 'connected']);
    expect(notices.at(-1)?.message).toMatch(/as client 18 \(DU\*\*\*67\)/);
  });

  it('fails with a hint when all tried ids are in use', async () => {
    const port = await startServer((socket) => {
      socket.write(frame(178, '20261118 10:00:00 EST'));
      socket.write(frame(4, 2, -1, 326, 'Unable to connect as the client id is already in use.', ''));
      socket.end();
    });
    expect(await createProvider(port).provider.open(never)).toMatchObject({
      ok: false,
      error: {
        kind: 'fatal',
        code: 'client-id-taken',
        message: expect.stringMatching(/client id 17 and the next few/) as string,
        hint: expect.stringMatching(/IB_CLIENT_ID/) as string,
      },
    });
  });
});

describe('a connection', () => {
  it('that is refused twice is opened at the third attempt', async () => {
    const rig = await openRig({ engine: actOnConnect({ kind: 'refuse' }, 2) });
    expect((await rig.provider.fetch(barsRequest(dayWindow, '1 day'), createFetchContext())).kind).toBe('rows');
  });

  it.each([false, true])(
    'that drops (in the middle of a message: %s) fails its request as retryable and is replaced',
    async (midMessage) => {
      const rig = await openRig({ engine: actOnRequest('historical', { kind: 'drop', midMessage }, 1) });
      expect(await rig.provider.fetch(barsRequest(dayWindow), createFetchContext())).toMatchObject({
        kind: 'failure',
        failure: { kind: 'retryable', code: 'disconnected' },
      });
      expect(expectRows(await rig.provider.fetch(barsRequest(dayWindow), createFetchContext())).rows.length).toBe(390);
      expect(rig.gateway.statistics()).toMatchObject({ requests: { historical: 2 } });
      expect(rig.notices.map(({ kind }) => kind)).toEqual(['connected', 'connection-lost', 'connected']);
    },
  );

  it('that is half open is ended after an unanswered probe', async () => {
    const rig = await openRig({
      engine: actOnRequest('historical', { kind: 'half-open' }, 1),
    });
    const pending = rig.provider.fetch(barsRequest(dayWindow), createFetchContext());
    await expect.poll(() => rig.gateway.statistics().requests).toMatchObject({ historical: 1 });
    expect(await advanceUntilDone(rig.clock, hour, pending)).toMatchObject({
      kind: 'failure',
      failure: { kind: 'retryable', code: 'disconnected', message: expect.stringContaining('sent nothing') as string },
    });
    expect((await rig.provider.fetch(barsRequest(dayWindow), createFetchContext())).kind).toBe('rows');
  });

  it('that is idle and answers probes stays open', async () => {
    const rig = await openRig();
    for (const time of [1, 2, 3]) {
      rig.clock.skip(hour);
      await expect.poll(() => rig.gateway.statistics().requests).toMatchObject({ time });
      // A response after that of the probe shows that the provider has received the probe's.
      expect((await rig.provider.fetch(pointRequest('contracts'), createFetchContext())).kind).toBe('rows');
    }
    expect(rig.notices.map(({ kind }) => kind)).toEqual(['connected']);
  });

  it('that delivers garbage is ended and replaced', async () => {
    const rig = await openRig({ engine: actOnRequest('historical', { kind: 'garbage' }, 1) });
    const pending = rig.provider.fetch(barsRequest(dayWindow), createFetchContext());
    await expect.poll(() => rig.gateway.statistics().requests).toMatchObject({ historical: 1 });
    expect(await advanceUntilDone(rig.clock, hour, pending)).toMatchObject({ failure: { kind: 'retryable' } });
    expect((await rig.provider.fetch(barsRequest(dayWindow), createFetchContext())).kind).toBe('rows');
  });

  it('that ends with a restart of the gateway is opened again after the restart', async () => {
    const rig = await openRig({ engine: actAfter(minute, { kind: 'restart', duration: minute }) });
    rig.clock.skip(minute);
    await expect.poll(() => rig.notices.at(-1)?.kind).toBe('connection-lost');
    const pending = rig.provider.fetch(barsRequest(dayWindow), createFetchContext());
    rig.clock.skip(minute);
    expect(expectRows(await pending).rows.length).toBe(390);
  });
});

describe('when the gateway loses its connection to IB', () => {
  it.each([true, false])('requests wait until the connection is restored (data kept: %s)', async (dataKept) => {
    const rig = await openRig({ engine: actAfter(minute, { kind: 'upstream-lost', duration: hour, dataKept }) });
    rig.clock.skip(minute);
    await expect.poll(() => rig.notices.at(-1)).toMatchObject({ kind: 'upstream-lost', code: 1100 });
    const pending = rig.provider.fetch(barsRequest(dayWindow), createFetchContext());
    await systemClock.sleepUntil(systemClock.now() + 50);
    expect(rig.gateway.statistics().requests).not.toHaveProperty('historical');
    rig.clock.skip(hour);
    expect((await pending).kind).toBe('rows');
    expect(rig.notices.at(-1)).toMatchObject({ kind: 'upstream-restored', code: dataKept ? 1102 : 1101 });
  });

  it('requests in flight fail as retryable, and so does a request that waits too long', async () => {
    const rig = await openRig({
      engine: {
        actionsFor: ({ kind }) => (kind === 'request' ? [{ kind: 'delay', duration: hour }] : []),
        timedActions: () => [{ after: minute, action: { kind: 'upstream-lost', duration: 2 * day, dataKept: true } }],
      },
    });
    const inFlight = rig.provider.fetch(barsRequest(dayWindow), createFetchContext());
    await expect.poll(() => rig.gateway.statistics().requests).toMatchObject({ historical: 1 });
    rig.clock.skip(minute);
    expect(await inFlight).toMatchObject({
      failure: { kind: 'retryable', code: '1100' },
    });
    const late = rig.provider.fetch(barsRequest(dayWindow), createFetchContext());
    rig.clock.skip(day);
    expect(await late).toMatchObject({
      failure: { kind: 'retryable', code: 'held', retryAfter: expect.any(Number) as number },
    });
  });
});

describe('when a data farm is down', () => {
  it('requests to its service wait and others are sent', async () => {
    const rig = await openRig({ engine: actAfter(minute, { kind: 'farm-down', farm: 'historical', duration: hour }) });
    rig.clock.skip(minute);
    await expect.poll(() => rig.notices.at(-1)?.code).toBe(2105);
    const waiting = rig.provider.fetch(barsRequest(dayWindow), createFetchContext());
    expect((await rig.provider.fetch(pointRequest('contracts'), createFetchContext())).kind).toBe('rows');
    expect(rig.gateway.statistics().requests).not.toHaveProperty('historical');
    rig.clock.skip(hour);
    expect((await waiting).kind).toBe('rows');
    expect(rig.notices.map(({ code }) => code)).toEqual([null, 2105, 2106]);
  });
});

it('reports a message about an order as unexpected and drops other late replies', async () => {
  const { port, socket } = await startScriptedGateway();
  const { provider, notices } = createProvider(port);
  expect(await provider.open(never)).toEqual(ok(undefined));
  socket().write(frame(4, 2, 99, 366, 'No historical data query found for ticker id:99', ''));
  socket().write(frame(4, 2, 99, 201, 'Order rejected for DU1234567', ''));
  await expect.poll(() => notices.length).toBe(2);
  expect(notices[1]).toMatchObject({
    kind: 'unexpected',
    code: 201,
    message: 'IB error 201: Order rejected for DU***67',
  });
});

it('reconnects on the new port after the gateway announced the port', async () => {
  const rig = await startRig();
  onTestFinished(rig.stop);
  const { port, socket } = await startScriptedGateway();
  const { provider, notices } = createProvider(port);
  expect(await provider.open(never)).toEqual(ok(undefined));
  const text = `TWS socket port has been reset and this connection is being dropped. Please reconnect on the new port -${rig.gateway.port}`;
  socket().write(frame(4, 2, -1, 1300, text, ''));
  await expect.poll(() => notices.map(({ kind }) => kind)).toContain('port-changed');
  expect((await provider.fetch(pointRequest('contracts'), createFetchContext())).kind).toBe('rows');
  expect(notices.map(({ kind }) => kind)).toEqual(['connected', 'port-changed', 'connected']);
});

describe('closing', () => {
  const listActiveHandles = (): readonly string[] =>
    process
      .getActiveResourcesInfo()
      .filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap' && name !== 'MessagePort');

  it('cancels open requests at the gateway and leaves no socket and no timer', async () => {
    const rig = await startRig({ engine: actOnRequest('historical', { kind: 'no-response' }) });
    onTestFinished(rig.stop);
    expect(await rig.provider.open(never)).toEqual(ok(undefined));
    const waiting = [
      rig.provider.fetch(barsRequest(dayWindow), createFetchContext()),
      rig.provider.fetch(snapshotRequest(nearTheMoney(20)), createFetchContext()),
      rig.provider.fetch(pointRequest('quotes'), createFetchContext()),
    ];
    await expect.poll(() => rig.gateway.statistics()).toMatchObject({ openHistorical: { now: 1 } });
    await expect.poll(() => rig.gateway.statistics().lines.now).toBeGreaterThan(0);
    await rig.provider.close();
    for (const outcome of await Promise.all(waiting)) expect(outcome).toMatchObject({ failure: { kind: 'retryable' } });
    await expect
      .poll(() => rig.gateway.statistics())
      .toMatchObject({
        openHistorical: { now: 0 },
        lines: { now: 0 },
        connections: { open: 0 },
      });
    await rig.provider.close();
    // The library's queue holds a timer for a tenth of a second after each message.
    while (listActiveHandles().length > 1) await systemClock.sleepUntil(systemClock.now() + 20);
    expect(listActiveHandles()).toEqual(['TCPServerWrap']);
    expect(await rig.provider.fetch(barsRequest(dayWindow), createFetchContext())).toMatchObject({
      failure: { kind: 'retryable' },
    });
  });

  it('cancels an attempt to connect', async () => {
    const { port, countChunks } = await startSilentServer();
    const { provider } = createProvider(port);
    const opening = provider.open(never);
    await expect.poll(countChunks).toBeGreaterThan(0);
    await provider.close();
    expect(await opening).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  });
});
