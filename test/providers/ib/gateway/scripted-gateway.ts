import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { Instant } from '../../../../src/core/time/time.js';
import { createIbProvider } from '../../../../src/providers/ib/provider.js';
import type { IbNotice } from '../../../../src/providers/ib/notice.js';
import type { IbSettings } from '../../../../src/providers/ib/settings.js';
import { getCalendar } from '../../../../src/calendar/calendars.js';
import { afterClose, createClockAt, never, quickTimings } from '../rig.js';

/** Starts a server that is closed, with its sockets, when the test ends. */
export async function startServer(serve: (socket: Socket) => void): Promise<number> {
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

/** A message of the protocol: a length and fields that each end with a NUL. */
export function frame(...fields: readonly (string | number)[]): Buffer {
  return rawFrame(`${fields.join('\0')}\0`);
}

/** A length and any text. */
export function rawFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** A provider for the program that listens on a port; its clock stands at `at` and runs. */
export function createProvider(port: number, settings: Partial<IbSettings> = {}, at: Instant = afterClose) {
  const notices: IbNotice[] = [];
  const clock = createClockAt(at);
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

/** A request as the gateway received it. */
export interface ReceivedRequest {
  readonly kind: 'details' | 'parameters' | 'history' | 'ticks' | 'head' | 'cancel' | 'other';
  readonly id: number;
  readonly fields: readonly string[];
}

const requestKinds: ReadonlyMap<string, readonly [ReceivedRequest['kind'], idField: number]> = new Map([
  ['9', ['details', 2]],
  ['78', ['parameters', 1]],
  ['20', ['history', 1]],
  ['1', ['ticks', 2]],
  ['87', ['head', 1]],
  ['2', ['cancel', 2]],
  ['25', ['cancel', 2]],
  ['90', ['cancel', 1]],
]);

function toRequest(fields: readonly string[]): ReceivedRequest {
  const [kind, idField] = requestKinds.get(fields[0] ?? '') ?? ['other', 1];
  return { kind, id: Number(fields[idField]), fields };
}

/** A gateway that completes the handshake and answers as a test says. */
export interface ScriptedGateway {
  readonly port: number;
  readonly received: readonly ReceivedRequest[];
  /** Sends bytes on the last connection. */
  readonly send: (...chunks: readonly Buffer[]) => void;
  readonly socket: () => Socket;
  readonly connections: () => number;
}

export async function startScriptedGateway(
  onRequest: (request: ReceivedRequest, gateway: ScriptedGateway) => void = () => undefined,
): Promise<ScriptedGateway> {
  const sockets: Socket[] = [];
  const received: ReceivedRequest[] = [];
  const port = await startServer((socket) => {
    sockets.push(socket);
    socket.write(frame(178, '20261118 10:00:00 EST'));
    socket.write(frame(15, 1, 'DU1234567'));
    socket.write(frame(9, 1, 1));
    let bytes = Buffer.alloc(0);
    let hasGreeted = false;
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!hasGreeted && bytes.length >= 4) {
        hasGreeted = true;
        bytes = bytes.subarray(4);
      }
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
        const end = 4 + bytes.readUInt32BE();
        const fields = bytes.subarray(4, end).toString().split('\0');
        bytes = bytes.subarray(end);
        const request = toRequest(fields);
        if (request.kind === 'other') {
          // The time, which the adapter asks for before it closes.
          if (fields[0] === '49') socket.write(frame(49, 1, 1_795_000_000));
          continue;
        }
        received.push(request);
        onRequest(request, gateway);
      }
    });
  });
  const gateway: ScriptedGateway = {
    port,
    received,
    send: (...chunks) => void gateway.socket().write(Buffer.concat(chunks)),
    socket: () => sockets.at(-1) ?? expect.unreachable(),
    connections: () => sockets.length,
  };
  return gateway;
}

/** Opens a provider on a gateway that answers as the test says. */
export async function openScripted(onRequest?: Parameters<typeof startScriptedGateway>[0], at?: Instant) {
  const gateway = await startScriptedGateway(onRequest);
  const opened = createProvider(gateway.port, {}, at);
  const result = await opened.provider.open(never);
  if (!result.ok) expect.fail(result.error.message);
  return { gateway, ...opened };
}

/** A bar as the gateway sends it: date, open, high, low, close, volume, average, count. */
export type BarFields = readonly [date: string | number, ...values: (string | number)[]];

/** A bar at a time, with plausible values. */
export function barAt(date: string | number): BarFields {
  return [date, 10, 12, 9, 11, 100, 10.5, 7];
}

/** The answer to a request for bars. */
export function barsFrame(
  id: number | string,
  bars: readonly BarFields[],
  announced: number | string = bars.length,
): Buffer {
  const fields = [17, id, '20261117  09:30:00', '20261117  16:00:00', announced, ...bars.flat()];
  return rawFrame(`${fields.join('\0')}\0`);
}

export function errorFrame(id: number, code: number, text: string): Buffer {
  return frame(4, 2, id, code, text, '');
}

/** The answer to a request for contract details at version 178, in two messages. */
export function detailsFrames(id: number): Buffer {
  const fields = [
    10,
    id,
    'AAPL',
    'STK',
    '',
    0,
    '',
    'SMART',
    'USD',
    'AAPL',
    'NMS',
    'NMS',
    265598,
    0.01,
    '',
    'LMT',
    'SMART',
  ];
  const names = [
    1,
    0,
    'APPLE INC',
    'NASDAQ',
    '',
    'Technology',
    'Computers',
    'Computers',
    'US/Eastern',
    '',
    '',
    '',
    0,
    0,
  ];
  const rest = [1, '', '', '26', '', 'COMMON', 1, 1, 100];
  return Buffer.concat([frame(...fields, ...names, ...rest), frame(52, 1, id)]);
}
