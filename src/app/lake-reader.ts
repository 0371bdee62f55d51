import type { LakeReader } from '../lake/api.js';
import { openLakeReader } from '../lake/reader/lake-reader.js';
import type { Folders } from './context.js';

/** Opens the lake for the duration of some work. */
export async function withLakeReader<T>(
  { dataFolder }: Pick<Folders, 'dataFolder'>,
  work: (reader: LakeReader) => Promise<T>,
): Promise<T> {
  const reader = await openLakeReader(dataFolder);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}
