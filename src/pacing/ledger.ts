import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  readdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Duration, Instant } from '../core/time/time.js';
import { errorCode, errorMessage } from '../platform/error-message.js';
import { makeFolderSync } from '../platform/files/make-folder.js';
import { readFileSync } from '../platform/files/read-file.js';
import { formatLedgerLine, parseLedgerLine } from './ledger-record.js';
import type { LedgerRecord } from './ledger-record.js';

/*
 * The ledger is an append-only file that processes share without a lock. Each writer appends its spends and then reads the
 * lines before its own: the order in the file, which the operating system decides, is the order of events. A writer whose
 * budget was used up by an earlier line undoes its own. A process that is killed leaves at most one line that counts
 * although no request was sent.
 *
 * A full file is sealed by a line; lines after the seal do not count for any process, and the next file continues. A file
 * is therefore never rewritten while other processes read it.
 */

export interface LedgerOptions {
  readonly folder: string;
  /** Name of the files, before their number. */
  readonly name: string;
  /** Time to keep a sealed file: as long as a line in it may count. */
  readonly retention: Duration;
  /** Size in bytes above which a file is sealed. */
  readonly maxFileBytes: number;
}

/** A ledger from the point of view of one writer. */
export interface Ledger {
  /** Returns the records of other writers since the last call. */
  readNew(now: Instant): LedgerRecord[];
  /**
   * Appends records atomically for readers. Returns the new records of other writers before and after them.
   */
  append(
    records: readonly LedgerRecord[],
    now: Instant,
  ): { readonly before: LedgerRecord[]; readonly after: LedgerRecord[] };
  close(): void;
}

/** A ledger that cannot be used; the message names the file and the reason. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';

  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`cannot use the pacing ledger ${path}: ${reason}`);
  }
}

interface SealedFile {
  readonly path: string;
  readonly sealedAt: Instant;
}

/** Opens a ledger, or creates it. The first `readNew` returns all of its records. */
export function openLedger({ folder, name, retention, maxFileBytes }: LedgerOptions): Ledger {
  createFolder(folder);
  const sealed: SealedFile[] = [];
  let current = openNextFile(0, folder, name);
  let offset = 0;

  const openNext = (sealedAt: Instant): void => {
    closeSync(current.fd);
    sealed.push({ path: current.path, sealedAt });
    current = openNextFile(current.number, folder, name);
    offset = 0;
  };

  /** Reads the complete unread lines of the current file, up to its seal. */
  const readUnread = (): { readonly lines: readonly string[]; readonly sealedAt: Instant | null } => {
    const size = fstatSync(current.fd).size;
    if (size <= offset) return { lines: [], sealedAt: null };
    const bytes = readBytes(current.fd, offset, size - offset);
    const end = bytes.lastIndexOf(0x0a) + 1;
    offset += end;
    const lines = bytes.toString('latin1', 0, end).split('\n');
    const seal = lines.findIndex((line) => line.startsWith('x') && parseLedgerLine(line) !== null);
    if (seal < 0) return { lines, sealedAt: null };
    const record = parseLedgerLine(lines[seal] ?? '');
    return { lines: lines.slice(0, seal), sealedAt: record?.kind === 'seal' ? record.at : 0 };
  };

  const readAll = (): LedgerRecord[] => {
    const records: LedgerRecord[] = [];
    for (;;) {
      const { lines, sealedAt } = readUnread();
      for (const record of parseLines(lines)) records.push(record);
      if (sealedAt === null) return records;
      openNext(sealedAt);
    }
  };

  /** The next read finds the seal and opens the next file. */
  const sealIfFull = (now: Instant): void => {
    if (offset > maxFileBytes)
      writeOnce(current.fd, Buffer.from(`\n${formatLedgerLine({ kind: 'seal', at: now })}\n`, 'latin1'));
  };

  const deleteExpired = (now: Instant): void => {
    for (let oldest = sealed[0]; oldest !== undefined && oldest.sealedAt + retention <= now; oldest = sealed[0]) {
      sealed.shift();
      removeIfExists(oldest.path);
    }
  };

  return {
    readNew: (now) => {
      const records = readAll();
      if (sealed.length > 0) deleteExpired(now);
      return records;
    },

    append: (records, now) => {
      const ownLines = records.map(formatLedgerLine);
      // The leading line break ends a line that a killed writer left unfinished.
      const bytes = Buffer.from(`\n${ownLines.join('\n')}\n`, 'latin1');
      const before: LedgerRecord[] = [];
      for (;;) {
        writeOnce(current.fd, bytes);
        if (fstatSync(current.fd).size === offset + bytes.length) {
          offset += bytes.length;
          sealIfFull(now);
          return { before, after: [] };
        }
        const { lines, sealedAt } = readUnread();
        const start = lines.indexOf(ownLines[0] ?? '');
        for (const record of parseLines(start < 0 ? lines : lines.slice(0, start))) before.push(record);
        const after = start < 0 ? [] : parseLines(lines.slice(start + ownLines.length));
        if (sealedAt !== null) openNext(sealedAt);
        for (const record of readAll()) (start < 0 ? before : after).push(record);
        if (start < 0) continue;
        sealIfFull(now);
        return { before, after };
      }
    },

    close: () => closeSync(current.fd),
  };
}

