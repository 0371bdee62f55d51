import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../src/core/time/clock.js';
import { day, hour, minute } from '../../../../src/core/time/time.js';
import { createIbProvider } from '../../../../src/providers/ib/provider.js';
import type { IbNotice } from '../../../../src/providers/ib/notice.js';
import type { IbSettings } from '../../../../src/providers/ib/settings.js';
import type { Action, ScenarioEngine } from '../../../../src/config/scenario/scenario.js';
import { getCalendar } from '../../../../src/calendar/calendars.js';
import {
  after,
  barsRequest,
  createClockAt,
  getDayWindow,
  never,
  actOnRequest,
  openRig,
  pointRequest,
  quickTimings,
  expectRows,
  nearTheMoney,
  skipping,
  snapshot,
  startRig,
} from '../rig.js';

const dayWindow = getDayWindow('2026-11-17');

/** Does something to the first so many connections. */
function actOnConnect(action: Action, times = Infinity): ScenarioEngine {
  let remaining = times;
  return { actionsFor: ({ kind }) => (kind === 'connect' && remaining-- > 0 ? [action] : []), timedActions: () => [] };
}

/** A server of our own, that does whatever a test wants. */
async function startServer(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function frame(...fields: readonly (string | number)[]): Buffer {
  const body = Buffer.from(`${fields.join('\0')}\0`);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** An adapter for whatever listens at a port. */
function createAdapter(port: number, settings: Partial<IbSettings> = {}) {
  const notices: IbNotice[] = [];
  const clock = createClockAt(systemClock.now());
  const provider = createIbProvider({
    settings: { host: '127.0.0.1', port, clientId: 17, marketDataType: 'live', allowDelayed: false, ...settings },
    calendarOf: getCalendar,
    clock,
    onNotice: (notice) => notices.push(notice),
    timings: quickTimings,
  });
  onTestFinished(() => provider.close());
  return { provider, notices, clock };
}

/** A server that says nothing, and how often it was spoken to. */
async function deafServer(): Promise<{ readonly port: number; readonly heard: () => number }> {
  let heard = 0;
  const port = await startServer((socket) => socket.on('data', () => heard++));
  return { port, heard: () => heard };
}

/** A gateway that ends the handshake and answers nothing; the last connection to it, and how many there were. */
async function mutedGateway(): Promise<{
  readonly port: number;
  readonly socket: () => Socket;
  readonly connections: () => number;
}> {
  const sockets: Socket[] = [];
  const port = await startServer((socket) => {
    sockets.push(socket);
    socket.write(frame(178, '20261118 10:00:00 EST'));
    socket.write(frame(15, 1, 'DU1234567'));
    socket.write(frame(9, 1, 1));
  });
  return { port, socket: () => sockets.at(-1) ?? expect.unreachable(), connections: () => sockets.length };
}

describe('opening says what to do when', () => {
  it('nothing listens', async () => {
    const { provider } = createAdapter(1);
    expect(await provider.open(never)).toMatchObject({
      kind: 'fatal',
      code: 'refused',
      message: 'nothing listens on 127.0.0.1:1',
      remedy: expect.stringMatching(/7496.*7497.*4001.*4002/) as string,
    });
  });

  it('the host has no address', async () => {
    const { provider } = createAdapter(4002, { host: 'no-such-host.invalid' });
    expect(await provider.open(never)).toMatchObject({ kind: 'fatal', code: 'unreachable' });
  });

  it('the gateway accepts and is silent', async () => {
    const { port, heard } = await deafServer();
    const { provider, clock } = createAdapter(port);
    const opening = provider.open(never);
    await expect.poll(heard).toBeGreaterThan(0);
    expect(await skipping(clock, hour, opening)).toMatchObject({
      kind: 'fatal',
      code: 'silent',
      remedy: expect.stringMatching(/enable ActiveX and socket clients and trust/) as string,
    });
  });

  it('the gateway hangs up at once', async () => {
    let accepted = 0;
    const port = await startServer((socket) => {
      accepted++;
      socket.destroy();
    });
    const { provider } = createAdapter(port);
    expect(await provider.open(never)).toMatchObject({ kind: 'fatal', code: 'hung-up' });
    expect(accepted).toBe(3);
  });

  it('the gateway is not logged in and never ends the handshake', async () => {
    let greeted = 0;
    const port = await startServer((socket) => {
      // The second thing a client says is its answer to the version.
      socket.once('data', () => {
        socket.on('data', () => greeted++);
        socket.write(frame(178, '20261118 10:00:00 EST'));
      });
    });
    const { provider, clock } = createAdapter(port);
    const opening = provider.open(never);
    const state = { isDone: false };
    void opening.then(() => (state.isDone = true));
    // It tries several times, and each time waits for the rest of the handshake.
    for (let attempt = 1; !state.isDone; attempt++) {
      await expect.poll(() => state.isDone || greeted >= attempt).toBe(true);
      clock.skip(hour);
    }
    expect(await opening).toMatchObject({ kind: 'fatal', code: 'unfinished' });
  });

  it.each([100, 150, 300])('the gateway speaks version %i', async (version) => {
    const port = await startServer((socket) => socket.write(frame(version, '20261118 10:00:00 EST')));
    expect(await createAdapter(port).provider.open(never)).toMatchObject({ kind: 'fatal', code: 'too-old' });
  });

  it.each([
    ['text of another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a length below zero', Buffer.from([0xff, 0xff, 0xff, 0xfc, 1, 2, 3, 4, 5, 6, 7, 8])],
    ['an empty frame', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0])],
  ])('something else listens: %s', async (_, bytes) => {
    const port = await startServer((socket) => socket.write(bytes));
    expect(await createAdapter(port).provider.open(never)).toMatchObject({ kind: 'fatal', code: 'broken' });
  });

  it('another account is logged in', async () => {
    const rig = await startRig();
    onTestFinished(rig.stop);
    const { provider } = createAdapter(rig.gateway.port, { account: 'DU7654321' });
    const failure = await provider.open(never);
    expect(failure).toMatchObject({ kind: 'fatal', code: 'wrong-account' });
    expect(failure?.message).toContain('DU***67');
    expect(failure?.message).not.toContain('1234567');
  });

  it('it is stopped', async () => {
    const { port, heard } = await deafServer();
    const controller = new AbortController();
    const opening = createAdapter(port).provider.open(controller.signal);
    await expect.poll(heard).toBeGreaterThan(0);
    controller.abort();
    expect(await opening).toMatchObject({ kind: 'retryable', code: 'stopped' });
  });
});

