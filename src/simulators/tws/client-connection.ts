import type { Socket } from 'node:net';
import type { Duration, Instant } from '../../core/time/time.js';
import type { Fault, FaultPlan } from '../../config/scenario/engine/plan-faults.js';
import { defaultMessage } from './default-messages.js';
import type { Gateway } from './gateway.js';
import { toTwsError } from './history/historical-service.js';
import type { Arrival } from './pacing/arrival.js';
import { createMessageRate } from './pacing/message-rate.js';
import { farmStatusMessages, createClientSession } from './client-session.js';
import type { ClientSession } from './client-session.js';
import { ignoreAbort } from './timers.js';
import type { ClientWriter } from './client-writer.js';
import { decodeFields, encodeFrame, createFrameReader } from './wire/frames.js';
import { negotiateVersion, parseClientHello, handshakePrefix } from './wire/handshake.js';
import { encodeError, encodeManagedAccounts, encodeNextValidId } from './wire/messages.js';
import { parseRequest } from './wire/requests.js';
import { formatConnectionTime } from './wire/times.js';
import { supportedVersions } from './wire/versions.js';

/** The gateway's view of one client connection. */
export interface ClientConnection {
  /** Sends a message that belongs to no request. */
  sendSystemMessage(code: number, message: string): void;
  /** Cancels all subscriptions without a message. */
  cancelSubscriptions(): void;
  /** Applies a connection fault of the scenario. */
  applyFault(action: Extract<Fault, { kind: 'drop' | 'half-open' }>): void;
  destroy(): void;
}

/** What a connection needs to know of the other connections. */
export interface ConnectionRegistry {
  /** Claims a client id for this connection; false if another connection holds it. */
  claimClientId(clientId: number): boolean;
  release(): void;
  /** How long messages that are read now may have waited for this process. */
  measureStall(): Duration;
}

/** Node reads at most this many bytes of a socket at once. */
const maxChunkLength = 65_536;

/** Error codes after which TWS closes a new connection. */
const disconnectCodes: ReadonlySet<number> = new Set([326, 502, 503, 504, 506, 507, 1100, 1300]);

