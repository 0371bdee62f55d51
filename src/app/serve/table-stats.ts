import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { minute } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { TableStats } from '../../scheduler/monitoring/metrics.js';
import type { CliContext } from '../cli-context.js';

/** How often the lake is looked at, at most: metrics are asked for more often than they change. */
const refreshInterval: Duration = minute;

/** What the lake holds, looked at in a process of its own, so that the collector's memory stays as it is. */
export interface TableStatsReader {
  tables(): readonly TableStats[];
  /** Something may have changed. */
  refresh(): void;
}

export function createTableStatsReader(ctx: CliContext, onError: (message: string) => void): TableStatsReader {
  let tables: readonly TableStats[] = [];
  let refreshedAt: Instant = -Infinity;
  let isRefreshing = false;
  let isStale = true;
  const readTables = async (): Promise<void> => {
    const args = ['status', '--json', '--data', ctx.dataFolder, '--lineage', ctx.lineageFolder];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...process.execArgv, process.argv[1] ?? '', ...args],
      {
        maxBuffer: 64_000_000,
        env: ctx.environment,
      },
    );
    tables = parseTables(JSON.parse(stdout));
  };
  const refreshIfDue = (): void => {
    const now = ctx.clock.now();
    if (isRefreshing || !isStale || now - refreshedAt < refreshInterval) return;
    refreshedAt = now;
    isRefreshing = true;
    isStale = false;
    readTables()
      .catch((error: unknown) => {
        onError(error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        isRefreshing = false;
      });
  };
  return {
    tables() {
      refreshIfDue();
      return tables;
    },
    refresh() {
      isStale = true;
      refreshIfDue();
    },
  };
}

/** The tables of a document of `pipe status`, which is ours; what does not look like one is left out. */
function parseTables(document: unknown): readonly TableStats[] {
  if (!isRecord(document) || !Array.isArray(document['tables'])) return [];
  return document['tables'].flatMap((table: unknown): readonly TableStats[] => {
    if (!isRecord(table)) return [];
    const { dataset, rows, span, open, version } = table;
    if (typeof dataset !== 'string' || typeof rows !== 'number' || version === -1) return [];
    const end = isRecord(span) && typeof span['end'] === 'string' ? Date.parse(span['end']) : null;
    const counts = isRecord(open)
      ? Object.entries(open).flatMap(([state, count]) => (typeof count === 'number' ? [[state, count] as const] : []))
      : [];
    return [{ dataset, rows, newest: end, open: Object.fromEntries(counts) }];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
