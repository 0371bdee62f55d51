import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../../core/time/clock.js';
import { second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { Market } from '../../../market/market.js';
import { formatIndianTimestamp } from '../india-time.js';
import type { GetDump } from '../instruments/instrument-dump.js';
import type { Logins } from '../login/logins.js';
import { createPrices } from '../market-data/prices.js';
import type { KiteCounters } from '../statistics.js';
import { parseCommand } from './ticker-command.js';
import { heartbeat, encodeMessage } from './packets.js';
import { createSubscriptions, createPacketLookup } from './subscriptions.js';
import type { PacketLookup, Subscriptions } from './subscriptions.js';

/** Maximum open sockets of one API key. */
export const maxSockets = 3;

const tickInterval = second;

/** Largest accepted message; commands are lists of tokens. */
const maxMessageBytes = 1 << 20;

/** Fault of a socket; `none` streams normally. */
export type TickerFault = 'none' | 'no-response' | 'half-open' | 'empty' | 'garbage' | 'drop';

/** Streams of all clients. */
export interface TickerServer {
  /** Returns the number of open sockets. */
  count(): number;
  /** Upgrades a connection whose request was accepted to a stream. */
  open(client: TickerClient): void;
  /** Mutes all sockets: they stay open but are neither read nor written. */
  muteAll(): void;
  close(): void;
}

/** A client that requests a stream. */
export interface TickerClient {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly apiKey: string;
  readonly accessToken: string;
  readonly fault: TickerFault;
  /** Called with the problem of an invalid message. */
  readonly onViolation: (text: string) => void;
}

/** Dependencies of `createTickerServer`. */
export interface TickerServerDeps {
  readonly market: Market;
  readonly clock: Clock;
  readonly marketTime: () => Instant;
  readonly logins: Logins;
  readonly getDump: GetDump;
  readonly counters: KiteCounters;
}

interface Stream extends TickerClient {
  readonly webSocket: WebSocket;
  readonly subscriptions: Subscriptions;
  fault: TickerFault;
}

export function createTickerServer({
  market,
  clock,
  marketTime,
  logins,
  getDump,
  counters,
}: TickerServerDeps): TickerServer {
  const webSocketServer = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
  });
  const prices = createPrices(market);
  const streams = new Set<Stream>();
  const closing = new AbortController();
  let isRunning = false;

  async function runTicks(): Promise<void> {
    while (streams.size > 0 && !closing.signal.aborted) {
      const nextTick = clock.now() + tickInterval;
      const lookUpPacket = createPacketLookup(getDump, prices, marketTime());
      for (const stream of streams) tick(stream, lookUpPacket);
      await clock.sleepUntil(nextTick, closing.signal);
    }
  }

  function ensureRunning(): void {
    if (isRunning) return;
    isRunning = true;
    runTicks()
      .catch((error: unknown) => {
        // Only closing the simulator aborts the sleep.
        if (!closing.signal.aborted) throw error;
      })
      .finally(() => (isRunning = false));
  }

  function tick(stream: Stream, lookUpPacket: PacketLookup): void {
    if (!logins.isValid(stream.apiKey, stream.accessToken)) {
      stream.webSocket.close(1008, 'Session expired');
      return;
    }
    const isQuiet = stream.fault === 'empty' || (stream.fault === 'none' && !sendChanges(stream, lookUpPacket));
    if (isQuiet) stream.webSocket.send(heartbeat);
    else if (stream.fault === 'garbage') stream.webSocket.send(Buffer.from(garbageFrame));
  }

  function sendChanges(stream: Stream, lookUpPacket: PacketLookup, selectedTokens?: readonly number[]): boolean {
    const packets = stream.subscriptions.takeChangedPackets(lookUpPacket, selectedTokens);
    if (packets.length === 0) return false;
    counters.ticks(packets.length);
    stream.webSocket.send(encodeMessage(packets));
    return true;
  }

  function handleMessage(stream: Stream, text: string): void {
    if (stream.fault === 'half-open') return;
    const command = parseCommand(text);
    const { changedTokens, rejection } = command.ok
      ? stream.subscriptions.apply(command.value)
      : { changedTokens: [], rejection: command.error };
    if (stream.fault === 'none') sendChanges(stream, createPacketLookup(getDump, prices, marketTime()), changedTokens);
    if (rejection === null) return;
    stream.onViolation(rejection);
    if (stream.fault === 'none') sendText(stream, { type: 'error', data: rejection });
  }

  function sendHello(stream: Stream): void {
    const dump = getDump(marketTime());
    const count = dump.rows().length;
    sendText(stream, { type: 'instruments_meta', data: { count, etag: `W/"${dump.date}-${count.toString(16)}"` } });
    sendText(stream, { type: 'app_code', timestamp: formatIndianTimestamp(marketTime()).replace(/(\d\d)$/, ':$1') });
  }

  function muteStream(stream: Stream): void {
    stream.fault = 'half-open';
    stream.socket.pause();
  }

  return {
    count: () => streams.size,
    open(client) {
      webSocketServer.handleUpgrade(client.request, client.socket, client.head, (webSocket) => {
        const stream: Stream = { ...client, webSocket, subscriptions: createSubscriptions() };
        streams.add(stream);
        counters.tickers.total++;
        counters.tickers.open++;
        webSocket.on('message', (data) => handleMessage(stream, decodeText(data)));
        // A close follows every frame error.
        webSocket.on('error', ({ message: text }) => stream.onViolation(text));
        webSocket.on('close', () => {
          if (streams.delete(stream)) counters.tickers.open--;
        });
        if (client.fault === 'half-open') muteStream(stream);
        if (client.fault === 'drop') client.socket.end(truncatedFrame, () => client.socket.destroy());
        if (client.fault === 'none') sendHello(stream);
        ensureRunning();
      });
    },
    muteAll: () => streams.forEach(muteStream),
    close() {
      closing.abort();
      for (const { socket } of streams) socket.destroy();
    },
  };
}

function decodeText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}

function sendText({ webSocket }: Stream, text: object): void {
  webSocket.send(JSON.stringify(text));
}

/** Announces 65,535 packets and contains none. */
const garbageFrame: readonly number[] = [0xff, 0xff, 0xff, 0xff, 0x00, 0x01, 0x02];

/** Announces a binary frame of 186 bytes and ends after a few of them. */
const truncatedFrame: Buffer = Buffer.from([0x82, 0x7e, 0x00, 0xba, 0x00, 0x01, 0x00, 0xb8, 0x00, 0x06, 0x3a]);
