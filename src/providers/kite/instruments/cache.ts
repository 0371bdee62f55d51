import { createHash } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Instant } from '../../../core/time.js';

/** The list of instruments as it came, and when. */
export interface DatedList {
  readonly text: string;
  readonly fetchedAt: Instant;
}

/** Keeps the latest list of instruments on disk, for later processes. */
export interface ListCache {
  /** The latest list; null where there is none, or none that can be read. */
  load(): Promise<DatedList | null>;
  /** Replaces the list; a disk that refuses is told as text and harms nothing else. */
  store(list: DatedList): Promise<string | null>;
}

const unpack = promisify(gunzip);
const pack = promisify(gzip);

/**
 * Lists in a folder, one file for each place that Kite answers at: `instruments-1f0c2a9b-1795232400000.csv.gz`. Whatever cannot
 * be read is taken for absent, since fetching the list again costs one request.
 */
export function listCache(folder: string, root: string): ListCache {
  const place = createHash('sha256').update(root).digest('hex').slice(0, 8);
  const prefix = `instruments-${place}-`;
  const suffix = '.csv.gz';
  const stamps = async (): Promise<readonly Instant[]> => {
    const names = await readdir(folder).catch(() => []);
    return names
      .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
      .map((name) => Number(name.slice(prefix.length, -suffix.length)))
      .filter((stamp) => Number.isSafeInteger(stamp))
      .sort((a, b) => b - a);
  };
  const pathOf = (stamp: Instant): string => join(folder, `${prefix}${stamp}${suffix}`);

  return {
    async load() {
      for (const fetchedAt of await stamps()) {
        try {
          const packed = await readFile(pathOf(fetchedAt));
          return { text: (await unpack(packed)).toString('utf8'), fetchedAt };
        } catch {
          continue;
        }
      }
      return null;
    },

    async store({ text, fetchedAt }) {
      const path = pathOf(fetchedAt);
      const temporary = `${path}.${process.pid}.tmp`;
      try {
        const packed = await pack(text);
        await mkdir(folder, { recursive: true });
        const file = await open(temporary, 'w');
        try {
          await file.writeFile(packed);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
        const older = (await stamps()).filter((stamp) => stamp !== fetchedAt);
        await Promise.all(older.map((stamp) => rm(pathOf(stamp), { force: true })));
        return null;
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        return error instanceof Error ? error.message : 'the disk refused';
      }
    },
  };
}
