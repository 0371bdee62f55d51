import type { Clock } from '../../core/clock.js';
import type { Failure } from '../../core/failure.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { Duration, Instant } from '../../core/time.js';
import { second } from '../../core/time.js';
import { meaningOf } from './codes.js';
import type { FarmClass } from './codes.js';
import type { ConnectProblem } from './connect-problem.js';
import { connectProblem } from './connect-problem.js';
import type { Answer, Question } from './question.js';
import { unheard } from './question.js';
import { createRegistry } from './registry.js';
import type { IbDataType, IbTimings } from './settings.js';
import { openWire } from './wire.js';
import type { Wire } from './wire.js';

/** One connection to the gateway, from the end of its handshake to its end. It does not come back. */
export interface Session {
  readonly serverVersion: number;
  readonly accounts: readonly string[];
  ask<T>(question: Question<T>, signal: AbortSignal): Promise<Answer<T>>;
  dataType(type: IbDataType): void;
  /** Asks for the gateway's time, and how far it is ahead of ours; null when it does not answer in time. */
  timeAhead(within: Duration): Promise<Duration | null>;
  /** Ends the open requests of some class, or all of them, as failed, at the gateway too. */
  failAll(failure: Failure, farm: FarmClass | null): void;
  isOpen(): boolean;
  /** Gives up the connection at once; open requests fail with this. */
  abandon(failure: Failure): void;
  /** Stops every open request at the gateway, disconnects, and resolves when the socket is gone. */
  close(): Promise<void>;
}

/** What a session tells its owner. */
export interface SessionParts {
  readonly place: { readonly host: string; readonly port: number; readonly clientId: number };
  readonly timings: IbTimings;
  readonly clock: Clock;
  readonly nextId: () => number;
  /** A message that belongs to no request. */
  message(code: number, text: string): void;
  /** The line is gone although nobody here has closed it. */
  lost(why: string): void;
}

/** The library's own code for what it cannot decode. */
const unreadable = 505;

/** How long the last messages may take to be read on the other side before we hang up. */
const farewell: Duration = 2 * second;

/**
 * The oldest gateway we speak to: 10.16 of 2022, which reads times in UTC and counts sizes in shares.
 */
export const oldestServerVersion = 165;

