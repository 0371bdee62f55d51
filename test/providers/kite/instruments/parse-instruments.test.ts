import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toDayNumber } from '../../../../src/core/time/time.js';
import { parseInstruments } from '../../../../src/providers/kite/instruments/parse-instruments.js';
import { findRow } from '../../../../src/providers/kite/instruments/instrument-table.js';
import type { InstrumentTable } from '../../../../src/providers/kite/instruments/instrument-table.js';
import { yieldToEventLoop } from '../../../../src/providers/kite/instruments/instrument-catalog.js';
import { header, createInstrumentList } from './instrument-list-text.js';

async function parseTable(text: string): Promise<InstrumentTable> {
  const parsed = await yieldToEventLoop(parseInstruments(text));
  if (!parsed.ok) expect.fail(parsed.error);
  return parsed.value;
}

async function getProblem(text: string): Promise<string> {
  const parsed = await yieldToEventLoop(parseInstruments(text));
  if (parsed.ok) expect.fail('expected a problem');
  return parsed.error;
}

test('parses every column and ignores the empty last line', async () => {
  const table = await parseTable(createInstrumentList());
  expect(table.length).toBe(12);
  const row = findRow(table, 'NFO', 'NIFTY26NOV26000CE') ?? NaN;
  expect(table.token[row]).toBe(9001);
  expect(table.name[row]).toBe('NIFTY');
  expect(table.expiry[row]).toBe(toDayNumber('2026-11-24'));
  expect(table.strike[row]).toBe(26_000);
  expect(table.tickSize[row]).toBe(0.05);
  expect(table.lotSize[row]).toBe(65);
  expect(table.type[row]).toBe('CE');
  expect(table.segment[row]).toBe('NFO-OPT');
  expect(table.expiry[findRow(table, 'NSE', 'INFY') ?? NaN]).toBeNaN();
});

test('distinguishes the same tradingsymbol on two exchanges', async () => {
  const table = await parseTable(createInstrumentList());
  expect(table.token[findRow(table, 'NSE', 'INFY') ?? NaN]).toBe(408065);
  expect(table.token[findRow(table, 'BSE', 'INFY') ?? NaN]).toBe(128028676);
});

test('accepts CRLF, a byte order mark and an additional column', async () => {
  const plain = await parseTable(createInstrumentList());
  expect(await parseTable(`\uFEFF${createInstrumentList().replaceAll('\n', '\r\n')}`)).toEqual(plain);
  const wider = createInstrumentList()
    .trimEnd()
    .split('\n')
    .map((line) => `new,${line}`);
  expect(await parseTable(`${wider.join('\n')}\n`)).toEqual(plain);
});

test('parses quoted names with commas and quotes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[A-Z ,"&.-]{0,20}$/), { minLength: 1, maxLength: 20 }),
      async (names) => {
        const rows = names.map(
          (name, at) => `${at + 1},1,S${at},"${name.replaceAll('"', '""')}",0,,0,0.05,1,EQ,NSE,NSE`,
        );
        expect((await parseTable(`${[header, ...rows].join('\n')}\n`)).name).toEqual(names);
      },
    ),
  );
});

test('rejects HTML, an empty list and a list with an invalid row', async () => {
  expect(await getProblem('<html>Bad gateway</html>\n')).toMatch(/column instrument_token, .* is missing/);
  expect(await getProblem(`${header}\n`)).toMatch(/the list of instruments is empty/);
  expect(await getProblem(`${createInstrumentList()}garbage\n`)).toMatch(/cannot parse 1 rows/);
});

test('rejects a list that was cut inside of any of its lines', async () => {
  const text = createInstrumentList(3);
  for (let length = header.length; length < text.length; length++) {
    if (text[length - 1] === '\n') continue;
    expect(await getProblem(text.slice(0, length)), `cut after ${length} characters`).toMatch(/ends early/);
  }
});

test('rejects a list whose options have expiries or strikes in another format', async () => {
  expect(await getProblem(createInstrumentList(50).replaceAll('2026-11-24', '24-11-2026'))).toMatch(/cannot parse/);
  expect(await getProblem(createInstrumentList(50).replaceAll('26000,', 'n/a,'))).toMatch(/cannot parse/);
});

test('names tradingsymbols with several tokens, of which the first counts', async () => {
  const row = '408066,1594,INFY,INFOSYS,0,,0,0.05,1,EQ,NSE,NSE\n';
  const table = await parseTable(createInstrumentList() + row);
  expect(table.duplicates).toEqual(['NSE:INFY']);
  expect(table.token[findRow(table, 'NSE', 'INFY') ?? NaN]).toBe(408065);
  expect((await parseTable(createInstrumentList())).duplicates).toEqual([]);
});

test('parses a list of 20,012 rows', async () => {
  expect((await parseTable(createInstrumentList(20_000))).length).toBe(20_012);
});
