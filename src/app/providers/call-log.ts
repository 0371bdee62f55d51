import { appendFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { makeFolderSync } from '../../platform/files/make-folder.js';
import { requireFile } from '../../platform/files/not-a-file.js';
import { toLakeError } from '../../lake/lake-error.js';
import { toOutputError } from '../output-file.js';
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
    makeFolderSync(dirname(path));
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined) requireFile(path, found);
    appendFileSync(path, '');
  } catch (error) {
    throw toOutputError('--record-calls', path, error);
  }
  return (call) => {
    append(`${JSON.stringify(call)}\n`);
  };
}
