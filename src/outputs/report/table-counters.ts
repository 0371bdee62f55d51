import type { RunEvent } from '../../core/events.js';
import type { TableReport } from './report.js';

type MutableTableReport = { -readonly [Key in keyof TableReport]: TableReport[Key] };

/** Counts the writes to each table. */
export function createTableCounters(): { add(event: RunEvent): void; value(): readonly TableReport[] } {
  const tables = new Map<string, MutableTableReport>();

  const getTable = (dataset: string): MutableTableReport => {
    let table = tables.get(dataset);
    if (table === undefined) {
      const counts = { commits: 0, rows: 0, files: 0, bytes: 0, durationMs: 0 };
      table = { dataset, version: null, ...counts, merged: null, removed: null };
      tables.set(dataset, table);
    }
    return table;
  };

  return {
    add(event) {
      switch (event.type) {
        case 'table-replaced':
        case 'committed': {
          const table = getTable(event.dataset);
          table.commits++;
          table.version = latestVersion(table.version, event.version);
          table.rows += event.rows;
          table.files += event.files;
          table.bytes += event.bytes;
          table.durationMs += event.durationMs;
          return;
        }
        case 'compacted': {
          const table = getTable(event.dataset);
          table.version = latestVersion(table.version, event.version);
          table.merged = {
            before: (table.merged?.before ?? 0) + event.filesBefore,
            after: (table.merged?.after ?? 0) + event.filesAfter,
          };
          return;
        }
        case 'vacuumed': {
          const table = getTable(event.dataset);
          table.removed = {
            files: (table.removed?.files ?? 0) + event.files,
            bytes: (table.removed?.bytes ?? 0) + event.bytes,
          };
          return;
        }
        default:
          return;
      }
    },
    value: () => [...tables.values()].map((table) => ({ ...table })),
  };
}

function latestVersion(known: number | null, version: number): number {
  return known === null ? version : Math.max(known, version);
}
