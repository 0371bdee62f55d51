import { decodeFields, encodeFrame, createFrameReader } from '../../../src/simulators/tws/wire/frames.js';
import type { Dice } from './rounds.js';

const oddFieldValues = [
  ...['', '0', '-1', '1', 'NaN', 'nan', 'Infinity', '-Infinity', '1e999', '1.7976931348623157E308', '-1e308', 'abc'],
  ...[
    '2147483647',
    '9223372036854775807',
    '99999999999999999999',
    '0x10',
    '1,5',
    ' 7',
    '7 ',
    'true',
    'null',
    '[]',
    '{}',
  ],
  ...[
    '20261118',
    '20261318',
    '00000000',
    '20261118 25:61:61 US/Eastern',
    '20261118-16:00:00',
    'finished-a-b',
    'USD',
    'Mars/Base',
  ],
  ...['é', '\u202e', '\ufffd', 'x'.repeat(5_000), "'; DROP", '__proto__', '%s%n', '\r\n', '\t'],
];

/** Applies random mutations to bytes. */
export function mutateBytes(bytes: Uint8Array, dice: Dice): Buffer {
  let result = Buffer.from(bytes);
  for (let left = 1 + dice.below(3); left > 0; left--) {
    const at = dice.below(result.length + 1);
    switch (dice.below(6)) {
      case 0:
        if (at < result.length) result.writeUInt8((result[at] ?? 0) ^ (1 << dice.below(8)), at);
        break;
      case 1:
        result = result.subarray(0, at);
        break;
      case 2:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + dice.below(20))]);
        break;
      case 3:
        result = Buffer.concat([result.subarray(0, at), randomBytes(dice), result.subarray(at)]);
        break;
      case 4:
        result = Buffer.concat([result, result.subarray(at)]);
        break;
      default:
        result.fill(dice.pick([0, 255, 48, 45]), at, Math.min(result.length, at + dice.below(12)));
    }
  }
  return result;
}

export function randomBytes(dice: Dice, maxLength = 60): Buffer {
  return Buffer.from(Array.from({ length: 1 + dice.below(maxLength) }, () => dice.below(256)));
}

/** Changes fields of frames; other bytes stay unchanged. */
export function mutateFrames(bytes: Buffer, dice: Dice, probability: number): Buffer {
  const received = createFrameReader().push(bytes);
  if (received.kind === 'too-long') return bytes;
  const whole = received.bodies.reduce((sum, body) => sum + 4 + body.length, 0);
  const bodies = received.bodies.map((body) => {
    if (!dice.chance(probability)) return Buffer.concat([addLengthPrefix(body), body]);
    const fields = [...decodeFields(body)];
    for (let left = 1 + dice.below(2); left > 0; left--) {
      const at = dice.below(fields.length);
      // The first two fields address the message; keep most of them valid.
      if (at > 1 || dice.chance(0.1)) fields.splice(at, dice.chance(0.9) ? 1 : 0, dice.pick(oddFieldValues));
      if (dice.chance(0.1)) fields.splice(at, 1);
    }
    return encodeFrame(fields);
  });
  return Buffer.concat([...bodies, bytes.subarray(whole)]);
}

function addLengthPrefix(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return length;
}

const oddJsonValues: readonly unknown[] = [
  ...[
    null,
    true,
    '',
    'x',
    0,
    -1,
    1e300,
    -1e300,
    1.5,
    [],
    {},
    [[]],
    '2026-13-45T99:99:99+0530',
    'NaN',
    '0',
    [null],
    { a: 1 },
  ],
];

/** Changes values of a JSON document; returns it as text. */
export function mutateJson(text: string, dice: Dice): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return text;
  }
  let count = 0;
  const walk = (value: unknown, change: number | null): unknown => {
    if (count++ === change) return dice.chance(0.15) ? undefined : dice.pick(oddJsonValues);
    if (Array.isArray(value)) return value.map((one) => walk(one, change));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, change)]));
  };
  walk(parsed, null);
  for (let left = 1 + dice.below(3); left > 0; left--) {
    const total = count;
    count = 0;
    parsed = walk(parsed, dice.below(Math.max(1, total)));
    count = total;
  }
  const written = parsed === undefined ? '' : JSON.stringify(parsed);
  // Numbers that exist only in JSON text.
  return dice.chance(0.1) ? written.replace(/:-?\d+/, ':1e999') : written;
}

/** Changes cells of a CSV text. */
export function mutateTable(text: string, dice: Dice): string {
  const lines = text.split('\n');
  for (let left = 1 + dice.below(40); left > 0; left--) {
    const at = dice.below(Math.min(lines.length, 3_000));
    const cells = (lines[at] ?? '').split(',');
    cells[dice.below(cells.length)] = dice
      .pick([...oddFieldValues, '"', '""', '","', '1e999'])
      .replaceAll(/[\r\n]/g, '');
    lines[at] = cells.join(',');
  }
  return lines.join('\n');
}
