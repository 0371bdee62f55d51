/** The gateway's zone names that differ from those of the IANA database. */
const gatewayZoneNames: ReadonlyMap<string, string> = new Map([
  ['US/Eastern', 'America/New_York'],
  ['EST5EDT', 'America/New_York'],
  ['EST', 'America/New_York'],
  ['US/Central', 'America/Chicago'],
  ['CST6CDT', 'America/Chicago'],
  ['CST', 'America/Chicago'],
  ['US/Pacific', 'America/Los_Angeles'],
  ['PST', 'America/Los_Angeles'],
  ['Canada/Eastern', 'America/Toronto'],
  ['Australia/NSW', 'Australia/Sydney'],
  ['Australia/ACT', 'Australia/Sydney'],
  ['AET', 'Australia/Sydney'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['IST', 'Asia/Kolkata'],
  ['GB', 'Europe/London'],
  ['GB-Eire', 'Europe/London'],
  ['BST', 'Europe/London'],
  ['MET', 'Europe/Berlin'],
  ['CET', 'Europe/Berlin'],
  ['Japan', 'Asia/Tokyo'],
  ['JST', 'Asia/Tokyo'],
  ['Hongkong', 'Asia/Hong_Kong'],
  ['Singapore', 'Asia/Singapore'],
  ['Israel', 'Asia/Jerusalem'],
]);

/** The IANA name of a zone; null for an unknown zone. */
export function resolveTimeZone(name: string): string | null {
  const known = gatewayZoneNames.get(name);
  if (known !== undefined) return known;
  try {
    // Intl.supportedValuesOf omits older names, so trying is the only test.
    return name === '' ? null : new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
