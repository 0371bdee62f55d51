import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { coveredWindow } from '../../core/coverage-fold.js';
import type { CoveredWindow, SeriesCoverage } from '../../core/coverage.js';
import type { Dataset } from '../../core/tables.js';
import { addLine, actionOf } from '../delta/actions.js';
import { sealOf } from '../delta/commit-file.js';
import { syncFolder } from '../delta/durable.js';
import { LakeError, lakeErrorOf, malformed, systemCode } from '../lake-error.js';
import {
  decodeCounts,
  decodeNumbers,
  decodeTexts,
  encodeNumbers,
  encodeTexts,
  expectInteger,
  expectList,
  expectRecord,
  expectText,
  expectTexts,
  numberAt,
  textAt,
} from './columns.js';
import { expectProvider, expectState } from './encoding.js';
import { decodeKeys, encodeKeys } from './series-template.js';
import { emptyFold, familyOf } from './table-fold.js';
import type { TableFold } from './table-fold.js';

/*
 * `<table>/_pipe/coverage-<version, 20 digits>.json`: the fold of the log up to that version, so that reading coverage does
 * not mean reading the whole log. It can always be made again from the log. Two lines:
 *
 *   { "v": 1, "dataset": "equity_bars", "version": 250, "commit": "0123abcd",     the seal of the commit of that version
 *     "crc32": 123 }                                                         of the second line's bytes
 *   { "windows": { "size", "start": NUMBERS, "length": NUMBERS, "at": NUMBERS, "state": TEXTS, "note": TEXTS },
 *     "lists": { "size", "windows": NUMBERS, "of": NUMBERS },    how many windows each list has; all of them by position
 *     "series": [{ "provider", "series": [before, after], "size", "keys": [TEXTS], "list": NUMBERS }],
 *     "files": [{ "add": … }, …] }                               the live files as the log has them
 *
 * NUMBERS, TEXTS and keys as in encoding.ts. A note is written with `=` before it, its absence as "".
 */

const formatVersion = 1;
const folderName = '_pipe';

interface CheckpointName {
  readonly path: string;
  readonly version: number;
}

