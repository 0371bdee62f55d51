import type { Socket } from 'node:net';
import type { Instant } from '../../core/time.js';
import type { Action } from '../../scenario/scenario.js';
import { usualText } from './error-texts.js';
import type { Gateway } from './gateway.js';
import { errorOf } from './history/service.js';
import { arrivalTimes } from './pacing/arrivals.js';
import { messageRate } from './pacing/message-rate.js';
import { farmNews, openSession } from './session.js';
import type { Session } from './session.js';
import { ignoreAbort } from './waiting.js';
import type { WireOut } from './wire-out.js';
import { fieldsOf, frame, frameReader } from './wire/frames.js';
import { agree, parseGreeting, prelude } from './wire/handshake.js';
import { errorMessage, managedAccounts, nextValidId } from './wire/messages.js';
import { parseRequest } from './wire/requests.js';
import { connectionTime } from './wire/times.js';
import { servedVersions } from './wire/versions.js';

/** One client's connection as the gateway sees it. */
export interface Connection {
  /** Tells the client something that answers no request. */
  announce(code: number, message: string): void;
  /** Forgets its subscriptions. */
  dropData(): void;
  /** Does to it what a scenario wants done to a connection. */
  undergo(action: Extract<Action, { kind: 'drop' | 'half-open' }>): void;
  destroy(): void;
}

/** What a connection asks of those who know the others. */
export interface Desk {
  /** Takes a client id for this connection; false when another one has it. */
  claim(clientId: number): boolean;
  left(): void;
  /** When the process last had nothing to do: what has come in since may have come at any time since. */
  idleSince(): Instant;
}

/** The codes after whose mention TWS hangs up on a client that comes in. */
const goodbyes: ReadonlySet<number> = new Set([326, 502, 503, 504, 506, 507, 1100, 1300]);

