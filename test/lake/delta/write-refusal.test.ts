import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Metadata, Protocol } from '../../../src/lake/delta/actions.js';
import { parseAction, toMetadataAction } from '../../../src/lake/delta/actions.js';
import { commitPath } from '../../../src/lake/delta/paths.js';
import { buildDatasetMetadata } from '../../../src/lake/delta/schema.js';
import { findWriteRefusal } from '../../../src/lake/delta/write-refusal.js';
import type { LakeState } from '../../../src/lake/api.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../../src/lake/writer/lake-writer.js';
import { check, store } from '../../checks/checking.js';
import { author, bars, contract, equity, temporaryFolder } from '../lake-fixture.js';

const metadata = buildDatasetMetadata('equity_bars', 'run', 1);
const foreign = { version: 7, isOwn: false };
const writable: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

function withColumn(name: string): Metadata {
  const schema = JSON.parse(metadata.schemaString) as { fields: object[] };
  const fields = [...schema.fields, { name, type: 'string', nullable: true, metadata: {} }];
  return { ...metadata, schemaString: JSON.stringify({ type: 'struct', fields }) };
}

function withProperty(name: string, value: string): Metadata {
  return { ...metadata, configuration: { ...metadata.configuration, [name]: value } };
}

const raised: Protocol = { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['changeDataFeed'] };

test('a table as pipe creates it can be written', () => {
  expect(findWriteRefusal('equity_bars', { protocol: writable, metadata, changedBy: foreign })).toBeNull();
  const header = { protocol: writable, metadata: withProperty('delta.appendOnly', 'false'), changedBy: foreign };
  expect(findWriteRefusal('equity_bars', header)).toBeNull();
});

test.each([
  [
    'delta.appendOnly',
    { protocol: writable, metadata: withProperty('delta.appendOnly', 'true') },
    /delta\.appendOnly is true/,
    /^set delta\.appendOnly of equity_bars to false/,
  ],
  ['a raised writer protocol', { protocol: raised, metadata }, /writer 7 \(changeDataFeed\)/, /^restore version 6 /],
  ['a foreign column', { protocol: writable, metadata: withColumn('note') }, /note \(string\)/, /^restore version 6 /],
])('%s makes a table read-only, with the next step', (_, header, problem, hint) => {
  const refusal = findWriteRefusal('equity_bars', { ...header, changedBy: foreign });
  expect(refusal?.problem).toMatch(problem);
  expect(refusal?.hint).toMatch(hint);
});

test('a column of a later version of pipe needs that version', () => {
  const header = { protocol: writable, metadata: withColumn('note'), changedBy: { version: 7, isOwn: true } };
  expect(findWriteRefusal('equity_bars', header)?.hint).toMatch(/^update pipe/);
});

test('a protocol with features of files that pipe can read is read, others are refused by name', () => {
  const parse = (readerFeatures: readonly string[]): unknown =>
    parseAction({ protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures, writerFeatures: [] } }, 'here');
  expect(parse(['deletionVectors'])).toMatchObject({ protocol: { minReaderVersion: 3 } });
  expect(() => parse(['columnMapping'])).toThrow('reader 3 of the Delta protocol (columnMapping)');
});

async function readState(folder: string): Promise<LakeState> {
  const reader = await openLakeReader(folder);
  onTestFinished(() => reader.close());
  return reader.readState();
}

async function appendForeignCommit(table: string, action: object): Promise<void> {
  const version = (await readdir(join(table, '_delta_log'))).filter((name) => name.endsWith('.json')).length;
  const info = { commitInfo: { timestamp: 1, operation: 'SET TBLPROPERTIES', engineInfo: 'delta-rs' } };
  await writeFile(commitPath(table, version), [info, action].map((line) => `${JSON.stringify(line)}\n`).join(''));
}

test.each([
  ['delta.appendOnly', toMetadataAction(withProperty('delta.appendOnly', 'true')), 'delta.appendOnly'],
  ['a raised writer protocol', { protocol: raised }, 'writer 7'],
  ['a foreign column', toMetadataAction(withColumn('note')), 'note (string)'],
])(
  '%s: the table is still read, nothing is written to it, and other tables are written',
  async (_, action, problem) => {
    const folder = await temporaryFolder();
    await store(folder, [[contract('AAPL', 1_000, 1), bars(equity('AAPL'), '2026-01-05', '2026-01-08')]]);
    await appendForeignCommit(join(folder, 'equity_bars'), action);

    const state = await readState(folder);
    expect(state).toMatchObject({ unreadable: [], readOnly: [{ dataset: 'equity_bars' }] });
    expect(state.readOnly[0]?.problem).toContain(problem);
    expect(state.coverage('mock', 'equity_bars/AAPL/1 day/TRADES/rth')).toHaveLength(1);

    await store(folder, [[contract('MSFT', 2_000, 2)]]);
    expect((await readState(folder)).coverage('mock', 'contracts/MSFT')).toHaveLength(1);
    const clock = { now: () => Date.UTC(2026, 1, 20), sleepUntil: () => Promise.resolve() };
    const writer = await openLakeWriter({ folder, author, clock, emit: () => undefined });
    await expect(writer.receive(bars(equity('AAPL'), '2026-01-08', '2026-01-09'))).rejects.toThrow(problem);
    await writer.close();
    // The refused result waits in the spool: recovery leaves it there and continues.
    await store(folder, []);
    expect((await check(folder, ['contracts'])).findings).toEqual([]);
  },
);
