import { unlinkSync } from 'node:fs';

import type { Duration, Instant } from '../core/time/time.js';
import { listLedgerFiles, openLedger, readLedgerFile } from './ledger.js';
import type { LedgerOptions } from './ledger.js';
import type { LedgerRecord } from './ledger-record.js';

/** The files of a ledger that another one replaces. */
export interface EarlierLedger {
  readonly folder: string;
  readonly name: string;
}

/**
 * Copies what still counts from an earlier ledger and deletes its files. Two processes that do this at once may copy a record
 * twice: it then counts twice for one window, which is on the safe side.
 */
export function takeOverLedger(earlier: EarlierLedger, options: LedgerOptions, span: Duration, now: Instant): void {
  const files = listLedgerFiles(earlier.folder, earlier.name);
  if (files.length === 0) return;
  const records = files.flatMap(({ path }) => readLedgerFile(path)).filter((record) => mayCount(record, now - span));
  const ledger = openLedger(options);
  try {
    const known = new Set(ledger.readNew(now).flatMap(toKey));
    const missing = records.filter((record) => !toKey(record).some((key) => known.has(key)));
    if (missing.length > 0) ledger.append(missing, now);
  } finally {
    ledger.close();
  }
  for (const { path } of files) removeIfPossible(path);
}

function mayCount(record: LedgerRecord, since: Instant): boolean {
  switch (record.kind) {
    case 'spend':
    case 'reserve':
    case 'sent':
      return record.at > since;
    case 'hold':
      return record.until > since;
    case 'undo':
    case 'end':
      return true;
    case 'seal':
      return false;
  }
}

function toKey(record: LedgerRecord): readonly string[] {
  return 'id' in record
    ? [`${record.kind === 'reserve' ? 'spend' : record.kind} ${record.id.owner} ${record.id.number}`]
    : [];
}

/** In a lake that cannot be written, the records are found again by the next run, and known by then. */
function removeIfPossible(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The copy counts.
  }
}
