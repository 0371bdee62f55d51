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

/**
 * Stands between the client library and its socket. The library throws out of the socket's event on an order rejection
 * that is not JSON, and never comes back from a frame whose length is negative; either would end the process. Here both
 * become one call of `broken`, after which the library sees no more bytes.
 *
 * The library offers no place for this, so its receiving function is replaced on the one object that has it. Answers false
 * when there is no such function: then this is another version of the library, and a test fails.
 */
export function guardReceiving(api: object, broken: (why: string) => void): boolean {
  const socket = memberOf(memberOf(api, 'controller'), 'socket');
  const receive = memberOf(socket, 'onData');
  if (typeof socket !== 'object' || socket === null || typeof receive !== 'function') return false;
  const follow = frameFollower();
  let isBroken = false;
  const give = (why: string): void => {
    isBroken = true;
    broken(why);
  };
  return Reflect.set(socket, 'onData', (data: unknown): void => {
    if (isBroken) return;
    if (!(data instanceof Uint8Array) || !follow(data)) {
      give('the gateway sent something that is not of its protocol');
      return;
    }
    try {
      Reflect.apply(receive, socket, [data]);
    } catch (error) {
      give(`a message of the gateway could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
