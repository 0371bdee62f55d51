import { expectRecord, expectText, expectInteger, expectList, expectTexts } from '../expect-json.js';
import type { CoverageFact, CoverageState } from '../../core/coverage.js';
import type { RequestId } from '../../core/request.js';
import type { ProviderName } from '../../core/series.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { hour } from '../../core/time/time.js';
import { malformedError } from '../lake-error.js';
import { legacyUnavailable } from '../legacy-names.js';
import { decodeCounts, decodeNumbers, encodeNumbers, getNumber } from './column-encoding.js';
import type { JsonValue, NumberValues } from './column-encoding.js';
import { createRunDictionary, decodeRequestIds, encodeRequestIds } from './request-ids.js';
import type { RunDictionary } from './request-ids.js';
import { decodeKeys, encodeKeys, seriesKey, splitSeriesName } from './series-keys.js';

/*
 * `commitInfo.pipe.coverage`, part of the on-disk format:
 *
 *   { "v": 1,
 *     "runs": ["0199…", …],                 every run id that occurs below, once
 *     "zones": { "XNYS": "America/New_York" },   the known time zones of the calendars that occur below
 *     "groups": [{
 *       "provider": "mock", "step": "prices", "calendar": "XNYS", "state": "data", "note": "…" if there is a reason,
 *       "size": 10000,                      facts in this group
 *       "series": ["equity_bars/", "/1 day/TRADES/rth"],   the series' name before and after the key
 *       "keys": [TEXTS],                    the key: the symbol, or symbol, expiry, strike and right joined by "/"
 *       "window": [NUMBERS, NUMBERS],       start, and length
 *       "request": [NUMBERS, NUMBERS],      position in "runs", and number within that run
 *       "at": NUMBERS, "rows": NUMBERS,     requestedAt, and rows
 *       "upstream": [NUMBERS, [NUMBERS, NUMBERS]]   the count of each fact, and the requests of all facts in one list
 *     }] }
 *
 * NUMBERS is a number (equal for all), `[first, difference, difference, …]` or, if differences would not be exact,
 * `{ "is": [number, …] }`; TEXTS is a text (equal for all), a list with one text each, or
 * `{ "of": [text, …], "at": [position, …] }`. Instants are milliseconds since 1970 in UTC. Facts about one series are in the
 * order in which they became true; the order of different series has no meaning.
 */

/** A fact, the step of its request, and the calendar whose days the windows of its series follow. */
export interface FactInput {
  readonly fact: CoverageFact;
  readonly step: string;
  /** `Instrument.calendar` (`XNYS`): its time zone determines which days a lost file takes with it. */
  readonly calendar: string;
}

/** Facts that differ only in their key, decoded as columns: folding ten thousand of them creates no objects. */
export interface FactGroup {
  readonly provider: ProviderName;
  readonly step: string;
  readonly calendar: string;
  /** The time zone whose days the windows follow; null if unknown. */
  readonly zone: string | null;
  readonly state: CoverageState;
  readonly reason: string | undefined;
  readonly prefix: string;
  readonly suffix: string;
  readonly size: number;
  /** Starts and lengths; single numbers if the whole group has one window. */
  readonly starts: NumberValues;
  readonly lengths: NumberValues;
  readonly requestedAt: NumberValues;
  readonly key: (row: number) => string;
  readonly fact: (row: number) => CoverageFact;
}

const formatVersion = 1;

/** Fewer facts with one window do not form a group of their own. */
const minWindowGroupSize = 8;

/** The maximum time between requests of one group; the fold takes the earliest for all, so that histories stay equal. */
const maxGroupSpan: Duration = hour;

/** Far more than one commit can hold; a larger number is damage. */
const maxFacts = 100_000_000;

interface OpenGroup {
  readonly position: number;
  readonly prefix: string;
  readonly suffix: string;
  readonly keys: string[];
  readonly inputs: FactInput[];
  readonly first: FactInput;
  earliest: Instant;
  latest: Instant;
}

/** The time zone of a calendar, null if unknown. */
export type TimeZoneLookup = (calendar: string) => string | null;

/** Encodes facts for a commit; facts of one series are given in the order in which they became true. */
export function encodeFacts(facts: readonly FactInput[], getTimeZone: TimeZoneLookup = () => null): JsonValue {
  const dictionary = createRunDictionary();
  const groups = groupFacts(facts).map((group) => encodeGroup(group, dictionary));
  const zones: Readonly<Record<string, string>> = Object.fromEntries(
    [...new Set(facts.map(({ calendar }) => calendar))].flatMap((name) => {
      const zone = getTimeZone(name);
      return zone === null ? [] : [[name, zone] as const];
    }),
  );
  return { v: formatVersion, runs: dictionary.runs, zones, groups };
}

