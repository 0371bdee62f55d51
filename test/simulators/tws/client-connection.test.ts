import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createListings } from '../../../src/simulators/tws/contracts/listings.js';
import { connectClient, startGateway, connectRaw } from './tws-rig.js';

test('sends the version, accounts, next id and farm states to a new client', async () => {
  const { port, statistics } = await startGateway({ serverVersion: 178 });
  const client = await connectRaw(port, 'v100..193');
  expect(await client.next(() => true)).toEqual(['178', expect.stringMatching(/^\d{8} \d\d:\d\d:\d\d GMT$/)]);
  client.send(71, 2, 5, '');
  expect(await client.next(() => true)).toEqual(['15', '1', 'DU1234567']);
  expect(await client.next(() => true)).toEqual(['9', '1', '1']);
  expect((await client.message(4)).slice(2, 4)).toEqual(['-1', '2104']);
  expect((await client.message(4)).slice(2, 4)).toEqual(['-1', '2106']);
  expect((await client.message(4)).slice(2, 4)).toEqual(['-1', '2158']);
  expect(statistics().connections).toEqual({ accepted: 1, open: 1, peak: 1 });
});

test.each([
  ['v100..193', 193, '193'],
  ['v157..178 +PACEAPI', 193, '178'],
  ['v100..157', 176, '157'],
  ['v176', 193, '176'],
  ['v100..222', 186, '186'],
])('negotiates version %s at a gateway of %i as %s', async (versions, serverVersion, agreed) => {
  const { port } = await startGateway({ serverVersion });
  const client = await connectRaw(port, versions);
  expect((await client.next(() => true))[0]).toBe(agreed);
});

test.each([
  ['v100..150', 'the client speaks versions 100 to 150 of the protocol, this server 157 to 176'],
  ['v180..193', 'the client speaks versions 180 to 193 of the protocol, this server 157 to 176'],
  ['v213', 'the client speaks version 213 of the protocol, this server 157 to 176'],
])('answers a client of other versions (%s) with its own, logs it and closes', async (versions, message) => {
  const { port, events } = await startGateway();
  const client = await connectRaw(port, versions);
  await client.closed;
  expect(client.received).toEqual([['176', expect.stringMatching(/GMT$/)]]);
  expect(events).toContainEqual(expect.objectContaining({ kind: 'violation', rule: 'protocol', message }));
});

test('closes a connection whose handshake names no versions and logs it', async () => {
  const { port, events } = await startGateway();
  const client = await connectRaw(port, 'hello');
  await client.closed;
  expect(client.received).toEqual([]);
  const message = 'unreadable handshake "hello"';
  expect(events).toContainEqual(expect.objectContaining({ kind: 'violation', rule: 'protocol', message }));
});

test('closes a connection that does not begin with the API prefix', async () => {
  const { port, events } = await startGateway();
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await new Promise((resolve) => socket.on('close', resolve));
  const message = 'the connection starts with "GET / HTTP/1.1\\r\\n\\r\\n", not with API';
  expect(events).toContainEqual(expect.objectContaining({ kind: 'violation', rule: 'protocol', message }));
});

test('knows no name that no market has and logs it', async () => {
  const { port, events } = await startGateway({ isListed: createListings(['ACME']) });
  const client = await connectClient(port);
  const contract = (symbol: string) => [0, symbol, 'STK', '', 0, '', '', 'SMART', '', 'USD', '', '', 0, '', '', ''];
  for (const [id, symbol] of ['AAPPL', 'AAPL', 'ACME', 'S0001', 'BRK B', 'F'].entries())
    client.send(9, 8, id, ...contract(symbol));
  expect((await client.message(4)).slice(2)).toEqual([
    '0',
    '200',
    'No security definition has been found for the request',
    '',
  ]);
  for (let id = 1; id <= 5; id++) expect((await client.message(52))[2]).toBe(String(id));
  expect(events.filter(({ kind }) => kind === 'unlisted')).toEqual([
    expect.objectContaining({ kind: 'unlisted', symbol: 'AAPPL' }),
  ]);
});

test('rejects a client id in use and accepts it after its holder disconnects', async () => {
  const { port } = await startGateway();
  const first = await connectClient(port, 'v100..193', 7);
  const second = await connectRaw(port, 'v100..193');
  second.send(71, 2, 7, '');
  expect((await second.message(4)).slice(2, 4)).toEqual(['-1', '326']);
  await second.closed;
  first.socket.destroy();
  await first.closed;
  await connectClient(port, 'v100..193', 7);
});