function createFolder(folder: string): void {
  try {
    makeFolderSync(folder);
  } catch (error) {
    throw new LedgerError(folder, errorMessage(error));
  }
}

interface OpenFile {
  readonly number: number;
  readonly path: string;
  readonly fd: number;
}

/**
 * Opens the first file with a higher number: usually the next, which may have been sealed and deleted while this process
 * slept. Creates one only when there is none, so that a file deleted just now does not come back empty.
 */
function openNextFile(number: number, folder: string, name: string): OpenFile {
  for (;;) {
    const nextNumber = listLedgerFiles(folder, name).find((other) => other.number > number)?.number;
    const path = join(folder, `${name}.${nextNumber ?? number + 1}.ledger`);
    const flags = constants.O_RDWR | constants.O_APPEND | (nextNumber === undefined ? constants.O_CREAT : 0);
    try {
      const fd = openSync(path, flags);
      if (fstatSync(fd).isFile()) return { number: nextNumber ?? number + 1, path, fd };
      closeSync(fd);
      throw new LedgerError(path, 'it is not a file; remove it');
    } catch (error) {
      if (error instanceof LedgerError) throw error;
      const code = errorCode(error);
      if (code === 'ENOENT' && nextNumber !== undefined && !isDanglingLink(path)) continue;
      throw new LedgerError(path, describeOpenError(code, error));
    }
  }
}

function describeOpenError(code: string | null, error: unknown): string {
  if (code === 'ENOENT' || code === 'ELOOP') return 'it is a link to nothing; remove the link';
  if (code === 'EISDIR') return 'it is a folder; remove it';
  return code === 'EACCES' ? 'permission denied; make it writable' : errorMessage(error);
}

/** A file that was listed and cannot be found: the link exists, unless another process has just deleted the file. */
function isDanglingLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Lists the files of a ledger in the order of their numbers; none if there is no such folder. */
export function listLedgerFiles(folder: string, name: string): { readonly number: number; readonly path: string }[] {
  return listFolder(folder)
    .filter((file) => file.startsWith(`${name}.`) && file.endsWith('.ledger'))
    .map((file) => ({ number: Number(file.slice(name.length + 1, -'.ledger'.length)), path: join(folder, file) }))
    .filter(({ number }) => Number.isInteger(number) && number > 0)
    .sort((a, b) => a.number - b.number);
}

/** Reads the records of a file up to its seal, without opening the ledger; none if the file was deleted meanwhile. */
export function readLedgerFile(path: string): readonly LedgerRecord[] {
  try {
    const records = parseLines(readFileSync(path).toString('latin1').split('\n'));
    const seal = records.findIndex(({ kind }) => kind === 'seal');
    return seal < 0 ? records : records.slice(0, seal);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' && !isDanglingLink(path)) return [];
    throw new LedgerError(path, describeOpenError(code, error));
  }
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new LedgerError(folder, errorMessage(error));
  }
}

function parseLines(lines: readonly string[]): LedgerRecord[] {
  return lines.flatMap((line) => {
    const record = line === '' ? null : parseLedgerLine(line);
    return record === null ? [] : [record];
  });
}

function readBytes(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const count = readSync(fd, bytes, read, length - read, position + read);
    if (count === 0) break;
    read += count;
  }
  return bytes.subarray(0, read);
}

/** Writes with one system call, because another writer could append between two. */
function writeOnce(fd: number, bytes: Buffer): void {
  const written = writeSync(fd, bytes);
  if (written < bytes.length)
    throw new Error(`cannot write the pacing ledger: ${written} of ${bytes.length} bytes written; is the disk full?`);
}

/** Some systems keep a file that another process reads; a later cleanup deletes it. */
function removeIfExists(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!['ENOENT', 'EBUSY', 'EPERM', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
  }
}
