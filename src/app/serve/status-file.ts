import { join } from 'node:path';

import { second } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { StatusDocument } from '../../scheduler/monitoring/status-document.js';
import { schedulerFolder } from '../../scheduler/schedule/cycle-store.js';

/** The file with the status of a lake's collector. */
export function statusFilePath(lake: string): string {
  return join(schedulerFolder(lake), 'status.json');
}

/** Keeps the status file up to date for other processes. */
export interface StatusFile {
  /** Writes the current status soon; calls in quick succession cause one write. */
  refresh(): void;
  finish(): Promise<void>;
}

/** Creates the writer of a status file. Errors of the disk are ignored: the cycle store reports them. */
export function createStatusFile(path: string, getDocument: () => StatusDocument): StatusFile {
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  const write = (): void => {
    timer = null;
    writing = writing
      .then(() => nodeFiles.replace(path, `${JSON.stringify(getDocument(), null, 2)}\n`))
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
