/** The longest message the protocol allows. */
const longestMessage = 0xffffff;

/**
 * Follows the frames of a stream of bytes without keeping any: a big-endian length of four bytes, then that many bytes.
 * Answers false from the first length on that no message can have.
 */
export function frameFollower(): (bytes: Uint8Array) => boolean {
  let body = 0;
  let length = 0;
  let lengthBytes = 0;
  let sound = true;
  return (bytes) => {
    let position = 0;
    while (sound && position < bytes.length) {
      if (body > 0) {
        const taken = Math.min(body, bytes.length - position);
        body -= taken;
        position += taken;
        continue;
      }
      length = length * 256 + (bytes[position] ?? 0);
      position++;
      lengthBytes++;
      if (lengthBytes < 4) continue;
      sound = length > 0 && length <= longestMessage;
      body = length;
      length = 0;
      lengthBytes = 0;
    }
    return sound;
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
export function guardReceiving(api: object, broken: (why: string) => void): boolean {
  const socket = memberOf(memberOf(api, 'controller'), 'socket');
  const receive = memberOf(socket, 'onData');
  const end = memberOf(socket, 'onEnd');
  if (typeof socket !== 'object' || socket === null) return false;
  if (typeof receive !== 'function' || typeof end !== 'function') return false;
  const follow = frameFollower();
  const waiting: Uint8Array[] = [];
  let isBroken = false;
  let taken = 0;
  let hasTurn = false;
  const give = (why: string): void => {
    isBroken = true;
    waiting.length = 0;
    broken(why);
  };
  const decode = (data: Uint8Array): void => {
    taken += data.length;
    try {
      Reflect.apply(receive, socket, [data]);
    } catch (error) {
      give(`a message of the gateway could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const decodeWhile = (mayGoOn: () => boolean): void => {
    for (let next = waiting[0]; next !== undefined && mayGoOn(); next = waiting[0]) {
      waiting.shift();
      decode(next);
    }
  };
  const takeTurn = (): void => {
    decodeWhile(() => taken < bytesPerTurn);
    if (taken === 0 || hasTurn) return;
    hasTurn = true;
    setImmediate(() => {
      hasTurn = false;
      taken = 0;
      takeTurn();
    });
  };
  const isSet = Reflect.set(socket, 'onData', (data: unknown): void => {
    if (isBroken) return;
    if (!(data instanceof Uint8Array) || !follow(data)) {
      give('the gateway sent something that is not of its protocol');
      return;
    }
    waiting.push(data);
    takeTurn();
  });
  // What arrived before the end is heard before it.
  const isEndSet = Reflect.set(socket, 'onEnd', (): void => {
    decodeWhile(() => true);
    Reflect.apply(end, socket, []);
  });
  return isSet && isEndSet;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
