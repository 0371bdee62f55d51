import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayNumber } from '../../../../src/core/time.js';
import { readInstruments } from '../../../../src/providers/kite/instruments/csv.js';
import { rowNamed } from '../../../../src/providers/kite/instruments/table.js';
import type { InstrumentTable } from '../../../../src/providers/kite/instruments/table.js';
import { unhurried } from '../../../../src/providers/kite/instruments/unhurried.js';
import { header, listText } from './list-text.js';

async function tableOf(text: string): Promise<InstrumentTable> {
  const read = await unhurried(readInstruments(text));
  if (!read.ok) expect.fail(read.error);
  return read.value;
}

async function problemIn(text: string): Promise<string> {
  const read = await unhurried(readInstruments(text));
  if (read.ok) expect.fail('expected a problem');
  return read.error;
}

test('every column is read, and the empty last line is no instrument', async () => {
  const table = await tableOf(listText());
  expect(table.length).toBe(12);
  const row = rowNamed(table, 'NFO', 'NIFTY26NOV26000CE') ?? NaN;
  expect(table.token[row]).toBe(9001);
  expect(table.name[row]).toBe('NIFTY');
  expect(table.expiry[row]).toBe(dayNumber('2026-11-24'));
  expect(table.strike[row]).toBe(26_000);
  expect(table.tickSize[row]).toBe(0.05);
  expect(table.lotSize[row]).toBe(65);
  expect(table.type[row]).toBe('CE');
  expect(table.segment[row]).toBe('NFO-OPT');
  expect(table.expiry[rowNamed(table, 'NSE', 'INFY') ?? NaN]).toBeNaN();
});

test('the same tradingsymbol on two exchanges is two instruments', async () => {
  const table = await tableOf(listText());
  expect(table.token[rowNamed(table, 'NSE', 'INFY') ?? NaN]).toBe(408065);
  expect(table.token[rowNamed(table, 'BSE', 'INFY') ?? NaN]).toBe(128028676);
});

test('other line ends, a byte order mark and a new column change nothing', async () => {
  const plain = await tableOf(listText());
  expect(await tableOf(`\uFEFF${listText().replaceAll('\n', '\r\n')}`)).toEqual(plain);
  const wider = listText()
    .trimEnd()
    .split('\n')
    .map((line) => `new,${line}`);
  expect(await tableOf(wider.join('\n'))).toEqual(plain);
});

test('names with commas and quotes are read back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[A-Z ,"&.-]{0,20}$/), { minLength: 1, maxLength: 20 }),
      async (names) => {
        const rows = names.map(
          (name, at) => `${at + 1},1,S${at},"${name.replaceAll('"', '""')}",0,,0,0.05,1,EQ,NSE,NSE`,
        );
        expect((await tableOf([header, ...rows].join('\n'))).name).toEqual(names);
      },
    ),
  );
});

test('what is no list is told', async () => {
  expect(await problemIn('<html>Bad gateway</html>')).toMatch(/no column instrument_token/);
  expect(await problemIn(`${header}\n`)).toMatch(/without instruments/);
  expect(await problemIn(`${listText()}garbage\n`)).toMatch(/1 rows .* cannot be read/);
});

test('the list of a whole day is read', async () => {
  expect((await tableOf(listText(20_000))).length).toBe(20_012);
});
