import type { Dataset } from '../core/tables/tables.js';
import { nodeFiles } from '../platform/file-store.js';
import { isRecord } from '../platform/json.js';

/** A point that the server did not take. */
export interface RefusedRow {
  readonly dataset: string;
  /** The series and the time of the point, as in the line protocol. */
  readonly key: string;
  readonly line: string;
  readonly reason: string;
}

/** The refused rows of a sink, in a file of one JSON document a line. */
export interface RefusedRows {
  list(dataset: Dataset): Promise<readonly RefusedRow[]>;
  /** Replaces those of a table. */
  write(dataset: Dataset, rows: readonly RefusedRow[]): Promise<void>;
}

export function openRefusedRows(path: string): RefusedRows {
  async function readAll(): Promise<readonly RefusedRow[]> {
    const text = (await nodeFiles.read(path)) ?? '';
    return text.split('\n').flatMap((line) => parseRow(line) ?? []);
  }
  return {
    async list(dataset) {
      return (await readAll()).filter((row) => row.dataset === dataset);
    },
    async write(dataset, rows) {
      const before = await readAll();
      const all = [...before.filter((row) => row.dataset !== dataset), ...rows];
      if (before.length === 0 && all.length === 0) return;
      await nodeFiles.replace(path, all.map((row) => `${JSON.stringify(row)}\n`).join(''));
    },
  };
}

function parseRow(line: string): RefusedRow | null {
  if (line === '') return null;
  try {
    const row: unknown = JSON.parse(line);
    if (!isRecord(row)) return null;
    const { dataset, key, line: point, reason } = row;
    if (typeof dataset !== 'string' || typeof key !== 'string') return null;
    return { dataset, key, line: String(point), reason: String(reason) };
  } catch {
    return null;
  }
}
