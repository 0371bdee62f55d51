import { writeFileSync } from 'node:fs';

import { serializeEvent } from '../../lineage/records/event-line.js';
import type { Progress } from '../../cli/output/progress.js';

/** Where a collector listens to its runs: behind what every process has. */
export const collectorFd = 3;

/** Tells the collector that has started this run, and nobody else, what happens in it. */
export function createEventPipe(fd: number): Progress {
  let isConnected = true;
  return {
    take(event) {
      if (!isConnected) return;
      try {
        writeFileSync(fd, `${serializeEvent(event)}\n`);
      } catch {
        // The collector has died; its run goes on.
        isConnected = false;
      }
    },
    say: () => undefined,
    end: () => undefined,
  };
}
