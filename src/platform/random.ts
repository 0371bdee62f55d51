/**
 * Random numbers by address: draw number n of the stream of a key has the same value at every call and in any order.
 * Keys are 32-bit integers.
 */
export type Key = number;

const goldenRatio = 0x9e3779b9;

/** The sub-stream that belongs to a text. */
export function hashString(key: Key, text: string): Key {
  return mixBits(absorb(key, text) ^ text.length);
}

function absorb(state: number, text: string): number {
  let hash = state;
  for (let index = 0; index < text.length; index++) hash = mixBits(hash ^ text.charCodeAt(index)) + goldenRatio;
  return hash;
}

/** The sub-stream with a number. */
export function hashKey(key: Key, number: number): Key {
  return mixBits(key ^ mixBits(Math.imul(number, goldenRatio)));
}

/** A number strictly between 0 and 1. */
export function drawUniform(key: Key, number: number): number {
  return (mixBits(key ^ mixBits(Math.imul(number, goldenRatio))) + 0.5) / 4_294_967_296;
}

/**
 * A positive integer below 2^53 for a text, the same on every machine; collisions among millions of texts are unlikely.
 */
export function hashToNumber(text: string): number {
  return createPrefixHasher(text)('');
}

/** `hashToNumber` for many texts with a common prefix: the numbers of `start + rest`. */
export function createPrefixHasher(start: string): (rest: string) => number {
  const [highStart, lowStart] = [absorb(0x5bd1e995, start), absorb(0x27d4eb2f, start)];
  return (rest) => {
    const length = start.length + rest.length;
    const high = mixBits(absorb(highStart, rest) ^ length) & 0x1fffff;
    return high * 4_294_967_296 + mixBits(absorb(lowStart, rest) ^ length) + 1;
  };
}

/** Mixes all 32 bits into all 32 bits, one to one. */
function mixBits(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  x = Math.imul(x, 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