describe('client ids', () => {
  it('goes on to the next when one is taken', async () => {
    const first = await openRig();
    const { provider, notices } = createAdapter(first.gateway.port);
    expect(await provider.open(never)).toBeNull();
    expect(notices.map(({ kind }) => kind)).toEqual(['client-id-taken', 'connected']);
    expect(notices.at(-1)?.message).toMatch(/as client 18 \(DU\*\*\*67\)/);
  });

  it('gives up when all are taken, and says so', async () => {
    const port = await startServer((socket) => {
      socket.write(frame(178, '20261118 10:00:00 EST'));
      socket.write(frame(4, 2, -1, 326, 'Unable to connect as the client id is already in use.', ''));
      socket.end();
    });
    expect(await createAdapter(port).provider.open(never)).toMatchObject({
      kind: 'fatal',
      code: 'client-id-taken',
      message: expect.stringMatching(/client id 17 and the next few/) as string,
      remedy: expect.stringMatching(/IB_CLIENT_ID/) as string,
    });
  });
});

describe('a line that', () => {
  it('is refused at first is tried again', async () => {
    const rig = await openRig({ director: actOnConnect({ kind: 'refuse' }, 2) });
    expect((await rig.provider.fetch(barsRequest(dayWindow, '1 day'), never)).kind).toBe('rows');
  });

  it.each([false, true])(
    'drops (in the middle of a message: %s) gives back what was asked, and is replaced',
    async (midMessage) => {
      const rig = await openRig({ director: actOnRequest('historical', { kind: 'drop', midMessage }, 1) });
      expect(await rig.provider.fetch(barsRequest(dayWindow), never)).toMatchObject({
        kind: 'failure',
        failure: { kind: 'retryable', code: 'disconnected' },
      });
      expect(expectRows(await rig.provider.fetch(barsRequest(dayWindow), never)).rows.length).toBe(390);
      expect(rig.gateway.statistics()).toMatchObject({ requests: { historical: 2 } });
      expect(rig.notices.map(({ kind }) => kind)).toEqual(['connected', 'connection-lost', 'connected']);
    },
  );

  it('is half open is noticed by its silence', async () => {
    const rig = await openRig({
      director: actOnRequest('historical', { kind: 'half-open' }, 1),
    });
    const asked = rig.provider.fetch(barsRequest(dayWindow), never);
    await expect.poll(() => rig.gateway.statistics().requests).toMatchObject({ historical: 1 });
    expect(await skipping(rig.clock, hour, asked)).toMatchObject({
      kind: 'failure',
      failure: { kind: 'retryable', code: 'disconnected', message: expect.stringContaining('said nothing') as string },
    });
    expect((await rig.provider.fetch(barsRequest(dayWindow), never)).kind).toBe('rows');
  });

  it('is idle and answers is kept', async () => {
    const rig = await openRig();
    for (const time of [1, 2, 3]) {
      rig.clock.skip(hour);
      await expect.poll(() => rig.gateway.statistics().requests).toMatchObject({ time });
      // What is answered after the time has been told: the adapter has heard that, too.
      expect((await rig.provider.fetch(pointRequest('contracts'), never)).kind).toBe('rows');
    }
    expect(rig.notices.map(({ kind }) => kind)).toEqual(['connected']);
  });

  it('carries garbage is given up and replaced', async () => {
    const rig = await openRig({ director: actOnRequest('historical', { kind: 'garbage' }, 1) });
    const asked = rig.provider.fetch(barsRequest(dayWindow), never);
    await expect.poll(() => rig.gateway.statistics().requests).toMatchObject({ historical: 1 });
    expect(await skipping(rig.clock, hour, asked)).toMatchObject({ failure: { kind: 'retryable' } });
    expect((await rig.provider.fetch(barsRequest(dayWindow), never)).kind).toBe('rows');
  });

  it('goes away with its gateway comes back with it', async () => {
    const rig = await openRig({ director: after(minute, { kind: 'restart', duration: minute }) });
    rig.clock.skip(minute);
    await expect.poll(() => rig.notices.at(-1)?.kind).toBe('connection-lost');
    const asked = rig.provider.fetch(barsRequest(dayWindow), never);
    rig.clock.skip(minute);
    expect(expectRows(await asked).rows.length).toBe(390);
  });

  it('brings a rejection of an order that is not JSON does not end the process', async () => {
    const { port, socket, connections } = await mutedGateway();
    const { provider, notices } = createAdapter(port);
    expect(await provider.open(never)).toBeNull();
    socket().once('data', () => socket().write(frame(4, 2, 5, 201, 'Order rejected', '{not json')));
    expect(await provider.fetch(pointRequest('contracts'), never)).toMatchObject({ failure: { kind: 'retryable' } });
    expect(connections()).toBe(1);
    expect(notices.at(-1)).toMatchObject({ kind: 'connection-lost' });
  });
});

