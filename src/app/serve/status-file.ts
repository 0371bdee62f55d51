import { second } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';

/** A document on disk that follows what it is about. */
export interface StatusFile {
  /** Something has changed: it is written soon, however often this is called. */
  refresh(): void;
  finish(): Promise<void>;
}

/** Keeps a document up to date for other processes to read. A disk that refuses is told about elsewhere. */
export function createStatusFile(path: string, document: () => unknown): StatusFile {
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  const write = (): void => {
    timer = null;
    writing = writing
      .then(() => nodeFiles.replace(path, `${JSON.stringify(document(), null, 2)}\n`))
      .catch(() => undefined);
  };
  return {
    refresh() {
      timer ??= setTimeout(write, second / 4);
    },
    async finish() {
      if (timer !== null) clearTimeout(timer);
      await writing;
    },
  };
}
