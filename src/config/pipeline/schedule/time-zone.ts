import { closestMatch } from '../../../platform/suggest.js';
import { didYouMean } from '../../yaml/problem.js';

/** Zones without daylight saving time, with the zone that is probably intended. */
export const fixedOffsetZones: Readonly<Record<string, string>> = { EST: 'America/New_York', MST: 'America/Denver' };

const abbreviations: Readonly<Record<string, string>> = {
  ET: 'America/New_York',
  EDT: 'America/New_York',
  CT: 'America/Chicago',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  PT: 'America/Los_Angeles',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  IST: 'Asia/Kolkata',
  AEST: 'Australia/Sydney',
  AEDT: 'Australia/Sydney',
  BST: 'Europe/London',
};

/** Suggests a time zone for an abbreviation, a city or a misspelt name. */
export function suggestTimeZone(name: string): string {
  const abbreviation = Object.hasOwn(abbreviations, name.toUpperCase())
    ? (abbreviations[name.toUpperCase()] ?? null)
    : null;
  const zones = Intl.supportedValuesOf('timeZone');
  const city =
    zones.find((zone) => zone.toLowerCase().endsWith(`/${name.toLowerCase().replaceAll(/[ -]/g, '_')}`)) ?? null;
  return didYouMean(abbreviation ?? city ?? closestMatch(name, zones)) ?? 'write it as `America/New_York`';
}
