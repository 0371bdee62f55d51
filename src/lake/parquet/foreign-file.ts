import { tmpdir } from 'node:os';

import { openEngine } from './engine.js';
import { quoteLiteral } from './sql.js';

/** The rows of a Parquet file of another program, as text. */
export interface ForeignRows {
  readonly names: readonly string[];
  /** Some rows at a time, in the order of the file, to iterate once. */
  readonly rows: AsyncIterable<readonly (readonly string[])[]>;
}

/** Opens a Parquet file; null values become empty text, and times with a zone end with `+00`. */
export async function readForeignParquet(path: string): Promise<ForeignRows> {
  const engine = await openEngine({ memoryLimit: '500MB', spillFolder: tmpdir(), preserveOrder: true });
  try {
    const source = `read_parquet(${quoteLiteral(path)})`;
    const described = await engine.queryRows(`DESCRIBE SELECT * FROM ${source}`, path);
    const names = described.map((row) => String(row['column_name']));
    const result = await engine.connection.stream(`SELECT COALESCE(COLUMNS(*)::VARCHAR, '') FROM ${source}`);
    return { names, rows: readBatches() };

    async function* readBatches(): AsyncGenerator<readonly (readonly string[])[]> {
      try {
        for await (const chunk of result)
          yield chunk.getRows().map((row) => row.map((value) => (typeof value === 'string' ? value : '')));
      } finally {
        engine.close();
      }
    }
  } catch (error) {
    engine.close();
    throw error;
  }
}
