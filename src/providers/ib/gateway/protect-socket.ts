import { errorMessage } from '../../../platform/error-message.js';
import { findInternal, wrapInternalMethod } from '../../library-internals.js';

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

/**
 * Filters the bytes that the client library receives from its socket. The library throws from the socket's event on an
 * order rejection that is not JSON, and loops forever on a frame of negative length; either would end the process. Both
 * become one call of `onProtocolError`, after which the library receives no more bytes. The library also decodes all
 * bytes at once; here it decodes in chunks, so that the event loop stays responsive. The library has no hook for this,
 * so the receiving methods of its socket are replaced; throws if they do not exist.
 */
export function protectSocket(api: object, onProtocolError: (reason: string) => void): void {
  const socket = findInternal(library, api, 'controller.socket');
  const validateFrames = createFrameValidator();
  const pending: Uint8Array[] = [];
  let isBroken = false;
  let decodedBytes = 0;
  let isYielding = false;
  const reportError = (reason: string): void => {
    isBroken = true;
    pending.length = 0;
    onProtocolError(reason);
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
  // Bytes that arrived before the end are decoded before it.
  wrapInternalMethod(library, socket, 'onEnd', (onEnd) => () => {
    decodePending(() => true);
    onEnd();
  });
}