function groupFacts(inputs: readonly FactInput[]): readonly OpenGroup[] {
  const namedInputs = inputs.map((input) => {
    const name = splitSeriesName(input.fact.series);
    const { fact, step, calendar } = input;
    const baseKey = JSON.stringify([fact.provider, step, calendar, fact.state, fact.reason, name.prefix, name.suffix]);
    return { input, name, baseKey, windowKey: `${baseKey}${fact.window.start} ${fact.window.end}` };
  });
  const windowCounts = new Map<string, number>();
  for (const { windowKey } of namedInputs) windowCounts.set(windowKey, (windowCounts.get(windowKey) ?? 0) + 1);

  const groups: OpenGroup[] = [];
  const openGroups = new Map<string, OpenGroup>();
  const lastPosition = new Map<string, number>();
  for (const { input, name, baseKey, windowKey } of namedInputs) {
    const groupKey = (windowCounts.get(windowKey) ?? 0) >= minWindowGroupSize ? windowKey : baseKey;
    const series = seriesKey(input.fact.provider, input.fact.series);
    const at = input.fact.requestedAt;
    let group = openGroups.get(groupKey);
    const canJoin =
      group !== undefined &&
      group.position >= (lastPosition.get(series) ?? 0) &&
      Math.max(group.latest, at) - Math.min(group.earliest, at) <= maxGroupSpan;
    if (group === undefined || !canJoin) {
      const position = groups.length;
      group = { ...name, position, keys: [], inputs: [], first: input, earliest: at, latest: at };
      groups.push(group);
      openGroups.set(groupKey, group);
    }
    group.keys.push(name.key);
    group.inputs.push(input);
    group.earliest = Math.min(group.earliest, at);
    group.latest = Math.max(group.latest, at);
    lastPosition.set(series, group.position);
  }
  return groups;
}

function encodeGroup(group: OpenGroup, dictionary: RunDictionary): JsonValue {
  const { step, calendar, fact: first } = group.first;
  const facts = group.inputs.map(({ fact }) => fact);
  return {
    provider: first.provider,
    step,
    calendar,
    state: first.state,
    ...(first.reason === undefined ? {} : { note: first.reason }),
    size: facts.length,
    series: [group.prefix, group.suffix],
    keys: encodeKeys(group.keys),
    window: [
      encodeNumbers(facts.map(({ window }) => window.start)),
      encodeNumbers(facts.map(({ window }) => window.end - window.start)),
    ],
    request: encodeRequestIds(
      facts.map(({ requestId }) => requestId),
      dictionary,
    ),
    at: encodeNumbers(facts.map(({ requestedAt }) => requestedAt)),
    rows: encodeNumbers(facts.map(({ rows }) => rows)),
    upstream: [
      encodeNumbers(facts.map(({ upstream }) => upstream.length)),
      encodeRequestIds(
        facts.flatMap(({ upstream }) => upstream),
        dictionary,
      ),
    ],
  };
}

/** Reverses `encodeFacts`. Throws a `LakeError` that names the location of the first malformed value. */
export function decodeFacts(value: unknown, context: string): readonly FactInput[] {
  return decodeGroups(value, context).flatMap((group) =>
    Array.from({ length: group.size }, (_, row) => ({
      fact: group.fact(row),
      step: group.step,
      calendar: group.calendar,
    })),
  );
}

/** The same, without splitting the groups. */
export function decodeGroups(value: unknown, context: string): readonly FactGroup[] {
  const coverage = expectRecord(value, context);
  if (coverage['v'] !== formatVersion) {
    throw malformedError(
      `${context}.v`,
      `this version of pipe reads coverage of version ${formatVersion}, not ${String(coverage['v'])}`,
    );
  }
  const runs = expectTexts(coverage['runs'], `${context}.runs`);
  const zones = expectRecord(coverage['zones'], `${context}.zones`);
  return expectList(coverage['groups'], `${context}.groups`).map((group, index) =>
    decodeGroup(group, runs, zones, `${context}.groups[${index}]`),
  );
}

