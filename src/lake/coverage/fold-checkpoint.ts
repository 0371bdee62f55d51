import { readFile } from '../../platform/files/read-file.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import { errorCode, errorMessage } from '../../platform/error-message.js';
import { expectRecord, expectInteger, expectList, expectTexts } from '../expect-json.js';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { createCoveredWindow } from '../../core/coverage-fold.js';
import type { CoveredWindow, SeriesCoverage } from '../../core/coverage.js';
import type { Dataset } from '../../core/tables/tables.js';
import { toAddAction, toMetadataAction, toProtocolAction, parseAction } from '../delta/actions.js';
import type { LiveFile } from '../delta/actions.js';
import type { TableHeader } from '../delta/write-refusal.js';
import { readSeal } from '../delta/commit-file.js';
import { syncFolder } from '../delta/durable-files.js';
import { coverageFolder, parseCoverageName } from '../delta/log-listing.js';
import { nextVersion } from '../delta/paths.js';
import { LakeError, toLakeError, malformedError } from '../lake-error.js';
import {
  decodeCounts,
  decodeNumbers,
  decodeTexts,
  encodeNumbers,
  encodeTexts,
  getNumber,
  getText,
} from './column-encoding.js';
import { expectLacks, expectProvider, expectState } from './fact-decoding.js';
import { decodeKeys, encodeKeys } from './series-keys.js';
import { createTableFold, getFamily } from './table-fold.js';
import type { ForeignChange, TableFold } from './table-fold.js';

/*
 * `<table>/_pipe/coverage-<version, 20 digits>.json`: the fold of the log up to that version, so that reading coverage does
 * not require the whole log. The log can always restore it. Two lines:
 *
 *   { "v": 1, "dataset": "equity_bars", "version": 250, "commit": "0123abcd",     the seal of that version's commit
 *     "crc32": 123 }                                                         of the second line's bytes
 *   { "windows": { "size", "start": NUMBERS, "length": NUMBERS, "at": NUMBERS, "state": TEXTS, "note": TEXTS,
 *       "empty": NUMBERS },                                      answers without rows plus 1, or 0; absent if all are 0
 *     "lists": { "size", "windows": NUMBERS, "of": NUMBERS },    the count of each list, and the windows of all lists by position
 *     "series": [{ "provider", "series": [prefix, suffix], "size", "keys": [TEXTS], "list": NUMBERS }],
 *     "files": [{ "add": … }, …],                                the live files as in the log
 *     "table": { "version", "own", "lines": [{ "protocol": … }, { "metaData": … }] },
 *                        the commit that changed the properties of the table last; absent in checkpoints of earlier versions
 *     "foreign": [{ "version", "removed": [{ "add": … }, …], "added": [{ "add": … }, …] }] }
 *                        commits of other programs whose deletions are not recorded yet; absent if there are none
 *
 * NUMBERS, TEXTS and keys are those of fact-encoding.ts. A note is the reason behind `=`, or "" without a reason.
 */

const formatVersion = 1;

interface CheckpointFile {
  readonly path: string;
  readonly version: number;
}

