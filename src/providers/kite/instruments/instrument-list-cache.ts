import { createHash } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Instant } from '../../../core/time/time.js';

/** The list of instruments as it came, and when. */
export interface FetchedList {
  readonly text: string;
  readonly fetchedAt: Instant;
}

/** Keeps the latest list of instruments on disk, for later processes. */
export interface InstrumentListCache {
  /** The latest list; null where there is none, or none that can be read. */
  load(): Promise<FetchedList | null>;
  /** Replaces the list; a disk that refuses is told as text and harms nothing else. */
  store(list: FetchedList): Promise<string | null>;
}

const decompress = promisify(gunzip);
const compress = promisify(gzip);

/**
 * Lists in a folder, one file for each place that Kite answers at: `instruments-1f0c2a9b-1795232400000.csv.gz`. Whatever cannot
 * be read is taken for absent, since fetching the list again costs one request.
 */
export function createInstrumentListCache(folder: string, baseUrl: string): InstrumentListCache {
  const baseUrlHash = createHash('sha256').update(baseUrl).digest('hex').slice(0, 8);
  const prefix = `instruments-${baseUrlHash}-`;
  const suffix = '.csv.gz';
  const listTimestamps = async (): Promise<readonly Instant[]> => {
    const names = await readdir(folder).catch(() => []);
    return names
      .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
      .map((name) => Number(name.slice(prefix.length, -suffix.length)))
      .filter((timestamp) => Number.isSafeInteger(timestamp))
      .sort((a, b) => b - a);
  };
  const getPath = (timestamp: Instant): string => join(folder, `${prefix}${timestamp}${suffix}`);

  return {
    async load() {
      for (const fetchedAt of await listTimestamps()) {
        try {
          const compressed = await readFile(getPath(fetchedAt));
          return { text: (await decompress(compressed)).toString('utf8'), fetchedAt };
        } catch {
          continue;
        }
      }
      return null;
    },

    async store({ text, fetchedAt }) {
      const path = getPath(fetchedAt);
      const temporaryPath = `${path}.${process.pid}.tmp`;
      try {
        const compressed = await compress(text);
        await mkdir(folder, { recursive: true });
        const file = await open(temporaryPath, 'w');
        try {
          await file.writeFile(compressed);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporaryPath, path);
        const olderTimestamps = (await listTimestamps()).filter((timestamp) => timestamp !== fetchedAt);
        await Promise.all(olderTimestamps.map((timestamp) => rm(getPath(timestamp), { force: true })));
        return null;
      } catch (error) {
        await rm(temporaryPath, { force: true }).catch(() => undefined);
        return error instanceof Error ? error.message : 'the disk refused';
      }
    },
  };
}
