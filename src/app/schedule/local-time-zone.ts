import { readlinkSync } from 'node:fs';

import type { Environment } from '../context.js';
import { isTimeZone } from '../../core/time/time-zone.js';

/** The time zone of the machine and its schedulers; `TZ` changes only that of this process. */
export function getLocalTimeZone(environment: Environment): string {
  const processZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return environment['TZ'] === undefined ? processZone : (readSystemZone() ?? processZone);
}

function readSystemZone(): string | null {
  try {
    const [, zone] = readlinkSync('/etc/localtime').split('/zoneinfo/');
    return zone !== undefined && isTimeZone(zone) ? zone : null;
  } catch {
    return null;
  }
}
