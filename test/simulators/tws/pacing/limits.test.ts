import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../../../virtual-clock.js';
import { apple, connectClient, startGateway, historicalFields, onRequest, quoteFields } from '../tws-rig.js';
import type { RawClient } from '../tws-rig.js';

const stock = (index: number) => ({ ...apple, symbol: `S${index}` });
const minutes = { barSize: '1 min', duration: '60 S' };

/** Returns the answer to a request for bars: bars, or a code and its message. */
async function readOutcome(client: RawClient, id: number): Promise<string> {
  const message = await client.next(
    ([kind, first, second]) => (kind === '17' && first === String(id)) || (kind === '4' && second === String(id)),
  );
  return message[0] === '17' ? 'bars' : `${message[3] ?? ''} ${message[4] ?? ''}`;
}

describe('historical pacing on the wire', () => {
  test('rejects an identical request within 15 seconds', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const { port, statistics } = await startGateway({ clock });
    const client = await connectClient(port);
    client.send(...historicalFields(1, apple));
    expect(await readOutcome(client, 1)).toBe('bars');
    clock.set(14_999);
    client.send(...historicalFields(2, apple));
    expect(await readOutcome(client, 2)).toBe(
      '162 Historical Market Data Service error message:API historical data pacing violation',
    );
    clock.set(29_999);
    client.send(...historicalFields(3, apple));
    expect(await readOutcome(client, 3)).toBe('bars');
    expect(statistics().violations).toMatchObject({ identical: 1, total: 0 });
  });

  test('rejects six requests for one contract within two seconds, across clients', async () => {
    const { port, statistics } = await startGateway();
    const [one, other] = [await connectClient(port, 'v100..193', 1), await connectClient(port, 'v100..193', 2)];
    for (let id = 1; id <= 6; id++) {
      const client = id % 2 === 0 ? one : other;
      client.send(...historicalFields(id, apple, { duration: `${id} D` }));
      expect(await readOutcome(client, id)).toMatch(id < 6 ? 'bars' : /pacing violation/);
    }
    expect(statistics().violations['same-contract']).toBe(1);
  });

  test.each([
    ['strict', 'TRADES', '1 day', 60],
    ['strict', 'BID_ASK', '1 day', 30],
    ['documented', 'TRADES', '30 secs', 60],
    ['documented', 'TRADES', '1 min', 70],
    ['off', 'TRADES', '1 secs', 70],
  ] as const)('allows with %s pacing of %s bars in %s: %i requests', async (pacing, what, barSize, fine) => {
    const { port, statistics } = await startGateway({ pacing });
    const client = await connectClient(port, 'v100..193 +PACEAPI');
    const outcomes: string[] = [];
    for (let id = 1; id <= 70; id++) {
      client.send(
        ...historicalFields(id, stock(id), {
          ...minutes,
          barSize,
          what,
          duration: barSize === '1 day' ? '1 D' : '60 S',
        }),
      );
      outcomes.push(await readOutcome(client, id));
    }
    expect(outcomes.findIndex((text) => text !== 'bars')).toBe(fine === 70 ? -1 : fine);
    expect(statistics().violations.total).toBe(70 - fine);
    expect(statistics().requests.historical).toBe(70);
  });

  test('allows 50 open requests, including head timestamps', async () => {
    const { port, statistics } = await startGateway({
      scenarioEngine: onRequest('historical', { kind: 'no-response' }),
    });
    const client = await connectClient(port, 'v100..193 +PACEAPI');
    for (let id = 1; id <= 51; id++) client.send(...historicalFields(id, stock(id)));
    expect(await readOutcome(client, 51)).toMatch(/^322 .*Only 50 simultaneous API historical data requests allowed/);
    client.send(87, 60, 0, 'AAPL', 'STK', '', 0, '', '', 'SMART', '', 'USD', '', '', 0, 1, 'TRADES', 1);
    expect(await readOutcome(client, 60)).toMatch(/^322 /);
    expect(statistics()).toMatchObject({ openHistorical: { now: 50, peak: 50 }, violations: { 'open-historical': 2 } });
    client.send(25, 1, 1);
    await readOutcome(client, 1);
    expect(statistics().openHistorical.now).toBe(49);
    client.socket.destroy();
    await client.closed;
    await expect.poll(() => statistics().openHistorical.now).toBe(0);
  });

  test('rejects a request id in use', async () => {
    const { port } = await startGateway({ scenarioEngine: onRequest('historical', { kind: 'no-response' }) });
    const client = await connectClient(port);
    client.send(...historicalFields(1, stock(1)));
    client.send(...historicalFields(1, stock(2)));
    expect(await readOutcome(client, 1)).toMatch(/^322 .*Duplicate/);
  });
});

test('allows 100 market data lines across all clients', async () => {
  const { port, statistics } = await startGateway();
  const clients = [
    await connectClient(port, 'v100..193 +PACEAPI', 1),
    await connectClient(port, 'v100..193 +PACEAPI', 2),
  ];
  for (let id = 0; id < 100; id++) clients[id % 2]?.send(...quoteFields(id, stock(id)));
  const [first] = clients;
  first?.send(49, 1);
  await first?.message(49);
  await expect.poll(() => statistics().lines.now).toBe(100);
  first?.send(...quoteFields(1000, apple));
  expect((await first?.message(4))?.slice(2, 4)).toEqual(['1000', '101']);
  first?.send(2, 2, 0);
  first?.send(...quoteFields(1001, apple));
  await first?.next(([kind, , id]) => kind === '58' && id === '1001');
  expect(statistics()).toMatchObject({ lines: { now: 100, peak: 100 }, violations: { lines: 1 } });
});

describe('the message rate', () => {
  test('reports more than 50 messages in a second and closes the connection at the third time', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const { port, statistics } = await startGateway({ clock });
    const client = await connectClient(port);
    for (let second = 1; second <= 3; second++) {
      clock.set(second * 10_000);
      for (let index = 0; index < 51; index++) client.send(49, 1);
      const [, , id, code, text] = await client.message(4);
      expect([id, code]).toEqual(['-1', '100']);
      expect(text).toBe(`Max rate of messages per second has been exceeded:max=50 rec=51 (${second})`);
    }
    await client.closed;
    expect(statistics().violations['message-rate']).toBe(3);
  });

  test('accepts 50 messages, and any number from a client with +PACEAPI', async () => {
    const { port, statistics } = await startGateway();
    const paced = await connectClient(port, 'v100..193 +PACEAPI', 1);
    for (let index = 0; index < 200; index++) paced.send(49, 1);
    const steady = await connectClient(port, 'v100..193', 2);
    for (let index = 0; index < 49; index++) steady.send(49, 1);
    for (let index = 0; index < 49; index++) await steady.message(49);
    for (let index = 0; index < 200; index++) await paced.message(49);
    expect(statistics().violations['message-rate']).toBe(0);
  });
});

test('stops writing to a client that does not read', async () => {
  const { port, statistics } = await startGateway({ pacing: 'off' });
  const client = await connectClient(port, 'v100..193 +PACEAPI');
  client.socket.pause();
  // About 14 MB of answers: more than the system buffers for a client that does not read.
  const requests = 20;
  for (let id = 1; id <= requests; id++)
    client.send(...historicalFields(id, apple, { barSize: '1 min', duration: '20 D' }));
  const other = await connectClient(port, 'v100..193', 2);
  other.send(49, 1);
  await other.message(49);
  expect(statistics().requests.historical).toBeLessThan(requests);
  client.socket.resume();
  for (let id = 1; id <= requests; id++) expect(await readOutcome(client, id)).toBe('bars');
});