/** Writes the checkpoint of a fold and deletes older ones. Readers see either a whole checkpoint or none. */
export async function writeFoldCheckpoint(tableFolder: string, table: TableFold): Promise<void> {
  const { dataset, version } = table;
  if (version === null) return;
  const folder = join(tableFolder, coverageFolder);
  const path = join(folder, `coverage-${String(version).padStart(20, '0')}.json`);
  const temporary = `${path}.${process.pid}.tmp`;
  const body = Buffer.from(`${JSON.stringify(encodeFold(table))}\n`);
  try {
    const commit = await readSeal(tableFolder, version);
    const head = { v: formatVersion, dataset, version, commit, crc32: crc32(body) };
    await makeFolder(folder);
    const file = await open(temporary, 'w');
    try {
      await file.writev([Buffer.from(`${JSON.stringify(head)}\n`), body]);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
    for (const older of await listCheckpoints(tableFolder))
      if (older.version < version) await rm(older.path, { force: true });
  } catch (error) {
    await rm(temporary, { force: true });
    throw toLakeError(error, path);
  }
}

/** The newest checkpoint that is intact and of an existing commit; null if there is none. */
export async function readFoldCheckpoint(tableFolder: string, dataset: Dataset): Promise<TableFold | null> {
  for (const { path, version } of await listCheckpoints(tableFolder)) {
    const commit = await readSeal(tableFolder, version);
    if (commit === null) continue;
    try {
      return parseFold(await readFile(path), { dataset, version, commit }, path);
    } catch (error) {
      // Deleted because another process wrote a newer one, or damaged: the log has the same content.
      if (!(error instanceof LakeError) && errorCode(error) === null) throw error;
    }
  }
  return null;
}

/** A checkpoint file, by its own checksum and, if its commit is intact, by the seal of that commit. */
export interface ExaminedFoldCheckpoint {
  readonly path: string;
  readonly version: number;
  /** Null if the file is damaged or of another log. */
  readonly fold: TableFold | null;
  readonly problem: string;
}

/** Reads every checkpoint of a table, newest first; `isIntact` says whose commits can be compared with. */
export async function examineFoldCheckpoints(
  tableFolder: string,
  dataset: Dataset,
  isIntact: (version: number) => boolean,
): Promise<readonly ExaminedFoldCheckpoint[]> {
  const examined: ExaminedFoldCheckpoint[] = [];
  for (const { path, version } of await listCheckpoints(tableFolder)) {
    const commit = isIntact(version) ? await readSeal(tableFolder, version) : null;
    try {
      const fold = parseFold(await readFile(path), { dataset, version, commit }, path);
      examined.push({ path, version, fold, problem: '' });
    } catch (error) {
      if (!(error instanceof LakeError) && errorCode(error) === null) throw error;
      const problem = errorMessage(error);
      if (errorCode(error) !== 'ENOENT') examined.push({ path, version, fold: null, problem });
    }
  }
  return examined;
}

/**
 * The version of an intact checkpoint behind the end of a log, which proves that commits are gone: a checkpoint is written after
 * its commit. Null if there is none.
 */
export async function findProvenVersion(
  tableFolder: string,
  dataset: Dataset,
  last: number | null,
): Promise<number | null> {
  for (const { path, version } of await listCheckpoints(tableFolder)) {
    if (version <= (last ?? -1)) return null;
    // Another process may have added commits and written the checkpoint of the newest one meanwhile.
    if ((await readSeal(tableFolder, nextVersion(last))) !== null) return null;
    try {
      parseFold(await readFile(path), { dataset, version, commit: null }, path);
      return version;
    } catch (error) {
      if (!(error instanceof LakeError) && errorCode(error) === null) throw error;
    }
  }
  return null;
}

/** Newest first. */
async function listCheckpoints(tableFolder: string): Promise<readonly CheckpointFile[]> {
  const folder = join(tableFolder, coverageFolder);
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw toLakeError(error, folder);
  }
  return names
    .flatMap((name) => {
      const version = parseCoverageName(name);
      return version === null ? [] : [{ path: join(folder, name), version }];
    })
    .sort((a, b) => b.version - a.version);
}

/** Checkpoints of lakes without such answers are those of earlier versions. */
function encodeEmptyAnswers(windows: readonly CoveredWindow[]): object {
  const hasAnswers = windows.some(({ emptyAnswers }) => emptyAnswers !== undefined);
  const hasLacks = windows.some(({ lacks }) => lacks !== undefined);
  return {
    ...(hasAnswers
      ? { empty: encodeNumbers(windows.map(({ emptyAnswers }) => (emptyAnswers === undefined ? 0 : emptyAnswers + 1))) }
      : {}),
    ...(hasLacks ? { lacks: encodeTexts(windows.map(({ lacks = '' }) => lacks)) } : {}),
  };
}

