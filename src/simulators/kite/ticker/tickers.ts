import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../../core/clock.js';
import { second } from '../../../core/time.js';
import type { Instant } from '../../../core/time.js';
import type { Market } from '../../../market/market.js';
import { indianStamp } from '../india-time.js';
import type { DumpAt } from '../instruments/dump.js';
import type { Logins } from '../logins.js';
import { pricesOf } from '../prices.js';
import type { Tally } from '../statistics.js';
import { readCommand } from './commands.js';
import { heartbeat, message } from './packets.js';
import { createSubscriptions, showAt } from './subscriptions.js';
import type { ShowToken, Subscriptions } from './subscriptions.js';

/** At most so many sockets of one API key at once. */
export const mostSockets = 3;

/** How often prices are looked at. */
const every = second;

/** A message of a client is a list of tokens: anything longer than this is none. */
const longestMessage = 1 << 20;

/** What a socket does beside being well. */
export type TickerManner = 'well' | 'silent' | 'mute' | 'empty' | 'garbage' | 'breaks-off';

/** The streams of all clients. */
export interface Tickers {
  /** How many sockets are open. */
  count(): number;
  /** Turns a connection whose request was found good into a stream. */
  open(client: TickerClient): void;
  /** Leaves all sockets open and neither reads nor says anything on them any more. */
  muteAll(): void;
  close(): void;
}

/** A client that wants to be streamed to. */
export interface TickerClient {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly apiKey: string;
  readonly accessToken: string;
  readonly manner: TickerManner;
  /** Told what the client says that is not understood. */
  readonly complain: (text: string) => void;
}

/** What streams are made from. */
export interface TickerParts {
  readonly market: Market;
  readonly clock: Clock;
  readonly marketTime: () => Instant;
  readonly logins: Logins;
  readonly dumpAt: DumpAt;
  readonly tally: Tally;
}

interface Stream extends TickerClient {
  readonly webSocket: WebSocket;
  readonly subscriptions: Subscriptions;
  manner: TickerManner;
}

export function createTickers({ market, clock, marketTime, logins, dumpAt, tally }: TickerParts): Tickers {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: longestMessage });
  const prices = pricesOf(market);
  const streams = new Set<Stream>();
  const closing = new AbortController();
  let running = false;

  async function run(): Promise<void> {
    while (streams.size > 0 && !closing.signal.aborted) {
      const next = clock.now() + every;
      const show = showAt(dumpAt, prices, marketTime());
      for (const stream of streams) tick(stream, show);
      await clock.sleepUntil(next, closing.signal);
    }
  }

  function start(): void {
    if (running) return;
    running = true;
    run()
      .catch((error: unknown) => {
        // Closing is the one thing that wakes a sleeper with an error.
        if (!closing.signal.aborted) throw error;
      })
      .finally(() => (running = false));
  }

  function tick(stream: Stream, show: ShowToken): void {
    if (!logins.isValid(stream.apiKey, stream.accessToken)) {
      stream.webSocket.close(1008, 'Session expired');
      return;
    }
    const quiet = stream.manner === 'empty' || (stream.manner === 'well' && !sendNews(stream, show));
    if (quiet) stream.webSocket.send(heartbeat);
    else if (stream.manner === 'garbage') stream.webSocket.send(Buffer.from(notPackets));
  }

  function sendNews(stream: Stream, show: ShowToken, only?: readonly number[]): boolean {
    const packets = stream.subscriptions.news(show, only);
    if (packets.length === 0) return false;
    tally.ticks(packets.length);
    stream.webSocket.send(message(packets));
    return true;
  }

  function hear(stream: Stream, text: string): void {
    if (stream.manner === 'mute') return;
    const command = readCommand(text);
    const { fresh, refused } = command.ok
      ? stream.subscriptions.obey(command.value)
      : { fresh: [], refused: command.error };
    if (stream.manner === 'well') sendNews(stream, showAt(dumpAt, prices, marketTime()), fresh);
    if (refused === null) return;
    stream.complain(refused);
    if (stream.manner === 'well') sendText(stream, { type: 'error', data: refused });
  }

  function greet(stream: Stream): void {
    const dump = dumpAt(marketTime());
    const count = dump.rows().length;
    sendText(stream, { type: 'instruments_meta', data: { count, etag: `W/"${dump.date}-${count.toString(16)}"` } });
    sendText(stream, { type: 'app_code', timestamp: indianStamp(marketTime()).replace(/(\d\d)$/, ':$1') });
  }

  function mute(stream: Stream): void {
    stream.manner = 'mute';
    stream.socket.pause();
  }

  return {
    count: () => streams.size,
    open(client) {
      server.handleUpgrade(client.request, client.socket, client.head, (webSocket) => {
        const stream: Stream = { ...client, webSocket, subscriptions: createSubscriptions() };
        streams.add(stream);
        tally.tickers.total++;
        tally.tickers.open++;
        webSocket.on('message', (data) => hear(stream, textOf(data)));
        // What is wrong with a frame is followed by a close.
        webSocket.on('error', ({ message: text }) => stream.complain(text));
        webSocket.on('close', () => {
          if (streams.delete(stream)) tally.tickers.open--;
        });
        if (client.manner === 'mute') mute(stream);
        if (client.manner === 'breaks-off') client.socket.end(brokenFrame, () => client.socket.destroy());
        if (client.manner === 'well') greet(stream);
        start();
      });
    },
    muteAll: () => streams.forEach(mute),
    close() {
      closing.abort();
      for (const { socket } of streams) socket.destroy();
    },
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}

function sendText({ webSocket }: Stream, text: object): void {
  webSocket.send(JSON.stringify(text));
}

/** Says that it has 65,535 packets, and has none. */
const notPackets: readonly number[] = [0xff, 0xff, 0xff, 0xff, 0x00, 0x01, 0x02];

/** A binary frame of 126 bytes and more that ends after a few of them. */
const brokenFrame: Buffer = Buffer.from([0x82, 0x7e, 0x00, 0xba, 0x00, 0x01, 0x00, 0xb8, 0x00, 0x06, 0x3a]);