describe('when the gateway loses its link to IB', () => {
  it.each([true, false])('everything waits until it is back (data kept: %s)', async (dataKept) => {
    const rig = await openRig({ director: after(minute, { kind: 'link-lost', duration: hour, dataKept }) });
    rig.clock.skip(minute);
    await expect.poll(() => rig.notices.at(-1)).toMatchObject({ kind: 'link-lost', code: 1100 });
    const asked = rig.provider.fetch(barsRequest(dayWindow), never);
    await systemClock.sleepUntil(systemClock.now() + 50);
    expect(rig.gateway.statistics().requests).not.toHaveProperty('historical');
    rig.clock.skip(hour);
    expect((await asked).kind).toBe('rows');
    expect(rig.notices.at(-1)).toMatchObject({ kind: 'link-restored', code: dataKept ? 1102 : 1101 });
  });

  it('what is under way is given back, and what waits too long as well', async () => {
    const rig = await openRig({
      director: {
        actionsFor: ({ kind }) => (kind === 'request' ? [{ kind: 'delay', duration: hour }] : []),
        timedActions: () => [{ after: minute, action: { kind: 'link-lost', duration: 2 * day, dataKept: true } }],
      },
    });
    const underWay = rig.provider.fetch(barsRequest(dayWindow), never);
    await expect.poll(() => rig.gateway.statistics().requests).toMatchObject({ historical: 1 });
    rig.clock.skip(minute);
    expect(await underWay).toMatchObject({
      failure: { kind: 'retryable', code: '1100' },
    });
    const late = rig.provider.fetch(barsRequest(dayWindow), never);
    rig.clock.skip(day);
    expect(await late).toMatchObject({
      failure: { kind: 'retryable', code: 'held', retryAfter: expect.any(Number) as number },
    });
  });
});