function encodeFold(table: TableFold): object {
  const windows = createValueIndex<CoveredWindow>();
  const lists = createValueIndex<SeriesCoverage>();
  const series = [...table.families.values()].map(({ provider, prefix, suffix, lists: seriesLists }) => ({
    provider,
    series: [prefix, suffix],
    size: seriesLists.size,
    keys: encodeKeys([...seriesLists.keys()]),
    list: encodeNumbers([...seriesLists.values()].map(lists.indexOf)),
  }));
  const members = lists.all.flatMap((list) => list.map(windows.indexOf));
  return {
    windows: {
      size: windows.all.length,
      start: encodeNumbers(windows.all.map(({ start }) => start)),
      length: encodeNumbers(windows.all.map(({ start, end }) => end - start)),
      at: encodeNumbers(windows.all.map(({ lastRequestedAt }) => lastRequestedAt)),
      state: encodeTexts(windows.all.map(({ state }) => state)),
      note: encodeTexts(windows.all.map(({ reason }) => (reason === undefined ? '' : `=${reason}`))),
      ...encodeEmptyAnswers(windows.all),
    },
    lists: {
      size: lists.all.length,
      windows: encodeNumbers(lists.all.map(({ length }) => length)),
      of: encodeNumbers(members),
    },
    series,
    files: [...table.files.values()].map((file) => toAddAction(file, false)),
    ...encodeHeader(table),
    ...(table.foreignChanges.length === 0 ? {} : { foreign: table.foreignChanges.map(encodeForeignChange) }),
  };
}

function encodeHeader({ header }: TableFold): object {
  if (header === null) return {};
  const { protocol, metadata, changedBy } = header;
  const lines = [
    ...(protocol === null ? [] : [toProtocolAction(protocol)]),
    ...(metadata === null ? [] : [toMetadataAction(metadata)]),
  ];
  return { table: { ...(changedBy === null ? {} : { version: changedBy.version, own: changedBy.isOwn }), lines } };
}

function parseHeader(value: unknown, location: string): TableHeader {
  const record = expectRecord(value, location);
  let header: TableHeader = {
    protocol: null,
    metadata: null,
    changedBy:
      record['version'] === undefined
        ? null
        : { version: expectInteger(record['version'], `${location}.version`), isOwn: record['own'] === true },
  };
  for (const line of expectList(record['lines'], `${location}.lines`)) {
    const action = parseAction(line, location);
    if (action?.type === 'protocol') header = { ...header, protocol: action.protocol };
    if (action?.type === 'metadata') header = { ...header, metadata: action.metadata };
  }
  return header;
}

function encodeForeignChange({ version, removed, added }: ForeignChange): object {
  const encode = (files: readonly LiveFile[]): readonly object[] => files.map((file) => toAddAction(file, false));
  return { version, removed: encode(removed), added: encode(added) };
}

function parseForeignChange(value: unknown, location: string): ForeignChange {
  const change = expectRecord(value, location);
  return {
    version: expectInteger(change['version'], `${location}.version`),
    removed: parseFiles(change['removed'], `${location}.removed`),
    added: parseFiles(change['added'], `${location}.added`),
  };
}

function parseFiles(value: unknown, location: string): readonly LiveFile[] {
  return expectList(value, location).flatMap((line, index) => {
    const action = parseAction(line, `${location}[${index}]`);
    return action?.type === 'add' ? [action.file] : [];
  });
}

interface ValueIndex<T> {
  readonly all: readonly T[];
  readonly indexOf: (value: T) => number;
}

function createValueIndex<T>(): ValueIndex<T> {
  const numbers = new Map<T, number>();
  const all: T[] = [];
  return {
    all,
    indexOf(value) {
      const known = numbers.get(value);
      if (known !== undefined) return known;
      numbers.set(value, all.length);
      return all.push(value) - 1;
    },
  };
}

interface ExpectedCheckpoint {
  readonly dataset: Dataset;
  readonly version: number;
  /** The seal of the commit; null if the commit is lost. */
  readonly commit: string | null;
}

