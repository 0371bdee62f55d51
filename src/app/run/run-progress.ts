import type { RunEvent } from '../../core/events.js';

/** Receives the events of a run in progress: a terminal, or the pipe to the collector. */
export interface RunProgress {
  handle(event: RunEvent): void;
  /** Shows a line beside the progress. */
  printLine(text: string): void;
  /** Removes the lines that are drawn over. */
  stop(): void;
}