function decodeGroup(
  value: unknown,
  runs: readonly string[],
  zones: Readonly<Record<string, unknown>>,
  location: string,
): FactGroup {
  const group = expectRecord(value, location);
  const size = expectInteger(group['size'], `${location}.size`);
  if (size < 1 || size > maxFacts) throw malformedError(`${location}.size`, `expected 1 to ${maxFacts} facts`);
  const series = expectTexts(group['series'], `${location}.series`);
  const [prefix = '', suffix = ''] = series;
  const key = decodeKeys(group['keys'], size, `${location}.keys`);
  const window = expectList(group['window'], `${location}.window`);
  const starts = decodeNumbers(window[0], size, `${location}.window[0]`);
  const lengths = decodeNumbers(window[1], size, `${location}.window[1]`);
  const requestedAt = decodeNumbers(group['at'], size, `${location}.at`);
  const provider = expectProvider(group['provider'], `${location}.provider`);
  const state = expectState(group['state'], `${location}.state`);
  const reason = group['note'] === undefined ? undefined : expectText(group['note'], `${location}.note`);
  const calendar = expectText(group['calendar'], `${location}.calendar`);
  const zone = Object.hasOwn(zones, calendar) ? zones[calendar] : undefined;
  const getDetails = memoize(() => decodeDetails(group, size, runs, location));
  return {
    provider,
    step: expectText(group['step'], `${location}.step`),
    calendar,
    zone: zone === undefined ? null : expectText(zone, `${location}.calendar`),
    state,
    reason,
    prefix,
    suffix,
    size,
    starts,
    lengths,
    requestedAt,
    key,
    fact(row) {
      const start = getNumber(starts, row);
      return {
        provider,
        series: prefix + key(row) + suffix,
        window: { start, end: start + getNumber(lengths, row) },
        state,
        requestedAt: getNumber(requestedAt, row),
        ...(reason === undefined ? {} : { reason }),
        ...getDetails()(row),
      };
    },
  };
}

interface FactDetail {
  readonly requestId: RequestId;
  readonly rows: number;
  readonly upstream: readonly RequestId[];
}

/** The columns that lineage needs and the fold does not: decoded at the first use. */
function decodeDetails(
  group: Readonly<Record<string, unknown>>,
  size: number,
  runs: readonly string[],
  location: string,
): (row: number) => FactDetail {
  const requestIds = decodeRequestIds(group['request'], size, runs, `${location}.request`);
  const rows = decodeNumbers(group['rows'], size, `${location}.rows`);
  const upstream = expectList(group['upstream'], `${location}.upstream`);
  const counts = decodeCounts(upstream[0], size, `${location}.upstream[0]`);
  const ends: number[] = [];
  for (let row = 0, end = 0; row < size; row++) {
    const count = getNumber(counts, row);
    if (count > maxFacts) throw malformedError(`${location}.upstream[0]`, `expected 0 to ${maxFacts} requests`);
    ends.push((end += count));
  }
  const upstreamIds = decodeRequestIdsOrNone(upstream[1], ends.at(-1) ?? 0, runs, `${location}.upstream[1]`);
  return (row) => {
    const end = ends[row] ?? 0;
    const count = getNumber(counts, row);
    return {
      requestId: requestIds(row),
      rows: getNumber(rows, row),
      upstream: Array.from({ length: count }, (_, index) => upstreamIds(end - count + index)),
    };
  };
}

function decodeRequestIdsOrNone(
  value: unknown,
  size: number,
  runs: readonly string[],
  location: string,
): (row: number) => RequestId {
  return size === 0 ? () => '' : decodeRequestIds(value, size, runs, location);
}

function memoize<T>(compute: () => T): () => T {
  let cached: { readonly value: T } | null = null;
  return () => (cached ??= { value: compute() }).value;
}

const coverageStates: Readonly<Record<CoverageState, true>> = {
  data: true,
  empty: true,
  failed: true,
  provisional: true,
  denied: true,
  unavailable: true,
  missing: true,
};

export function expectState(value: unknown, location: string): CoverageState {
  if (value === legacyUnavailable) return 'unavailable';
  if (typeof value === 'string' && isState(value)) return value;
  throw malformedError(location, `unknown state ${JSON.stringify(value)}`);
}

function isState(value: string): value is CoverageState {
  return Object.hasOwn(coverageStates, value);
}

const providerNames: Readonly<Record<ProviderName, true>> = { mock: true, synthetic: true, ib: true, kite: true };

export function expectProvider(value: unknown, location: string): ProviderName {
  if (typeof value === 'string' && isProvider(value)) return value;
  throw malformedError(location, `unknown provider ${JSON.stringify(value)}`);
}

function isProvider(value: string): value is ProviderName {
  return Object.hasOwn(providerNames, value);
}