function parseFold(content: Buffer, { dataset, version, commit }: ExpectedCheckpoint, path: string): TableFold {
  const headEnd = content.indexOf('\n');
  const body = content.subarray(headEnd + 1);
  const head = expectRecord(parseJson(content.toString('utf8', 0, Math.max(headEnd, 0)), path), path);
  if (head['v'] !== formatVersion || head['dataset'] !== dataset || head['version'] !== version) {
    throw malformedError(path, 'is a checkpoint of another table or version');
  }
  if (commit !== null && (head['commit'] ?? commit) !== commit)
    throw malformedError(path, 'is a checkpoint of another log');
  if (head['crc32'] !== crc32(body)) throw malformedError(path, 'the checksum does not match');
  const record = expectRecord(parseJson(body.toString('utf8'), path), path);
  const table = createTableFold(dataset);
  const lists = parseLists(record, table, path);
  for (const [index, value] of expectList(record['series'], `${path}: series`).entries()) {
    const location = `${path}: series[${index}]`;
    const family = expectRecord(value, location);
    const size = expectInteger(family['size'], `${location}.size`);
    const [prefix = '', suffix = ''] = expectTexts(family['series'], `${location}.series`);
    const key = decodeKeys(family['keys'], size, `${location}.keys`);
    const positions = decodeCounts(family['list'], size, `${location}.list`);
    const { lists: seriesLists } = getFamily(
      table,
      expectProvider(family['provider'], `${location}.provider`),
      prefix,
      suffix,
    );
    for (let row = 0; row < size; row++) {
      const list = lists[getNumber(positions, row)];
      if (list === undefined)
        throw malformedError(`${location}.list`, `list ${getNumber(positions, row)} does not exist`);
      seriesLists.set(key(row), list);
    }
  }
  for (const file of parseFiles(record['files'], `${path}: files`)) table.files.set(file.path, file);
  if (record['foreign'] !== undefined) {
    table.foreignChanges = expectList(record['foreign'], `${path}: foreign`).map((change, index) =>
      parseForeignChange(change, `${path}: foreign[${index}]`),
    );
  }
  table.header = record['table'] === undefined ? null : parseHeader(record['table'], `${path}: table`);
  table.version = version;
  return table;
}

function parseLists(
  record: Readonly<Record<string, unknown>>,
  { fold }: TableFold,
  path: string,
): readonly SeriesCoverage[] {
  const windows = parseWindows(expectRecord(record['windows'], `${path}: windows`), `${path}: windows`);
  const location = `${path}: lists`;
  const lists = expectRecord(record['lists'], location);
  const size = expectInteger(lists['size'], `${location}.size`);
  const lengths = decodeCounts(lists['windows'], size, `${location}.windows`);
  let total = 0;
  for (let row = 0; row < size; row++) total += getNumber(lengths, row);
  const members = decodeCounts(lists['of'], total, `${location}.of`);
  let next = 0;
  return Array.from({ length: size }, (_, row) => {
    const list = Array.from({ length: getNumber(lengths, row) }, () => {
      const window = windows[getNumber(members, next++)];
      if (window === undefined) throw malformedError(`${location}.of`, 'the window does not exist');
      return window;
    });
    return fold.intern(list);
  });
}

function parseWindows(record: Readonly<Record<string, unknown>>, location: string): readonly CoveredWindow[] {
  const size = expectInteger(record['size'], `${location}.size`);
  const starts = decodeNumbers(record['start'], size, `${location}.start`);
  const lengths = decodeNumbers(record['length'], size, `${location}.length`);
  const at = decodeNumbers(record['at'], size, `${location}.at`);
  const states = decodeTexts(record['state'], size, `${location}.state`);
  const reasons = decodeTexts(record['note'], size, `${location}.note`);
  const empty = record['empty'] === undefined ? 0 : decodeCounts(record['empty'], size, `${location}.empty`);
  const lacks = record['lacks'] === undefined ? '' : decodeTexts(record['lacks'], size, `${location}.lacks`);
  return Array.from({ length: size }, (_, row) => {
    const start = getNumber(starts, row);
    const lacksOfRow = getText(lacks, row);
    const reason = getText(reasons, row);
    const emptyAnswers = getNumber(empty, row);
    return createCoveredWindow(
      { start, end: start + getNumber(lengths, row) },
      expectState(getText(states, row), `${location}.state`),
      getNumber(at, row),
      reason === '' ? undefined : reason.slice(1),
      emptyAnswers === 0 ? undefined : emptyAnswers - 1,
      lacksOfRow === '' ? undefined : expectLacks(lacksOfRow, `${location}.lacks`),
    );
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedError(path, 'is torn or is not JSON');
  }
}
