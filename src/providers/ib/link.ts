import type { Clock } from '../../core/clock.js';
import type { Failure } from '../../core/failure.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { second } from '../../core/time.js';
import type { Instant } from '../../core/time.js';
import { meaningOf } from './codes.js';
import { connectProblem, connectText } from './connect-problem.js';
import type { ConnectProblem } from './connect-problem.js';
import { createHolds } from './holds.js';
import { masked } from './notice.js';
import type { IbNotice } from './notice.js';
import { unheard } from './question.js';
import type { Answer, Question } from './question.js';
import { openSession } from './session.js';
import type { Session } from './session.js';
import type { IbDataType, IbSettings, IbTimings } from './settings.js';

/** The way to the gateway, across as many connections as it takes. */
export interface Link {
  /** Connects, trying a few times; says what stands in the way. */
  open(signal: AbortSignal): Promise<Result<Session, ConnectProblem>>;
  /** Asks once, as soon as there is a connection and nothing holds such requests. */
  ask<T>(question: Question<T>, signal: AbortSignal): Promise<Answer<T>>;
  /** Whether the gateway still answers on the connection there is; false also when nobody waits for it any more. */
  isAlive(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/** What a link is made of. */
export interface LinkParts {
  readonly settings: IbSettings;
  readonly timings: IbTimings;
  readonly clock: Clock;
  readonly notices: (notice: IbNotice) => void;
}

/** How often opening tries before it gives up; a gateway that accepts and is silent is not asked twice. */
const openAttempts = 3;

/** How many client ids are tried beside the one that was set. */
const moreClientIds = 5;

/** What another attempt cannot change. */
const hopeless: readonly ConnectProblem['kind'][] = ['stopped', 'too-old', 'wrong-account'];

/** Whether to try once more after so many attempts. */
type Patience = (attempt: number, problem: ConnectProblem) => boolean;

/** What is asked for: where delayed data may stand in, the gateway is told so and still gives live data where it can. */
function dataTypeOf({ dataType, allowDelayed }: IbSettings): IbDataType {
  if (!allowDelayed) return dataType;
  return dataType === 'live' || dataType === 'delayed' ? 'delayed' : 'delayed-frozen';
}

export function createLink({ settings, timings, clock, notices }: LinkParts): Link {
  const holds = createHolds(clock);
  const closing = new AbortController();
  let { port } = settings;
  let { clientId } = settings;
  let requests = 0;
  let session: Session | null = null;
  let connecting: Promise<Result<Session, ConnectProblem>> | null = null;
  const notify = (kind: IbNotice['kind'], code: number | null, message: string): void =>
    notices({ at: clock.now(), kind, code, message: masked(message) });

  const hear = (code: number, text: string): void => {
    const meaning = meaningOf(code, text);
    const name = farmName(text);
    switch (meaning.kind) {
      case 'link-lost':
        holds.linkLost();
        session?.failAll({ kind: 'retryable', code: String(code), message: text }, null);
        notify('link-lost', code, text);
        return;
      case 'link-restored':
        holds.linkRestored();
        if (!meaning.dataKept) session?.failAll({ kind: 'retryable', code: String(code), message: text }, null);
        notify('link-restored', code, text);
        return;
      case 'farm-down':
        holds.farmDown(meaning.farm, name);
        session?.failAll({ kind: 'retryable', code: String(code), message: text }, meaning.farm);
        notify('farm-down', code, text);
        return;
      case 'farm-up':
        if (holds.farmUp(meaning.farm, name)) notify('farm-up', code, text);
        return;
      case 'port-changed': {
        const moved = Number(/(\d{2,5})\D*$/.exec(text)?.[1] ?? NaN);
        if (moved > 0 && moved <= 65_535) port = moved;
        session?.abandon({ kind: 'retryable', code: String(code), message: text });
        notify('port-changed', code, text);
        return;
      }
      case 'competing':
        notify('competing-session', code, text);
        return;
      case 'alarm':
        notify('alarm', code, text);
        return;
      case 'failure':
        // What was one message too many the gateway has not read, and does not say whose it was.
        if (meaning.failure === 'pacing') holds.pause(meaning.retryAfter ?? 5 * second);
        notify(meaning.failure === 'pacing' ? 'pacing-violation' : 'message', code, text);
        return;
      default:
        notify('message', code, text);
        return;
    }
  };

  /** One attempt, with as many client ids as it takes. */
  const connectOnce = async (signal: AbortSignal): Promise<Result<Session, ConnectProblem>> => {
    let problem = connectProblem('client-id-taken', { ...settings, port }, '');
    for (let more = 0; more <= moreClientIds; more++) {
      const place = { host: settings.host, port, clientId };
      holds.clear();
      const opened = await openSession(
        {
          place,
          timings,
          clock,
          nextId: () => ++requests,
          message: hear,
          lost(why) {
            notify('connection-lost', null, why);
          },
        },
        signal,
      );
      if (!opened.ok && opened.error.kind === 'client-id-taken') {
        notify('client-id-taken', 326, `client id ${clientId} is taken; trying ${clientId + 1}`);
        problem = connectProblem('client-id-taken', { ...place, clientId: settings.clientId }, '');
        clientId++;
        continue;
      }
      if (!opened.ok) return opened;
      const { accounts } = opened.value;
      const wanted = settings.account ?? null;
      if (wanted !== null && !accounts.includes(wanted)) {
        await opened.value.close();
        return err(connectProblem('wrong-account', place, masked(accounts.join(', '))));
      }
      opened.value.dataType(dataTypeOf(settings));
      notify(
        'connected',
        null,
        `connected to ${place.host}:${port} as client ${clientId} (${masked(accounts.join(', '))})`,
      );
      return opened;
    }
    clientId = settings.clientId;
    return err(problem);
  };

  /** Tries until it works, it makes no sense any more, or somebody stops it. */
  const connect = async (patience: Patience, signal: AbortSignal): Promise<Result<Session, ConnectProblem>> => {
    let pause = timings.pause;
    for (let attempt = 1; ; attempt++) {
      const opened = await connectOnce(signal);
      if (opened.ok) {
        session = opened.value;
        return opened;
      }
      if (hopeless.includes(opened.error.kind) || !patience(attempt, opened.error)) return opened;
      await clock.sleepUntil(clock.now() + pause, signal).catch(() => undefined);
      pause = Math.min(2 * pause, timings.longestPause);
    }
  };

  /** The connection there is, or a new one; everybody who needs one waits for the same. */
  const connected = (patience: Patience, signal: AbortSignal): Promise<Result<Session, ConnectProblem>> => {
    if (session?.isOpen() === true) return Promise.resolve(ok(session));
    connecting ??= connect(patience, signal).finally(() => (connecting = null));
    return connecting;
  };

  const sessionUntil = async (until: Instant, signal: AbortSignal): Promise<Result<Session, Failure>> => {
    const attempt = connected(() => clock.now() < until, closing.signal);
    const opened = await unlessAborted(attempt, signal);
    if (opened === null) return err({ kind: 'retryable', code: 'stopped', message: 'stopped while connecting' });
    if (opened.ok) return opened;
    return err({
      kind: 'retryable',
      code: opened.error.kind,
      message: connectText(opened.error),
      retryAfter: 5 * second,
    });
  };

  return {
    open(signal) {
      const patience: Patience = (attempt, { kind }) => attempt < openAttempts && kind !== 'silent';
      return connected(patience, AbortSignal.any([signal, closing.signal]));
    },
    async ask(question, signal) {
      const until = clock.now() + timings.hold;
      for (;;) {
        if (closing.signal.aborted) return unheard('the connection was closed', 'stopped');
        const found = await sessionUntil(until, signal);
        if (!found.ok) return err({ kind: 'connection', failure: found.error });
        if (holds.reason(question.farm) === null) return found.value.ask(question, signal);
        const rest = Math.max(until - clock.now(), 0);
        const held = await holds.wait(question.farm, rest, AbortSignal.any([signal, closing.signal]));
        if (held === null) continue;
        const failure: Failure = { kind: 'retryable', code: 'held', message: held, retryAfter: 15 * second };
        return err({ kind: 'connection', failure });
      }
    },
    async isAlive(signal) {
      return session?.isOpen() === true && (await unlessAborted(session.timeAhead(timings.probe), signal)) !== null;
    },
    async close() {
      closing.abort();
      await connecting;
      await session?.close();
      session = null;
    },
  };
}

/** `ushmds` in `…connection is OK:ushmds` and in `…available upon demand.ushmds`. */
function farmName(text: string): string {
  return /(?::|upon demand\.)\s*([^:]*)$/.exec(text)?.[1]?.trim() ?? '';
}

/** What a piece of work comes to, or null when the signal aborts before. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(null);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
