import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { minute } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';
import type { TableFigures } from '../serve/metrics.js';
import type { Surroundings } from './surroundings.js';

/** How often the lake is looked at, at most: metrics are asked for more often than they change. */
const renewEvery: Duration = minute;

/** What the lake holds, looked at in a process of its own, so that the collector's memory stays as it is. */
export interface LakeFigures {
  tables(): readonly TableFigures[];
  /** Something may have changed. */
  renew(): void;
}

export function lakeFigures(at: Surroundings, onTrouble: (message: string) => void): LakeFigures {
  let tables: readonly TableFigures[] = [];
  let renewedAt: Instant = -Infinity;
  let isLooking = false;
  let isStale = true;
  const look = async (): Promise<void> => {
    const args = ['status', '--json', '--data', at.dataFolder, '--lineage', at.lineageFolder];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...process.execArgv, process.argv[1] ?? '', ...args],
      {
        maxBuffer: 64_000_000,
        env: at.environment,
      },
    );
    tables = tablesIn(JSON.parse(stdout));
  };
  const lookIfDue = (): void => {
    const now = at.clock.now();
    if (isLooking || !isStale || now - renewedAt < renewEvery) return;
    renewedAt = now;
    isLooking = true;
    isStale = false;
    look()
      .catch((error: unknown) => {
        onTrouble(error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        isLooking = false;
      });
  };
  return {
    tables() {
      lookIfDue();
      return tables;
    },
    renew() {
      isStale = true;
      lookIfDue();
    },
  };
}

/** The tables of a document of `pipe status`, which is ours; what does not look like one is left out. */
function tablesIn(document: unknown): readonly TableFigures[] {
  if (!isRecord(document) || !Array.isArray(document['tables'])) return [];
  return document['tables'].flatMap((table: unknown): readonly TableFigures[] => {
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
