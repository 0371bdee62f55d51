import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { systemClock } from '../../../src/core/time/clock.js';
import type { Instant } from '../../../src/core/time/time.js';
import { createMarket } from '../../../src/market/market.js';
import { noFaults } from '../../../src/config/scenario/engine/scenario-engine.js';
import type { Action, ScenarioEngine } from '../../../src/config/scenario/scenario.js';
import type { SimulatorEvent } from '../../../src/simulators/simulator-event.js';
import type { TwsSimulatorOptions } from '../../../src/simulators/tws/simulator-options.js';
import { startTwsSimulator } from '../../../src/simulators/tws/simulator.js';
import type { TwsSimulator } from '../../../src/simulators/tws/simulator.js';
import { decodeFields, encodeFrame, createFrameReader } from '../../../src/simulators/tws/wire/frames.js';
import { handshakePrefix } from '../../../src/simulators/tws/wire/handshake.js';

/** Wednesday, 18 November 2026, an hour and a half after the open in New York. */
export const duringSession: Instant = Date.parse('2026-11-18T16:00:00Z');
/** The evening of that day. */
export const afterClose: Instant = Date.parse('2026-11-19T02:00:00Z');

export const market = createMarket({ settings: { seed: 7, volatility: null, basePrices: {} }, getCalendar });

/** Starts a gateway that closes at the end of the test. */
export async function startGateway(
  options: Partial<TwsSimulatorOptions> = {},
): Promise<TwsSimulator & { readonly events: SimulatorEvent[] }> {
  const events: SimulatorEvent[] = [];
  const started = await startTwsSimulator({
    host: '127.0.0.1',
    port: 0,
    serverVersion: 176,
    account: 'DU1234567',
    market,
    calendarOf: getCalendar,
    clock: systemClock,
    marketTime: () => duringSession,
    scenarioEngine: noFaults,
    pacing: 'strict',
    // Tests of limits must not depend on how busy the machine is.
    measureStall: () => 0,
    emit: (event) => events.push(event),
    ...options,
  });
  if (!started.ok) throw new Error(started.error.message);
  onTestFinished(() => started.value.close());
  return Object.assign(started.value, { events });
}

/** Performs the same actions on every request of a type. */
export function onRequest(request: string, ...actions: readonly Action[]): ScenarioEngine {
  return {
    actionsFor: (occasion) => (occasion.kind === 'request' && occasion.request === request ? actions : []),
    timedActions: () => [],
  };
}

/** Performs the same actions on every connection. */
export function onConnect(...actions: readonly Action[]): ScenarioEngine {
  return { actionsFor: (occasion) => (occasion.kind === 'connect' ? actions : []), timedActions: () => [] };
}

/** A client that sends and receives raw fields. */
export interface RawClient {
  readonly socket: Socket;
  readonly received: (readonly string[])[];
  send(...fields: readonly (string | number)[]): void;
  /** Returns the next message that matches, after the last one returned. */
  next(wanted: (fields: readonly string[]) => boolean, timeout?: number): Promise<readonly string[]>;
  /** Returns the next message with an id. */
  message(id: number, timeout?: number): Promise<readonly string[]>;
  /** Returns all messages up to and including the next one with an id. */
  until(id: number): Promise<readonly (readonly string[])[]>;
  readonly closed: Promise<void>;
}

/** Connects and sends only the supported versions. */
export async function connectRaw(port: number, versions: string): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  const received: (readonly string[])[] = [];
  const reader = createFrameReader();
  let nextIndex = 0;
  let wake = (): void => undefined;
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('data', (chunk) => {
    const result = reader.push(chunk);
    if (result.kind === 'bodies') received.push(...result.bodies.map(decodeFields));
    wake();
  });
  await new Promise<void>((resolve) => {
    socket.on('connect', () => resolve());
    socket.on('close', () => resolve());
  });
  socket.write(Buffer.concat([handshakePrefix, lengthPrefixed(versions)]));
  const next: RawClient['next'] = async (wanted, timeout = 300_000) => {
    const deadline = Date.now() + timeout;
    for (;;) {
      for (; nextIndex < received.length; nextIndex++) {
        const fields = received[nextIndex];
        if (fields !== undefined && wanted(fields)) {
          nextIndex++;
          return fields;
        }
      }
      const remaining = deadline - Date.now();
      if (remaining <= 0)
        throw new Error(
          `nothing like it came: ${received.map((fields) => fields.join(',')).join(' | ')}`.slice(0, 2_000),
        );
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, remaining);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  return {
    socket,
    received,
    send: (...fields) => void socket.write(encodeFrame(fields)),
    next,
    message: (id, timeout) => next(([first]) => first === String(id), timeout),
    async until(id) {
      const from = nextIndex;
      await next(([first]) => first === String(id));
      return received.slice(from, nextIndex);
    },
    closed,
  };
}

function lengthPrefixed(text: string): Buffer {
  const result = Buffer.alloc(4 + text.length);
  result.writeUInt32BE(text.length);
  result.write(text, 4);
  return result;
}

/** Connects a client that has received its next valid id and the states of all farms. */
export async function connectClient(port: number, versions = 'v100..193', clientId = 1): Promise<RawClient> {
  const client = await connectRaw(port, versions);
  await client.next(({ length }) => length === 2);
  client.send(71, 2, clientId, '');
  await client.next(([id, , , code]) => id === '4' && code === '2158');
  return client;
}

/** The twelve fields of a contract. */
export function contractFields(contract: Readonly<Record<string, string | number>>): readonly (string | number)[] {
  return [
    'conId',
    'symbol',
    'secType',
    'expiry',
    'strike',
    'right',
    'multiplier',
    'exchange',
    'primaryExchange',
    'currency',
    'localSymbol',
    'tradingClass',
  ].map((name) => contract[name] ?? '');
}

export const apple = { symbol: 'AAPL', secType: 'STK', exchange: 'SMART', currency: 'USD' };

/** The fields of a request for bars. */
export function historicalFields(
  id: number,
  contract: Readonly<Record<string, string | number>>,
  wanted: Readonly<Record<string, string | number>> = {},
): readonly (string | number)[] {
  const { end = '', barSize = '1 day', duration = '5 D', rth = 1, what = 'TRADES', formatDate = 1, keep = 0 } = wanted;
  return [20, id, ...contractFields(contract), 0, end, barSize, duration, rth, what, formatDate, keep, ''];
}

/** The fields of a request for contract details at the versions from 176 on. */
export function detailsFields(
  id: number,
  contract: Readonly<Record<string, string | number>>,
): readonly (string | number)[] {
  return [9, 8, id, ...contractFields(contract), 0, '', '', ''];
}

/** The fields of a request for market data. */
export function quoteFields(
  id: number,
  contract: Readonly<Record<string, string | number>>,
  { generic = '', snapshot = 0 }: { readonly generic?: string; readonly snapshot?: number } = {},
): readonly (string | number)[] {
  return [1, 11, id, ...contractFields(contract), 0, generic, snapshot, 0, ''];
}
