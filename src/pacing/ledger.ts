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

import type { Duration, Instant } from '../core/time.js';
import { ledgerLine, parseLedgerLine } from './ledger-record.js';
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
export interface LedgerPlace {
  readonly folder: string;
  /** What the files are called, before their number. */
  readonly name: string;
  /** How long a sealed file is kept: as long as anything in it may count. */
  readonly keep: Duration;
  /** The size in bytes past which a file is sealed. */
  readonly sealAt: number;
}

/** A ledger as one of its writers sees it. */
export interface Ledger {
  /** What others have appended since it was last asked. */
  news(now: Instant): LedgerRecord[];
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
export function openLedger({ folder, name, keep, sealAt }: LedgerPlace): Ledger {
  mkdirSync(folder, { recursive: true });
  const sealed: SealedFile[] = [];
  let current = openAfter(0, folder, name);
  let offset = 0;

  const goOn = (sealedAt: Instant): void => {
    closeSync(current.file);
    sealed.push({ path: current.path, sealedAt });
    current = openAfter(current.number, folder, name);
    offset = 0;
  };

  /** The whole lines of the present file that were not read yet, up to its seal. */
  const unread = (): { readonly lines: readonly string[]; readonly sealedAt: Instant | null } => {
    const size = fstatSync(current.file).size;
    if (size <= offset) return { lines: [], sealedAt: null };
    const bytes = readFrom(current.file, offset, size - offset);
    const end = bytes.lastIndexOf(0x0a) + 1;
    offset += end;
    const lines = bytes.toString('latin1', 0, end).split('\n');
    const seal = lines.findIndex((line) => line.startsWith('x') && parseLedgerLine(line) !== null);
    if (seal < 0) return { lines, sealedAt: null };
    const record = parseLedgerLine(lines[seal] ?? '');
    return { lines: lines.slice(0, seal), sealedAt: record?.kind === 'seal' ? record.at : 0 };
  };

  const readOn = (): LedgerRecord[] => {
    const records: LedgerRecord[] = [];
    for (;;) {
      const { lines, sealedAt } = unread();
      for (const record of parsed(lines)) records.push(record);
      if (sealedAt === null) return records;
      goOn(sealedAt);
    }
  };

  /** The seal is read, and the next file opened, the next time anything is. */
  const sealIfLong = (now: Instant): void => {
    if (offset > sealAt)
      writeWhole(current.file, Buffer.from(`\n${ledgerLine({ kind: 'seal', at: now })}\n`, 'latin1'));
  };

  const dropOld = (now: Instant): void => {
    for (let oldest = sealed[0]; oldest !== undefined && oldest.sealedAt + keep <= now; oldest = sealed[0]) {
      sealed.shift();
      removeIfThere(oldest.path);
    }
  };

  return {
    news: (now) => {
      const records = readOn();
      if (sealed.length > 0) dropOld(now);
      return records;
    },

    append: (records, now) => {
      const own = records.map(ledgerLine);
      // The leading line end closes whatever a killed writer left unfinished.
      const bytes = Buffer.from(`\n${own.join('\n')}\n`, 'latin1');
      const before: LedgerRecord[] = [];
      for (;;) {
        writeWhole(current.file, bytes);
        if (fstatSync(current.file).size === offset + bytes.length) {
          offset += bytes.length;
          sealIfLong(now);
          return { before, after: [] };
        }
        const { lines, sealedAt } = unread();
        const start = lines.indexOf(own[0] ?? '');
        for (const record of parsed(start < 0 ? lines : lines.slice(0, start))) before.push(record);
        const after = start < 0 ? [] : parsed(lines.slice(start + own.length));
        if (sealedAt !== null) goOn(sealedAt);
        for (const record of readOn()) (start < 0 ? before : after).push(record);
        if (start < 0) continue;
        sealIfLong(now);
        return { before, after };
      }
    },

    close: () => closeSync(current.file),
  };
}

interface OpenFile {
  readonly number: number;
  readonly path: string;
  readonly file: number;
}

/**
 * Opens the first file with a higher number: usually the next, but that may have been sealed and dropped while this process
 * slept. Only when there is none is one made, lest a file that was dropped just now comes back empty.
 */
function openAfter(number: number, folder: string, name: string): OpenFile {
  for (;;) {
    const later = numbersIn(folder, name).find((other) => other > number);
    const path = join(folder, `${name}.${later ?? number + 1}.ledger`);
    const flags = constants.O_RDWR | constants.O_APPEND | (later === undefined ? constants.O_CREAT : 0);
    try {
      return { number: later ?? number + 1, path, file: openSync(path, flags) };
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || later === undefined) throw error;
    }
  }
}

/** The numbers of the files of a ledger, in order. */
function numbersIn(folder: string, name: string): number[] {
  return readdirSync(folder)
    .filter((file) => file.startsWith(`${name}.`) && file.endsWith('.ledger'))
    .map((file) => Number(file.slice(name.length + 1, -'.ledger'.length)))
    .filter((number) => Number.isInteger(number) && number > 0)
    .sort((a, b) => a - b);
}

function parsed(lines: readonly string[]): LedgerRecord[] {
  return lines.flatMap((line) => {
    const record = line === '' ? null : parseLedgerLine(line);
    return record === null ? [] : [record];
  });
}

function readFrom(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const count = readSync(file, bytes, read, length - read, position + read);
    if (count === 0) break;
    read += count;
  }
  return bytes.subarray(0, read);
}

/** One call of the system, because two could let another writer in between. */
function writeWhole(file: number, bytes: Buffer): void {
  const written = writeSync(file, bytes);
  if (written < bytes.length)
    throw new Error(`the pacing ledger took ${written} of ${bytes.length} bytes: is the disk full?`);
}

/** Some systems keep a file that somebody reads; whoever comes later drops it. */
function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!['ENOENT', 'EBUSY', 'EPERM', 'EACCES'].includes(codeOf(error))) throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
