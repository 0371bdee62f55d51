/** The longest message the protocol allows. */
const maxMessageLength = 0xffffff;

/**
 * Follows the frames of a stream of bytes without keeping any: a big-endian length of four bytes, then that many bytes.
 * Answers false from the first length on that no message can have.
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

/** How many bytes are decoded in one turn of the event loop: more come at once when several answers arrive together. */
const bytesPerTurn = 65_536;

/**
 * Stands between the client library and its socket. The library throws out of the socket's event on an order rejection
 * that is not JSON, and never comes back from a frame whose length is negative; either would end the process. Here both
 * become one call of `broken`, after which the library sees no more bytes. And it decodes at once whatever has arrived;
 * here it does so in pieces, so that others get their turn.
 *
 * The library offers no place for this, so its receiving functions are replaced on the one object that has them. Answers
 * false when there are no such functions: then this is another version of the library, and a test fails.
 */
export function protectSocket(api: object, onProtocolError: (reason: string) => void): boolean {
  const socket = getMember(getMember(api, 'controller'), 'socket');
  const originalOnData = getMember(socket, 'onData');
  const originalOnEnd = getMember(socket, 'onEnd');
  if (typeof socket !== 'object' || socket === null) return false;
  if (typeof originalOnData !== 'function' || typeof originalOnEnd !== 'function') return false;
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
  const decode = (data: Uint8Array): void => {
    decodedBytes += data.length;
    try {
      Reflect.apply(originalOnData, socket, [data]);
    } catch (error) {
      reportError(
        `a message of the gateway could not be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  const decodePending = (shouldContinue: () => boolean): void => {
    for (let next = pending[0]; next !== undefined && shouldContinue(); next = pending[0]) {
      pending.shift();
      decode(next);
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
  const isDataPatched = Reflect.set(socket, 'onData', (data: unknown): void => {
    if (isBroken) return;
    if (!(data instanceof Uint8Array) || !validateFrames(data)) {
      reportError('the gateway sent something that is not of its protocol');
      return;
    }
    pending.push(data);
    decodeBatch();
  });
  // What arrived before the end is heard before it.
  const isEndPatched = Reflect.set(socket, 'onEnd', (): void => {
    decodePending(() => true);
    Reflect.apply(originalOnEnd, socket, []);
  });
  return isDataPatched && isEndPatched;
}

function getMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
