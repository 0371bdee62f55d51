import { writeFileSync } from 'node:fs';

import { serializeEvent } from '../../lineage/records/event-line.js';
import type { RunProgress } from './run-progress.js';

/** The file descriptor on which a collector reads the events of its runs: the first after the standard streams. */
export const collectorFd = 3;

/** Sends the events of a run to the collector that started it. */
export function createEventPipe(fd: number): RunProgress {
  let isConnected = true;
  return {
    handle(event) {
      if (!isConnected) return;
      try {
        writeFileSync(fd, `${serializeEvent(event)}\n`);
      } catch {
        // The collector has died; its run continues.
        isConnected = false;
      }
    },
    printLine: () => undefined,
    stop: () => undefined,
  };
}
