import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame } from '../../../../src/simulators/tws/wire/frames.js';
import { parseRequest } from '../../../../src/simulators/tws/wire/requests.js';
import { contractFields, connectClient, startGateway, connectRaw } from '../tws-rig.js';

const strange = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    '2147483647',
    '1.7976931348623157e+308',
    'AAPL',
    'STK',
    'OPT',
    'BAG',
    'SMART',
    'USD',
  ),
  fc.constantFrom(
    '1 day',
    '1 D',
    'TRADES',
    '20261118-16:00:00',
    '20261218',
    '270',
    'C',
    '265598',
    '1e999',
    'NaN',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll('\0', ' ')),
);

test('parses any fields to a request or to a problem', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 110 }), fc.array(strange, { maxLength: 30 }), (id, fields) => {
      expect(['request', 'unreadable']).toContain(parseRequest([String(id), ...fields], 176).kind);
    }),
    { numRuns: 500 },
  );
});

test('answers a valid request after arbitrary bytes and fields', async () => {
  const { port } = await startGateway({ pacing: 'off' });
  const witness = await connectClient(port, 'v100..193', 99);
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
  const messages = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 110 }), fc.array(strange, { maxLength: 30 })), { maxLength: 12 })
    .map((list) => Buffer.concat(list.map(([id, fields]) => encodeFrame([id, ...fields]))));
  const requests = fc
    .array(fc.tuple(fc.constantFrom(1, 9, 20, 87), fc.array(strange, { minLength: 24, maxLength: 24 })), {
      maxLength: 8,
    })
    .map((list) =>
      Buffer.concat(
        list.map(([id, fields], index) => {
          const contract = contractFields({
            symbol: 'AAPL',
            secType: 'STK',
            exchange: fields[0] ?? '',
            currency: fields[1] ?? '',
          });
          const versions = id === 1 ? [11] : id === 9 ? [8] : [];
          return encodeFrame([id, ...versions, index, ...contract, ...fields.slice(2, 14)]);
        }),
      ),
    );
  let clientId = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, messages, requests), fc.boolean(), async (nonsense, before) => {
      const client = before
        ? await connectRaw(port, 'v100..193')
        : await connectClient(port, 'v100..193', ++clientId + 100);
      client.socket.write(nonsense);
      witness.send(49, 1);
      await witness.message(49);
      client.socket.destroy();
      await client.closed;
    }),
    { numRuns: 150 },
  );
}, 60_000);