/** Writes the checkpoint of a fold and removes older ones. Readers see either a whole checkpoint or none. */
export async function writeCheckpoint(tableFolder: string, table: TableFold): Promise<void> {
  const folder = join(tableFolder, folderName);
  const path = join(folder, `coverage-${String(table.version).padStart(20, '0')}.json`);
  const temporary = `${path}.${process.pid}.tmp`;
  const body = Buffer.from(`${JSON.stringify(encodeFold(table))}\n`);
  const { dataset, version } = table;
  try {
    const commit = await sealOf(tableFolder, version);
    const head = { v: formatVersion, dataset, version, commit, crc32: crc32(body) };
    await mkdir(folder, { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await file.writev([Buffer.from(`${JSON.stringify(head)}\n`), body]);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
    for (const older of await checkpoints(tableFolder))
      if (older.version < version) await rm(older.path, { force: true });
  } catch (error) {
    await rm(temporary, { force: true });
    throw lakeErrorOf(error, path);
  }
}

/** The newest checkpoint that is whole and of a commit that is there; null when there is none. */
export async function readCheckpoint(tableFolder: string, dataset: Dataset): Promise<TableFold | null> {
  for (const { path, version } of await checkpoints(tableFolder)) {
    const commit = await sealOf(tableFolder, version);
    if (commit === null) continue;
    try {
      return foldFrom(await readFile(path), { dataset, version, commit }, path);
    } catch (error) {
      // Gone because a newer one was written, or damaged: the log says the same.
      if (!(error instanceof LakeError) && systemCode(error) === undefined) throw error;
    }
  }
  return null;
}

/** Newest first. */
async function checkpoints(tableFolder: string): Promise<readonly CheckpointName[]> {
  const folder = join(tableFolder, folderName);
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw lakeErrorOf(error, folder);
  }
  return names
    .flatMap((name) => {
      const digits = /^coverage-(\d{20})\.json$/.exec(name)?.[1];
      return digits === undefined ? [] : [{ path: join(folder, name), version: Number(digits) }];
    })
    .sort((a, b) => b.version - a.version);
}

function encodeFold(table: TableFold): object {
  const windows = numbering<CoveredWindow>();
  const lists = numbering<SeriesCoverage>();
  const series = [...table.families.values()].map(({ provider, before, after, lists: known }) => ({
    provider,
    series: [before, after],
    size: known.size,
    keys: encodeKeys([...known.keys()]),
    list: encodeNumbers([...known.values()].map(lists.numberOf)),
  }));
  const members = lists.all.flatMap((list) => list.map(windows.numberOf));
  return {
    windows: {
      size: windows.all.length,
      start: encodeNumbers(windows.all.map(({ start }) => start)),
      length: encodeNumbers(windows.all.map(({ start, end }) => end - start)),
      at: encodeNumbers(windows.all.map(({ at }) => at)),
      state: encodeTexts(windows.all.map(({ state }) => state)),
      note: encodeTexts(windows.all.map(({ note }) => (note === undefined ? '' : `=${note}`))),
    },
    lists: {
      size: lists.all.length,
      windows: encodeNumbers(lists.all.map(({ length }) => length)),
      of: encodeNumbers(members),
    },
    series,
    files: [...table.files.values()].map((file) => addLine(file, false)),
  };
}

interface Numbering<T> {
  readonly all: readonly T[];
  readonly numberOf: (value: T) => number;
}

function numbering<T>(): Numbering<T> {
  const numbers = new Map<T, number>();
  const all: T[] = [];
  return {
    all,
    numberOf(value) {
      const known = numbers.get(value);
      if (known !== undefined) return known;
      numbers.set(value, all.length);
      return all.push(value) - 1;
    },
  };
}

/** Which checkpoint is wanted: that of a table, at the end of a certain log. */
interface Wanted {
  readonly dataset: Dataset;
  readonly version: number;
  readonly commit: string;
}

function foldFrom(content: Buffer, { dataset, version, commit }: Wanted, path: string): TableFold {
  const headEnd = content.indexOf('\n');
  const body = content.subarray(headEnd + 1);
  const head = expectRecord(parse(content.toString('utf8', 0, Math.max(headEnd, 0)), path), path);
  if (head['v'] !== formatVersion || head['dataset'] !== dataset || head['version'] !== version) {
    throw malformed(path, 'is a checkpoint of something else');
  }
  if ((head['commit'] ?? commit) !== commit) throw malformed(path, 'is a checkpoint of another log');
  if (head['crc32'] !== crc32(body)) throw malformed(path, 'its checksum does not match');
  const record = expectRecord(parse(body.toString('utf8'), path), path);
  const table = emptyFold(dataset);
  const lists = listsFrom(record, table, path);
  for (const [index, value] of expectList(record['series'], `${path}: series`).entries()) {
    const place = `${path}: series[${index}]`;
    const family = expectRecord(value, place);
    const size = expectInteger(family['size'], `${place}.size`);
    const [before = '', after = ''] = expectTexts(family['series'], `${place}.series`);
    const key = decodeKeys(family['keys'], size, `${place}.keys`);
    const positions = decodeCounts(family['list'], size, `${place}.list`);
    const { lists: known } = familyOf(table, expectProvider(family['provider'], `${place}.provider`), before, after);
    for (let row = 0; row < size; row++) {
      const list = lists[numberAt(positions, row)];
      if (list === undefined) throw malformed(`${place}.list`, `there is no list ${numberAt(positions, row)}`);
      known.set(key(row), list);
    }
  }
  for (const [index, line] of expectList(record['files'], `${path}: files`).entries()) {
    const action = actionOf(line, `${path}: files[${index}]`);
    if (action?.type === 'add') table.files.set(action.file.path, action.file);
  }
  table.version = version;
  return table;
}

function listsFrom(
  record: Readonly<Record<string, unknown>>,
  { fold }: TableFold,
  path: string,
): readonly SeriesCoverage[] {
  const windows = windowsFrom(expectRecord(record['windows'], `${path}: windows`), `${path}: windows`);
  const place = `${path}: lists`;
  const lists = expectRecord(record['lists'], place);
  const size = expectInteger(lists['size'], `${place}.size`);
  const lengths = decodeCounts(lists['windows'], size, `${place}.windows`);
  let total = 0;
  for (let row = 0; row < size; row++) total += numberAt(lengths, row);
  const members = decodeCounts(lists['of'], total, `${place}.of`);
  let next = 0;
  return Array.from({ length: size }, (_, row) => {
    const list = Array.from({ length: numberAt(lengths, row) }, () => {
      const window = windows[numberAt(members, next++)];
      if (window === undefined) throw malformed(`${place}.of`, 'there is no such window');
      return window;
    });
    return fold.share(list);
  });
}

function windowsFrom(record: Readonly<Record<string, unknown>>, place: string): readonly CoveredWindow[] {
  const size = expectInteger(record['size'], `${place}.size`);
  const starts = decodeNumbers(record['start'], size, `${place}.start`);
  const lengths = decodeNumbers(record['length'], size, `${place}.length`);
  const at = decodeNumbers(record['at'], size, `${place}.at`);
  const states = decodeTexts(record['state'], size, `${place}.state`);
  const notes = decodeTexts(record['note'], size, `${place}.note`);
  return Array.from({ length: size }, (_, row) => {
    const start = numberAt(starts, row);
    const note = textAt(notes, row);
    return coveredWindow(
      { start, end: start + numberAt(lengths, row) },
      expectState(textAt(states, row), `${place}.state`),
      numberAt(at, row),
      note === '' ? undefined : expectText(note.slice(1), `${place}.note`),
    );
  });
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(path, 'is torn or is not JSON');
  }
}