/** Talks to one client. `actions` is what the scenario does when it comes in. */
export function serve(
  socket: Socket,
  number: number,
  gateway: Gateway,
  desk: Desk,
  actions: readonly Action[],
): Connection {
  const { parts } = gateway;
  const { clock } = parts;
  const reader = frameReader();
  const rate = messageRate();
  const ended = new AbortController();
  const waiting: { readonly body: Buffer; readonly at: Instant }[] = [];
  let greeting: Buffer | null = Buffer.alloc(0);
  let version: number | null = null;
  let paced = true;
  let session: Session | null = null;
  let frozen = false;
  let behind = false;

  const slow = actions.reduce((total, action) => total + (action.kind === 'slow-accept' ? action.for : 0), 0);
  const deed = actions.find(({ kind }) => kind === 'drop' || kind === 'half-open' || kind === 'error');

  function write(bytes: Buffer): void {
    if (frozen || socket.destroyed || socket.writableEnded || bytes.length === 0) return;
    if (socket.write(bytes) || behind) return;
    // Whoever does not read is not listened to either, so that answers do not pile up.
    behind = true;
    socket.pause();
    socket.once('drain', () => {
      behind = false;
      work();
      if (!out.isBehind() && !frozen) socket.resume();
    });
  }

  function say(code: number, message: string): void {
    if (version !== null) write(errorMessage(version, -1, code, message));
  }

  function freeze(): void {
    frozen = true;
    session?.end();
    socket.pause();
  }

  const out: WireOut = {
    number,
    get version() {
      return version ?? servedVersions.lowest;
    },
    isBehind: () => behind,
    send: (frames) => write(frames.length === 1 ? (frames[0] ?? Buffer.alloc(0)) : Buffer.concat(frames)),
    refuse(id, code, message, word) {
      if (version === null) return;
      write(errorMessage(version, id, code, message));
      if (word === null) return;
      parts.emit({ kind: 'refused', at: clock.now(), connection: number, request: word, code: String(code), message });
    },
    breakOff(frames) {
      const bytes = Buffer.concat(frames);
      if (bytes.length === 0) {
        socket.destroy();
        return;
      }
      if (!frozen) socket.end(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => socket.destroy());
      session?.end();
    },
    freeze,
    close: () => socket.end(),
  };

  /** The first words: the version that both speak. False when there is none, or when the scenario has other plans. */
  function greet(body: Buffer): boolean {
    const wanted = parseGreeting(body.toString('utf8'));
    const agreed = wanted === null ? null : agree(wanted, parts.serverVersion, servedVersions.lowest);
    if (wanted === null || agreed === null) {
      socket.destroy();
      return false;
    }
    version = agreed;
    paced = !wanted.options.includes('PACEAPI');
    const hello = frame([agreed, connectionTime(parts.marketTime())]);
    if (deed?.kind === 'half-open') {
      freeze();
      return false;
    }
    if (deed?.kind === 'drop') {
      out.breakOff(deed.midMessage ? [hello] : []);
      return false;
    }
    write(hello);
    return true;
  }

  function start(clientId: number): void {
    if (!desk.claim(clientId)) {
      say(326, usualText(326, ''));
      socket.end();
      return;
    }
    if (deed?.kind === 'error') {
      const { code, message } = errorOf(deed, '');
      say(code, message);
      if (goodbyes.has(code)) {
        socket.end();
        return;
      }
    }
    session = openSession(gateway, out);
    out.send([managedAccounts(parts.account), nextValidId(1)]);
    for (const news of farmNews(gateway.outages)) say(news, usualText(news, ''));
  }

  /** Counts a message; false when it is one too many and has been told so. */
  function isWithinRate(at: Instant): boolean {
    if (parts.pacing === 'off' || !paced) return true;
    const verdict = rate.arrive(at);
    if (verdict.kind === 'within') return true;
    const message = `Max rate of messages per second has been exceeded:max=50 rec=${verdict.received} (${verdict.times})`;
    gateway.tally.violation('message-rate');
    parts.emit({ kind: 'violation', at, connection: number, rule: 'message-rate', message });
    say(100, message);
    if (verdict.final) socket.end();
    return false;
  }

  function hear(body: Buffer, at: Instant): void {
    if (version === null) {
      greet(body);
      return;
    }
    if (frozen || socket.writableEnded || !isWithinRate(at)) return;
    const parsed = parseRequest(fieldsOf(body), version);
    if (parsed.kind === 'unreadable') {
      parts.emit({ kind: 'violation', at, connection: number, rule: 'protocol', message: parsed.problem });
      write(errorMessage(version, parsed.id, 320, parsed.problem));
      return;
    }
    const { request } = parsed;
    if (request.kind === 'start') {
      if (session === null) start(request.clientId);
      return;
    }
    // What comes before the start of the API is lost, as at the real one.
    session?.handle(request);
  }

  function receive(chunk: Buffer): void {
    let bytes = chunk;
    if (greeting !== null) {
      greeting = Buffer.concat([greeting, chunk]);
      if (greeting.length < prelude.length) {
        if (!prelude.subarray(0, greeting.length).equals(greeting)) socket.destroy();
        return;
      }
      if (!greeting.subarray(0, prelude.length).equals(prelude)) {
        socket.destroy();
        return;
      }
      bytes = greeting.subarray(prelude.length);
      greeting = null;
    }
    const received = reader.push(bytes);
    if (received.kind === 'too-long') {
      say(507, 'Bad Message Length');
      socket.destroy();
      return;
    }
    const times = arrivalTimes(desk.idleSince(), clock.now(), received.bodies.length);
    for (const [index, body] of received.bodies.entries()) waiting.push({ body, at: times[index] ?? clock.now() });
    work();
  }

  /** Hears what has come in, as far as the client keeps up with the answers. */
  function work(): void {
    let heard = 0;
    while (heard < waiting.length && !behind && !frozen && !socket.destroyed) {
      const next = waiting[heard++];
      if (next !== undefined) hear(next.body, next.at);
    }
    waiting.splice(0, heard);
  }

  socket.setNoDelay(true);
  socket.on('data', receive);
  // A reset by the client is news of its leaving, told by `close`.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    ended.abort();
    session?.end();
    desk.left();
    gateway.tally.disconnected();
    parts.emit({ kind: 'disconnected', at: clock.now(), connection: number });
  });
  if (slow > 0) {
    socket.pause();
    const wake = async (): Promise<void> => {
      await clock.sleepUntil(clock.now() + slow, ended.signal);
      if (!frozen) socket.resume();
    };
    ignoreAbort(wake(), ended.signal);
  }
  gateway.tally.connected();
  parts.emit({ kind: 'connected', at: clock.now(), connection: number, from: socket.remoteAddress ?? '' });

  return {
    announce: say,
    dropData: () => session?.drop(),
    undergo(action) {
      if (action.kind === 'half-open') freeze();
      else
        out.breakOff(
          action.midMessage && version !== null ? [errorMessage(version, -1, 2106, usualText(2106, ''))] : [],
        );
    },
    destroy: () => socket.destroy(),
  };
}
