import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

/** Calls a function for each line of a stream of a process; anything else has no lines. */
export function createLineReader(stream: unknown, onLine: (line: string) => void): void {
  if (stream instanceof Readable) createInterface({ input: stream }).on('line', onLine);
}
