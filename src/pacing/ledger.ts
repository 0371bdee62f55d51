import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Duration, Instant } from '../core/time/time.js';
import { formatLedgerLine, parseLedgerLine } from './ledger-record.js';
import type { LedgerRecord } from './ledger-record.js';

/*
 * The ledger is an append-only file that processes share without a lock. Every writer appends what it is about to do and
 * then reads what was appended in front of it: the order in the file, which the system decides, is the order of events,
 * and whoever finds its room taken by an earlier line takes its own line back. A process killed at any point leaves at
 * most a line that counts although nothing was sent.
 *
 * A file that has grown long is sealed by a line of its own; what follows the seal does not count, for anybody, and the
 * next file goes on. So a file is never rewritten under those who read it.
 */

/** Where a ledger is kept. */
export interface LedgerOptions {
  readonly folder: string;
  /** What the files are called, before their number. */
  readonly name: string;
  /** How long a sealed file is kept: as long as anything in it may count. */
  readonly retention: Duration;
  /** The size in bytes past which a file is sealed. */
  readonly maxFileBytes: number;
}

/** A ledger as one of its writers sees it. */
export interface Ledger {
  /** What others have appended since it was last asked. */
  readNew(now: Instant): LedgerRecord[];
  /**
   * Appends, all or nothing as far as readers go. Answers with what others had appended before, since last asked, and
   * with what they have appended after.
   */
  append(
    records: readonly LedgerRecord[],
    now: Instant,
  ): { readonly before: LedgerRecord[]; readonly after: LedgerRecord[] };
  close(): void;
}

interface SealedFile {
  readonly path: string;
  readonly sealedAt: Instant;
}

/** Opens a ledger, making it if need be; the first `news` are everything in it. */
export function openLedger({ folder, name, retention, maxFileBytes }: LedgerOptions): Ledger {
  mkdirSync(folder, { recursive: true });
  const sealed: SealedFile[] = [];
  let current = openNextFile(0, folder, name);
  let offset = 0;

  const openNext = (sealedAt: Instant): void => {
    closeSync(current.fd);
    sealed.push({ path: current.path, sealedAt });
    current = openNextFile(current.number, folder, name);
    offset = 0;
  };

  /** The whole lines of the present file that were not read yet, up to its seal. */
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

  /** The seal is read, and the next file opened, the next time anything is. */
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
      // The leading line end closes whatever a killed writer left unfinished.
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

interface OpenFile {
  readonly number: number;
  readonly path: string;
  readonly fd: number;
}

/**
 * Opens the first file with a higher number: usually the next, but that may have been sealed and dropped while this process
 * slept. Only when there is none is one made, lest a file that was dropped just now comes back empty.
 */
function openNextFile(number: number, folder: string, name: string): OpenFile {
  for (;;) {
    const nextNumber = listFileNumbers(folder, name).find((other) => other > number);
    const path = join(folder, `${name}.${nextNumber ?? number + 1}.ledger`);
    const flags = constants.O_RDWR | constants.O_APPEND | (nextNumber === undefined ? constants.O_CREAT : 0);
    try {
      return { number: nextNumber ?? number + 1, path, fd: openSync(path, flags) };
    } catch (error) {
      if (getErrorCode(error) !== 'ENOENT' || nextNumber === undefined) throw error;
    }
  }
}

/** The numbers of the files of a ledger, in order. */
function listFileNumbers(folder: string, name: string): number[] {
  return readdirSync(folder)
    .filter((file) => file.startsWith(`${name}.`) && file.endsWith('.ledger'))
    .map((file) => Number(file.slice(name.length + 1, -'.ledger'.length)))
    .filter((number) => Number.isInteger(number) && number > 0)
    .sort((a, b) => a - b);
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

/** One call of the system, because two could let another writer in between. */
function writeOnce(fd: number, bytes: Buffer): void {
  const written = writeSync(fd, bytes);
  if (written < bytes.length)
    throw new Error(`the pacing ledger took ${written} of ${bytes.length} bytes: is the disk full?`);
}

/** Some systems keep a file that somebody reads; whoever comes later drops it. */
function removeIfExists(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!['ENOENT', 'EBUSY', 'EPERM', 'EACCES'].includes(getErrorCode(error))) throw error;
  }
}

function getErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
