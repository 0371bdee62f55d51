import { writeFileSync } from 'node:fs';

import { eventLine } from '../lineage/event-line.js';
import type { Progress } from './progress.js';

/** Where a collector listens to its runs: behind what every process has. */
export const collectorDescriptor = 3;

/** Tells the collector that has started this run, and nobody else, what happens in it. */
export function sentEvents(descriptor: number): Progress {
  let isHeard = true;
  return {
    take(event) {
      if (!isHeard) return;
      try {
        writeFileSync(descriptor, `${eventLine(event)}\n`);
      } catch {
        // The collector has died; its run goes on.
        isHeard = false;
      }
    },
    say: () => undefined,
    end: () => undefined,
  };
}