test('serves many clients at once', async () => {
  const { port, statistics } = await startGateway();
  const clients = await Promise.all(Array.from({ length: 40 }, (_, index) => connectClient(port, 'v100..193', index)));
  for (const client of clients) client.send(49, 1);
  for (const client of clients) expect(await client.message(49)).toHaveLength(3);
  expect(statistics().connections.peak).toBe(40);
});

test('answers every request that clients send on connecting', async () => {
  const { port } = await startGateway();
  const client = await connectClient(port);
  client.send(61, 1);
  expect(await client.message(62)).toEqual(['62', '1']);
  client.send(5, 1);
  expect(await client.message(53)).toEqual(['53', '1']);
  client.send(16, 1);
  expect(await client.message(53)).toEqual(['53', '1']);
  client.send(99, 0);
  expect(await client.message(102)).toEqual(['102']);
  client.send(6, 2, 1, 'DU1234567');
  expect((await client.until(54)).at(-1)).toEqual(['54', '1', 'DU1234567']);
  client.send(76, 1, 11, 'DU1234567', '', 0);
  expect((await client.until(74)).every(([id, , request]) => (id === '73' || id === '74') && request === '11')).toBe(
    true,
  );
  client.send(74, 1, 12, 'DU1234567', '');
  expect(await client.message(72)).toEqual(['72', '1', '12']);
  client.send(7, 3, 13, 0, '', '', '', '', '', '');
  expect(await client.message(55)).toEqual(['55', '1', '13']);
  client.send(62, 1, 14, 'All', 'NetLiquidation,BuyingPower');
  expect(await client.until(64)).toEqual([
    ['63', '1', '14', 'DU1234567', 'NetLiquidation', '100000.00', 'USD'],
    ['63', '1', '14', 'DU1234567', 'BuyingPower', '400000.00', 'USD'],
    ['64', '1', '14'],
  ]);
  client.send(8, 1, 1);
  expect(await client.message(9)).toEqual(['9', '1', '1']);
  client.send(17, 1);
  expect(await client.message(15)).toEqual(['15', '1', 'DU1234567']);
  client.send(49, 1);
  expect(await client.message(49)).toEqual(['49', '1', '1795017600']);
  client.send(80);
  expect(await client.message(78)).toEqual(['78', '1', 'DU1234567', '']);
  client.send(104, 15);
  expect(await client.message(107)).toEqual(['107', '15', '']);
  client.send(91, 26);
  expect(await client.message(93)).toEqual(['93', '26', '1', '0', '0.01']);
  client.send(85);
  expect(await client.message(85)).toEqual(['85', '0']);
  client.send(81, 16, 'AAPL');
  expect(await client.message(79)).toEqual([
    '79',
    '16',
    '1',
    '265598',
    'AAPL',
    'STK',
    'NASDAQ',
    'USD',
    '1',
    'OPT',
    'Apple Inc',
    '',
  ]);
});

test('rejects orders', async () => {
  const { port } = await startGateway();
  const client = await connectClient(port);
  client.send(3, 21, 0, 'AAPL', 'STK', '', 0, '', '', 'SMART', '', 'USD', '', '', '', '', 'BUY', 1, 'MKT');
  expect((await client.message(4)).slice(2, 5)).toEqual([
    '21',
    '201',
    expect.stringContaining('market-data simulator'),
  ]);
  client.send(4, 1, 21, '');
  expect((await client.message(4)).slice(2, 4)).toEqual(['21', '10147']);
});

test('answers an unreadable message with 320 and keeps the connection open', async () => {
  const { port, events } = await startGateway();
  const client = await connectClient(port);
  client.send(20, 31, 'x');
  expect((await client.message(4)).slice(2, 4)).toEqual(['31', '320']);
  client.send(9999);
  expect((await client.message(4)).slice(2, 4)).toEqual(['-1', '320']);
  client.send(49, 1);
  await client.message(49);
  expect(events.filter(({ kind }) => kind === 'violation')).toHaveLength(2);
});

test('closes the connection after a frame that is too long', async () => {
  const { port } = await startGateway();
  const client = await connectClient(port);
  client.socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3]));
  await client.closed;
});

test('reports a port that is in use', async () => {
  const { port } = await startGateway();
  await expect(startGateway({ port })).rejects.toThrow(/EADDRINUSE/);
});
