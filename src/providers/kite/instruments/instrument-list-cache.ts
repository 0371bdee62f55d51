import { createHash } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { readFile } from '../../../platform/files/read-file.js';
import { makeFolder } from '../../../platform/files/make-folder.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { errorMessage } from '../../../platform/error-message.js';
import type { Instant } from '../../../core/time/time.js';

export interface FetchedList {
  readonly text: string;
  readonly fetchedAt: Instant;
}

/** Stores the latest list of instruments on disk for later processes. */
export interface InstrumentListCache {
  /** The latest readable list; null if there is none. */
  load(): Promise<FetchedList | null>;
  /** Replaces the list; the error is the message of the disk. */
  store(list: FetchedList): Promise<Result<void, string>>;
}

const decompress = promisify(gunzip);
const compress = promisify(gzip);

/**
 * Stores lists in a folder, one file per base URL: `instruments-1f0c2a9b-1795232400000.csv.gz`. An unreadable file counts as
 * absent, because downloading the list again costs one request.
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
        await makeFolder(folder);
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
        return ok(undefined);
      } catch (error) {
        await rm(temporaryPath, { force: true }).catch(() => undefined);
        return err(errorMessage(error));
      }
    },
  };
}
