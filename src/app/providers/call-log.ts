import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import { toLakeError } from '../../lake/lake-error.js';
import type { CallLogEntry } from '../../providers/resilience/call-log.js';

/** Appends each call to a file as a JSON line, before the call is made. */
export function createCallLog(path: string): (call: CallLogEntry) => void {
  const append = (text: string): void => {
    try {
      appendFileSync(path, text);
    } catch (error) {
      throw toLakeError(error, path);
    }
  };
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw toLakeError(error, path);
  }
  append('');
  return (call) => {
    append(`${JSON.stringify(call)}\n`);
  };
}