/** Serves one client. The fault plan says how the scenario treats the new connection. */
export function serveClient(
  socket: Socket,
  number: number,
  gateway: Gateway,
  registry: ConnectionRegistry,
  { delay: acceptDelay, fault: connectFault }: Pick<FaultPlan, 'delay' | 'fault'>,
): ClientConnection {
  const { options } = gateway;
  const { clock } = options;
  const reader = createFrameReader();
  const rate = createMessageRate();
  const closing = new AbortController();
  const messageQueue: { readonly body: Buffer; readonly arrival: Arrival }[] = [];
  let handshakeBuffer: Buffer | null = Buffer.alloc(0);
  let version: number | null = null;
  let enforcesRate = true;
  let session: ClientSession | null = null;
  let isFrozen = false;
  let backpressured = false;
  /** Since when nothing has been read; null while reading. */
  let pausedSince: Instant | null = null;

  function write(bytes: Buffer): void {
    if (isFrozen || socket.destroyed || socket.writableEnded || bytes.length === 0) return;
    if (socket.write(bytes) || backpressured) return;
    // Backpressure: stop reading requests until the client has read its answers.
    backpressured = true;
    pause();
    socket.once('drain', () => {
      backpressured = false;
      processQueue();
      if (!writer.isBackpressured() && !isFrozen) socket.resume();
    });
  }

  function pause(): void {
    pausedSince ??= clock.now();
    socket.pause();
  }

  function sendSystemMessage(code: number, message: string): void {
    if (version !== null) write(encodeError(version, -1, code, message));
  }

  function freeze(): void {
    isFrozen = true;
    session?.end();
    socket.pause();
  }

  const writer: ClientWriter = {
    connectionNumber: number,
    get version() {
      return version ?? supportedVersions.min;
    },
    isBackpressured: () => backpressured,
    send: (frames) => write(frames.length === 1 ? (frames[0] ?? Buffer.alloc(0)) : Buffer.concat(frames)),
    sendError(id, code, message, requestType) {
      if (version === null) return;
      write(encodeError(version, id, code, message));
      if (requestType === null) return;
      options.emit({
        kind: 'rejected',
        at: clock.now(),
        connection: number,
        request: requestType,
        code: String(code),
        message,
      });
    },
    sendHalfAndClose(frames) {
      const bytes = Buffer.concat(frames);
      if (bytes.length === 0) {
        socket.destroy();
        return;
      }
      if (!isFrozen) socket.end(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => socket.destroy());
      session?.end();
    },
    freeze,
    close: () => socket.end(),
  };

  function reportProtocolViolation(message: string): void {
    options.emit({ kind: 'violation', at: clock.now(), connection: number, rule: 'protocol', message });
  }

  /** Negotiates the protocol version and answers the handshake, unless the scenario prevents it. */
  function handleHello(body: Buffer): boolean {
    const clientHello = parseClientHello(body.toString('utf8'));
    const negotiatedVersion =
      clientHello === null ? null : negotiateVersion(clientHello, options.serverVersion, supportedVersions.min);
    if (clientHello === null) {
      reportProtocolViolation(`unreadable handshake ${JSON.stringify(body.toString('utf8').slice(0, 60))}`);
      socket.destroy();
      return false;
    }
    if (negotiatedVersion === null) {
      const { minVersion, maxVersion } = clientHello;
      const spoken = minVersion === maxVersion ? `version ${minVersion}` : `versions ${minVersion} to ${maxVersion}`;
      reportProtocolViolation(
        `the client speaks ${spoken} of the protocol, this server ${supportedVersions.min} to ${options.serverVersion}`,
      );
      // TWS answers with its own version; the client reports that it does not match (503 or 506) and disconnects.
      write(encodeFrame([options.serverVersion, formatConnectionTime(options.marketTime())]));
      socket.end();
      return false;
    }
    version = negotiatedVersion;
    enforcesRate = !clientHello.options.includes('PACEAPI');
    const serverHello = encodeFrame([negotiatedVersion, formatConnectionTime(options.marketTime())]);
    if (connectFault?.kind === 'half-open') {
      freeze();
      return false;
    }
    if (connectFault?.kind === 'drop') {
      writer.sendHalfAndClose(connectFault.midMessage ? [serverHello] : []);
      return false;
    }
    write(serverHello);
    return true;
  }

  function start(clientId: number): void {
    if (!registry.claimClientId(clientId)) {
      sendSystemMessage(326, defaultMessage(326, ''));
      socket.end();
      return;
    }
    if (connectFault?.kind === 'error') {
      const { code, message } = toTwsError(connectFault, '');
      sendSystemMessage(code, message);
      if (disconnectCodes.has(code)) {
        socket.end();
        return;
      }
    }
    session = createClientSession(gateway, writer);
    writer.send([encodeManagedAccounts(options.account), encodeNextValidId(1)]);
    for (const statusCode of farmStatusMessages(gateway.outages))
      sendSystemMessage(statusCode, defaultMessage(statusCode, ''));
  }

  /** Counts a message; sends an error and returns false if it exceeds the rate. */
  function isWithinRate(arrival: Arrival): boolean {
    if (options.pacing === 'off' || !enforcesRate) return true;
    const { at } = arrival;
    const verdict = rate.checkMessage(arrival);
    if (verdict.kind === 'within') return true;
    const message = `Max rate of messages per second has been exceeded:max=50 rec=${verdict.received} (${verdict.offences})`;
    gateway.counters.countViolation('message-rate');
    options.emit({ kind: 'violation', at, connection: number, rule: 'message-rate', message });
    sendSystemMessage(100, message);
    if (verdict.final) socket.end();
    return false;
  }

  function handleMessage(body: Buffer, arrival: Arrival): void {
    if (version === null) {
      handleHello(body);
      return;
    }
    if (isFrozen || socket.writableEnded || !isWithinRate(arrival)) return;
    const parsed = parseRequest(decodeFields(body), version);
    if (parsed.kind === 'unreadable') {
      options.emit({
        kind: 'violation',
        at: arrival.at,
        connection: number,
        rule: 'protocol',
        message: parsed.problem,
      });
      write(encodeError(version, parsed.id, 320, parsed.problem));
      return;
    }
    const { request } = parsed;
    if (request.kind === 'start') {
      if (session === null) start(request.clientId);
      return;
    }
    // TWS ignores requests before `startApi`.
    session?.handle(request, arrival);
  }

  /** TWS closes the connection of a client of another protocol, or of the one before 2013. */
  function rejectForeignClient(): void {
    if (socket.destroyed) return;
    const beginning = JSON.stringify(handshakeBuffer?.toString('latin1').slice(0, 20) ?? '');
    reportProtocolViolation(`the connection starts with ${beginning}, not with API`);
    socket.destroy();
  }

  function onData(chunk: Buffer): void {
    const at = clock.now();
    const arrival = { at, earliest: Math.min(at - registry.measureStall(), pausedSince ?? at) };
    // A full chunk may have a rest that waits as long.
    if (chunk.length < maxChunkLength) pausedSince = null;
    let bytes = chunk;
    if (handshakeBuffer !== null) {
      handshakeBuffer = Buffer.concat([handshakeBuffer, chunk]);
      if (handshakeBuffer.length < handshakePrefix.length) {
        if (!handshakePrefix.subarray(0, handshakeBuffer.length).equals(handshakeBuffer)) rejectForeignClient();
        return;
      }
      if (!handshakeBuffer.subarray(0, handshakePrefix.length).equals(handshakePrefix)) {
        rejectForeignClient();
        return;
      }
      bytes = handshakeBuffer.subarray(handshakePrefix.length);
      handshakeBuffer = null;
    }
    const received = reader.push(bytes);
    if (received.kind === 'too-long') {
      sendSystemMessage(507, 'Bad Message Length');
      socket.destroy();
      return;
    }
    for (const body of received.bodies) messageQueue.push({ body, arrival });
    processQueue();
  }

  /** Handles queued messages until the client stops reading. */
  function processQueue(): void {
    let handledCount = 0;
    while (handledCount < messageQueue.length && !backpressured && !isFrozen && !socket.destroyed) {
      const next = messageQueue[handledCount++];
      if (next !== undefined) handleMessage(next.body, next.arrival);
    }
    messageQueue.splice(0, handledCount);
  }

  socket.setNoDelay(true);
  socket.on('data', onData);
  // `close` follows every error and reports the disconnect.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closing.abort();
    session?.end();
    registry.release();
    gateway.counters.countDisconnected();
    options.emit({ kind: 'disconnected', at: clock.now(), connection: number });
  });
  if (acceptDelay > 0) {
    pause();
    const wake = async (): Promise<void> => {
      await clock.sleepUntil(clock.now() + acceptDelay, closing.signal);
      if (!isFrozen) socket.resume();
    };
    ignoreAbort(wake(), closing.signal);
  }
  gateway.counters.countConnected();
  options.emit({ kind: 'connected', at: clock.now(), connection: number, from: socket.remoteAddress ?? '' });

  return {
    sendSystemMessage,
    cancelSubscriptions: () => session?.cancelAll(),
    applyFault(action) {
      if (action.kind === 'half-open') freeze();
      else
        writer.sendHalfAndClose(
          action.midMessage && version !== null ? [encodeError(version, -1, 2106, defaultMessage(2106, ''))] : [],
        );
    },
    destroy: () => socket.destroy(),
  };
}
