import { readlinkSync } from 'node:fs';

import { isTimeZone } from '../../config/pipeline/schedule/time-zone.js';

/**
 * The time zone of the machine, which is that of its schedulers whatever `TZ` says where this command was typed.
 */
export function getLocalTimeZone(environment: Readonly<Record<string, string | undefined>>): string {
  const processZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return environment['TZ'] === undefined ? processZone : (readSystemZone() ?? processZone);
}

function readSystemZone(): string | null {
  try {
    const [, zone = ''] = readlinkSync('/etc/localtime').split('/zoneinfo/');
    return isTimeZone(zone) ? zone : null;
  } catch {
    return null;
  }
}
