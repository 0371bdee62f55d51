import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import { lakeErrorOf } from '../lake/lake-error.js';
import type { RecordedCall } from '../providers/recorded.js';

/** Appends calls to a file, each as a line that is on its way to the disk before the call is made. */
export function callRecorder(path: string): (call: RecordedCall) => void {
  const append = (text: string): void => {
    try {
      appendFileSync(path, text);
    } catch (error) {
      throw lakeErrorOf(error, path);
    }
  };
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw lakeErrorOf(error, path);
  }
  append('');
  return (call) => {
    append(`${JSON.stringify(call)}\n`);
  };
}
