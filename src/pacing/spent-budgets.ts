import type { Budget } from '../core/budget.js';
import type { Instant } from '../core/time/time.js';
import { processExists } from '../platform/process-alive.js';
import { createForeignSpends } from './foreign-spends.js';
import type { ProcessTable } from './foreign-spends.js';
import { listLedgerFiles, readLedgerFile } from './ledger.js';
import type { LedgerRecord } from './ledger-record.js';
import { createPacer } from './pacer.js';
import type { Pacer } from './pacer.js';

/** What earlier and other runs have spent of the budgets of an account. */
export interface SpentBudgets {
  readonly records: readonly LedgerRecord[];
  readonly processes: ProcessTable;
}

/** Reads a ledger without joining it: creates no file, and no other process learns of it. */
export function readSpentBudgets(folder: string, name: string): SpentBudgets {
  const records = listLedgerFiles(folder, name).flatMap(({ path }) => readLedgerFile(path));
  return { records, processes: { self: process.pid, isAlive: processExists } };
}

export interface SpentPacer {
  readonly pacer: Pacer;
  /** The number of requests that the budget with the longest window still counts. */
  readonly requests: number;
  /** True if budgets of single contracts count some of them; their keys are hashes. */
  readonly usesHashes: boolean;
}

/** Creates a pacer that has counted the spends. Requests of others that are in flight count as answered now. */
export function createSpentPacer(
  budgets: readonly Budget[],
  spent: SpentBudgets | undefined,
  now: Instant,
): SpentPacer {
  const pacer = createPacer(budgets);
  if (spent === undefined) return { pacer, requests: 0, usesHashes: false };
  const foreign = createForeignSpends({ pacer, processes: spent.processes, onFreed: () => undefined });
  for (const record of spent.records) foreign.apply(record, now);
  const requests = foreign.countRecent(now);
  foreign.endAll(now);
  const hasNarrow = budgets.some(({ scope }) => scope === 'contract' || scope === 'identical');
  return { pacer, requests, usesHashes: hasNarrow && pacer.lastSpentAt() > -Infinity };
}
