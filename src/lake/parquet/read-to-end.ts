import { join } from 'node:path';
import type { LiveFile } from '../delta/actions.js';
import { LakeError } from '../lake-error.js';
import type { Engine } from './engine.js';
import { quoteLiterals } from './sql.js';

/** Returns whether the log has a checksum of a file; files of other programs have none until a run adds it. */
export function hasChecksum({ tags }: LiveFile): boolean {
  return tags['pipe.crc32'] !== undefined;
}

/**
 * Decodes every value of a file: without a checksum, nothing else shows damage. Returns the problem; null for a readable file. A
 * flipped bit that yields another valid value stays unnoticed.
 */
export async function findUnreadablePart(engine: Engine, table: string, { path }: LiveFile): Promise<string | null> {
  const file = join(table, path);
  try {
    await engine.queryRows(
      `SELECT bit_xor(hash(held)) AS hash FROM read_parquet(${quoteLiterals([file])}, hive_partitioning = false) AS held`,
      file,
    );
    return null;
  } catch (error) {
    if (!(error instanceof LakeError) || !isContentProblem(error)) throw error;
    return error.message.replace(`${file}: `, '');
  }
}

function isContentProblem({ kind, message }: LakeError): boolean {
  return kind === 'malformed' || (kind === 'io' && !/out of memory|interrupted/i.test(message));
}