/** Connects and goes through the handshake, or says what stood in the way. */
export async function openSession(parts: SessionParts, signal: AbortSignal): Promise<Result<Session, ConnectProblem>> {
  const { place, timings, clock } = parts;
  const registry = createRegistry(parts.nextId);
  const over = new AbortController();
  let state: 'opening' | 'open' | 'closing' | 'closed' = 'opening';
  let lastLife: Instant = clock.now();
  let serverVersion = 0;
  const accounts: string[] = [];
  let hasAccounts = false;
  let hasId = false;
  const timeAsked: ((epochSeconds: number) => void)[] = [];
  let opened: (problem: ConnectProblem | null) => void = () => undefined;
  const handshake = new Promise<ConnectProblem | null>((resolve) => (opened = resolve));
  let gone: () => void = () => undefined;
  const socketGone = new Promise<void>((resolve) => (gone = resolve));

  const finishHandshake = (): void => {
    if (hasAccounts && hasId) opened(null);
  };
  const problem = (kind: ConnectProblem['kind'], detail = ''): void => opened(connectProblem(kind, place, detail));
  const end = (failure: Failure): void => {
    state = 'closed';
    over.abort();
    registry.failAll(failure, null, null);
    wire.close();
  };
  const lose = (why: string): void => {
    if (state !== 'open') return;
    end({ kind: 'retryable', code: 'disconnected', message: why });
    parts.lost(why);
  };

  const wire: Wire = await openWire(place, {
    server(version) {
      serverVersion = version;
      if (version < oldestServerVersion) problem('too-old', String(version));
    },
    accounts(list) {
      accounts.splice(0, accounts.length, ...list.split(',').filter((account) => account !== ''));
      hasAccounts = true;
      finishHandshake();
    },
    nextId() {
      hasId = true;
      finishHandshake();
    },
    time(epochSeconds) {
      for (const tell of timeAsked.splice(0)) tell(epochSeconds);
    },
    life: () => (lastLife = clock.now()),
    heard(id, what) {
      // A message about an order is no answer to anything of ours, whatever its number.
      if (what.kind === 'error' && meaningOf(what.code, what.message).kind === 'alarm')
        parts.message(what.code, what.message);
      else registry.hear(id, what);
    },
    message(code, text) {
      // The library could not make sense of a message; whose answer it was, nobody knows.
      if (code === unreadable && /underrun|no parser/i.test(text)) {
        // The library names the kind of a message by the text it has not found for it.
        const reason = text.replace(/: undefined \(\w+\)/, '');
        problem('broken', reason);
        lose(`a message of the gateway could not be read: ${reason}`);
        return;
      }
      if (state === 'open') parts.message(code, text);
      if (state !== 'opening') return;
      // Before the handshake is done a message either explains why there will be none, or is for later.
      if (code === 326) problem('client-id-taken');
      else if (code === 502 || code === 504) problem(networkProblem(text), text);
      else if (code === 503 || code === 506) problem('too-old', String(serverVersion));
      else parts.message(code, text);
    },
    closed() {
      problem(serverVersion === 0 ? 'hung-up' : 'unfinished');
      lose('the gateway closed the connection');
      gone();
    },
    broken(why) {
      problem('broken', why);
      lose(why);
    },
  });

  const until = clock.now() + timings.connect;
  const waiting = AbortSignal.any([signal, over.signal]);
  const deadline = clock.sleepUntil(until, waiting).then(
    () => problem(serverVersion === 0 ? 'silent' : 'unfinished'),
    () => problem('stopped'),
  );
  const failed = await handshake;
  if (failed !== null) {
    state = 'closed';
    over.abort();
    wire.close();
    await deadline;
    return err(failed);
  }
  state = 'open';
  lastLife = clock.now();

  /** Silence is broken by asking for the time: a line that is half open takes every message and brings none. */
  const watch = async (): Promise<void> => {
    for (;;) {
      await clock.sleepUntil(lastLife + timings.idle, over.signal);
      if (clock.now() < lastLife + timings.idle) continue;
      const asked = clock.now();
      wire.time();
      await clock.sleepUntil(asked + timings.probe, over.signal);
      if (lastLife < asked) {
        const seconds = Math.round((timings.idle + timings.probe) / second);
        lose(`the gateway has said nothing for ${seconds} s, not even what time it is`);
        return;
      }
    }
  };
  watch().catch(() => undefined);

  const time = (within: Duration): Promise<number | null> => {
    const limit = new AbortController();
    return new Promise((resolve) => {
      timeAsked.push((epochSeconds) => {
        limit.abort();
        resolve(epochSeconds * second);
      });
      clock.sleepUntil(clock.now() + within, limit.signal).then(
        () => resolve(null),
        () => undefined,
      );
      wire.time();
    });
  };

  return ok({
    serverVersion,
    accounts,
    ask(question, askSignal) {
      if (state !== 'open') return Promise.resolve(unheard('the connection is gone', 'disconnected'));
      return registry.ask(wire, question, askSignal);
    },
    dataType: (type) => wire.dataType(type),
    async timeAhead(within) {
      const theirs = await time(within);
      return theirs === null ? null : theirs - clock.now();
    },
    failAll: (failure, farm) => registry.failAll(failure, farm, wire),
    isOpen: () => state === 'open',
    abandon(failure) {
      if (state === 'open') end(failure);
    },
    async close() {
      if (state === 'open') {
        state = 'closing';
        const failure: Failure = { kind: 'retryable', code: 'stopped', message: 'the connection was closed' };
        // What is sent is read in order: when the time is told, everything before has been heard.
        if (registry.stopAll(wire, failure) > 0) await time(farewell);
        end(failure);
      }
      await socketGone;
    },
  });
}

function networkProblem(text: string): ConnectProblem['kind'] {
  if (text.includes('ECONNREFUSED')) return 'refused';
  return /ECONNRESET|EPIPE|socket hang up/.test(text) ? 'hung-up' : 'unreachable';
}
