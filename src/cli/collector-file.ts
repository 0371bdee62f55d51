import { second } from '../core/time.js';
import { diskFiles } from '../lineage/files.js';

/** A document on disk that follows what it is about. */
export interface FollowingFile {
  /** Something has changed: it is written soon, however often this is called. */
  renew(): void;
  finish(): Promise<void>;
}

/** Keeps a document up to date for other processes to read. A disk that refuses is told about elsewhere. */
export function collectorFile(path: string, document: () => unknown): FollowingFile {
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  const write = (): void => {
    timer = null;
    writing = writing
      .then(() => diskFiles.replace(path, `${JSON.stringify(document(), null, 2)}\n`))
      .catch(() => undefined);
  };
  return {
    renew() {
      timer ??= setTimeout(write, second / 4);
    },
    async finish() {
      if (timer !== null) clearTimeout(timer);
      await writing;
    },
  };
}
