import { errorMessage } from '../../../platform/error-message.js';
import { findInternal, wrapInternalMethod } from '../../library-internals.js';
import { classifyMessage } from './incoming-message.js';
import type { MessageScope } from './incoming-message.js';
import type { WireBar } from './wire-bar.js';

/** The longest message that the protocol allows. */
const maxMessageLength = 0xffffff;

/**
 * Validates the frames of a byte stream without keeping any: a big-endian length of four bytes, then as many bytes. Returns
 * false from the first invalid length on.
 */
export function createFrameValidator(): (bytes: Uint8Array) => boolean {
  let bodyRemaining = 0;
  let length = 0;
  let lengthBytes = 0;
  let isValid = true;
  return (bytes) => {
    let position = 0;
    while (isValid && position < bytes.length) {
      if (bodyRemaining > 0) {
        const consumed = Math.min(bodyRemaining, bytes.length - position);
        bodyRemaining -= consumed;
        position += consumed;
        continue;
      }
      length = length * 256 + (bytes[position] ?? 0);
      position++;
      lengthBytes++;
      if (lengthBytes < 4) continue;
      isValid = length > 0 && length <= maxMessageLength;
      bodyRemaining = length;
      length = 0;
      lengthBytes = 0;
    }
    return isValid;
  };
}

/** The bytes decoded in one turn of the event loop; more arrive at once when several responses come together. */
const bytesPerTurn = 65_536;

const library = '@stoqey/ib';

/** Receives what the library does not decode. */
export interface SocketListener {
  /** The bytes are invalid; the library receives no more of them. */
  onProtocolError(reason: string): void;
  /** Bars that answer a request. */
  onBars(requestId: number, bars: readonly WireBar[]): void;
  /** A message that answers requests of this client cannot be decoded. */
  onUndecodable(scope: MessageScope, reason: string): void;
  /** A message that is not about market data has arrived. */
  onSkipped(): void;
}

/** The message that the library decodes at the moment. */
export interface ProtectedSocket {
  /** Returns the scope of the message that the library is decoding; null between messages. */
  getDecodedScope(): MessageScope | null;
}

/**
 * Filters the messages that the client library receives from its socket. The library loops forever on a frame of negative
 * length, throws from the socket's event on an order rejection that is not JSON, decodes bars in quadratic time, and decodes
 * messages about orders whose layouts differ by version. Here it receives only valid frames and only the messages that this
 * client needs. The library also decodes all bytes at once; here it decodes in chunks, so that the event loop stays responsive.
 * The library has no hook for this, so the receiving methods of its socket are replaced; throws if they do not exist.
 */
export function protectSocket(api: object, listener: SocketListener): ProtectedSocket {
  const socket = findInternal(library, api, 'controller.socket');
  const validateFrames = createFrameValidator();
  const pending: Uint8Array[] = [];
  let isBroken = false;
  let decodedBytes = 0;
  let isYielding = false;
  const reportError = (reason: string): void => {
    isBroken = true;
    pending.length = 0;
    listener.onProtocolError(reason);
  };
  let decode: (data: Uint8Array) => unknown = () => undefined;
  const decodePending = (shouldContinue: () => boolean): void => {
    for (let next = pending[0]; next !== undefined && shouldContinue(); next = pending[0]) {
      pending.shift();
      decodedBytes += next.length;
      try {
        decode(next);
      } catch (error) {
        reportError(`cannot decode a message of IB Gateway: ${errorMessage(error)}`);
      }
    }
  };
  const decodeBatch = (): void => {
    decodePending(() => decodedBytes < bytesPerTurn);
    if (decodedBytes === 0 || isYielding) return;
    isYielding = true;
    setImmediate(() => {
      isYielding = false;
      decodedBytes = 0;
      decodeBatch();
    });
  };
  wrapInternalMethod(library, socket, 'onData', (onData) => {
    decode = onData;
    return (data) => {
      if (isBroken) return;
      if (!(data instanceof Uint8Array) || !validateFrames(data)) {
        reportError('IB Gateway sent bytes that are not of its protocol');
        return;
      }
      pending.push(data);
      decodeBatch();
    };
  });
  let isFirst = true;
  let decodedScope: MessageScope | null = null;
  wrapInternalMethod(library, socket, 'onMessage', (onMessage) => (text) => {
    // Messages after an invalid one in the same chunk.
    if (isBroken) return;
    if (isFirst || typeof text !== 'string') {
      // The version of the server has no message type.
      isFirst = false;
      onMessage(text);
      return;
    }
    const message = classifyMessage(text);
    switch (message.kind) {
      case 'decode':
        decodedScope = message.scope;
        try {
          onMessage(message.text);
        } finally {
          decodedScope = null;
        }
        return;
      case 'bars':
        listener.onBars(message.requestId, message.bars);
        return;
      case 'undecodable':
        listener.onUndecodable(message.scope, message.reason);
        return;
      case 'corrupt':
        reportError(message.reason);
        return;
      case 'skip':
        listener.onSkipped();
        return;
    }
  });
  // Bytes that arrived before the end are decoded before it.
  wrapInternalMethod(library, socket, 'onEnd', (onEnd) => () => {
    decodePending(() => true);
    onEnd();
  });
  return { getDecodedScope: () => decodedScope };
}