describe('when a farm is down', () => {
  it('requests of its kind wait, and others go', async () => {
    const rig = await openRig({ director: after(minute, { kind: 'farm-down', farm: 'historical', duration: hour }) });
    rig.clock.skip(minute);
    await expect.poll(() => rig.notices.at(-1)?.code).toBe(2105);
    const waiting = rig.provider.fetch(barsRequest(dayWindow), never);
    expect((await rig.provider.fetch(pointRequest('contracts'), never)).kind).toBe('rows');
    expect(rig.gateway.statistics().requests).not.toHaveProperty('historical');
    rig.clock.skip(hour);
    expect((await waiting).kind).toBe('rows');
    expect(rig.notices.map(({ code }) => code)).toEqual([null, 2105, 2106]);
  });
});

it('raises the alarm about any message about an order, and drops other late answers', async () => {
  const { port, socket } = await mutedGateway();
  const { provider, notices } = createAdapter(port);
  expect(await provider.open(never)).toBeNull();
  socket().write(frame(4, 2, 99, 366, 'No historical data query found for ticker id:99', ''));
  socket().write(frame(4, 2, 99, 201, 'Order rejected for DU1234567', ''));
  await expect.poll(() => notices.length).toBe(2);
  expect(notices[1]).toMatchObject({ kind: 'alarm', code: 201, message: 'Order rejected for DU***67' });
});

it('follows a gateway to another port', async () => {
  const rig = await startRig();
  onTestFinished(rig.stop);
  const { port, socket } = await mutedGateway();
  const { provider, notices } = createAdapter(port);
  expect(await provider.open(never)).toBeNull();
  const text = `TWS socket port has been reset and this connection is being dropped. Please reconnect on the new port -${rig.gateway.port}`;
  socket().write(frame(4, 2, -1, 1300, text, ''));
  await expect.poll(() => notices.map(({ kind }) => kind)).toContain('port-changed');
  expect((await provider.fetch(pointRequest('contracts'), never)).kind).toBe('rows');
  expect(notices.map(({ kind }) => kind)).toEqual(['connected', 'port-changed', 'connected']);
});

describe('closing', () => {
  const listActiveHandles = (): readonly string[] =>
    process
      .getActiveResourcesInfo()
      .filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap' && name !== 'MessagePort');

  it('stops what is open at the gateway, and leaves no socket and no timer', async () => {
    const rig = await startRig({ director: actOnRequest('historical', { kind: 'silence' }) });
    onTestFinished(rig.stop);
    expect(await rig.provider.open(never)).toBeNull();
    const waiting = [
      rig.provider.fetch(barsRequest(dayWindow), never),
      rig.provider.fetch(snapshot(nearTheMoney(20)), never),
      rig.provider.fetch(pointRequest('quotes'), never),
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
    // The library's queue keeps a timer for a tenth of a second after each message.
    while (listActiveHandles().length > 1) await systemClock.sleepUntil(systemClock.now() + 20);
    expect(listActiveHandles()).toEqual(['TCPServerWrap']);
    expect(await rig.provider.fetch(barsRequest(dayWindow), never)).toMatchObject({ failure: { kind: 'retryable' } });
  });

  it('ends an attempt to connect', async () => {
    const { port, heard } = await deafServer();
    const { provider } = createAdapter(port);
    const opening = provider.open(never);
    await expect.poll(heard).toBeGreaterThan(0);
    await provider.close();
    expect(await opening).toMatchObject({ code: 'stopped' });
  });
});
