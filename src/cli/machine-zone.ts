import { readlinkSync } from 'node:fs';

import { isTimeZone } from '../pipeline/time-zone.js';

/**
 * The time zone of the machine, which is that of its schedulers whatever `TZ` says where this command was typed.
 */
export function machineZone(environment: Readonly<Record<string, string | undefined>>): string {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return environment['TZ'] === undefined ? here : (zoneOfClock() ?? here);
}

function zoneOfClock(): string | null {
  try {
    const [, zone = ''] = readlinkSync('/etc/localtime').split('/zoneinfo/');
    return isTimeZone(zone) ? zone : null;
  } catch {
    return null;
  }
}
