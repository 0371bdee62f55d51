import type { CoverageFact, CoverageState } from '../../core/coverage.js';
import type { RequestId } from '../../core/request.js';
import type { ProviderName } from '../../core/series.js';
import type { Duration, Instant } from '../../core/time.js';
import { hour } from '../../core/time.js';
import { malformed } from '../lake-error.js';
import {
  decodeCounts,
  decodeNumbers,
  encodeNumbers,
  expectInteger,
  expectList,
  expectRecord,
  expectText,
  expectTexts,
  numberAt,
} from './columns.js';
import type { JsonValue, NumberValues } from './columns.js';
import { createRunDictionary, decodeRequestIds, encodeRequestIds } from './request-ids.js';
import type { RunDictionary } from './request-ids.js';
import { decodeKeys, encodeKeys, splitSeriesName } from './series-template.js';

/*
 * `commitInfo.pipe.coverage`, part of the on-disk format:
 *
 *   { "v": 1,
 *     "runs": ["0199…", …],                 every run id named below, once
 *     "zones": { "XNYS": "America/New_York" },   the time zones of the calendars named below, where known
 *     "groups": [{
 *       "provider": "mock", "step": "prices", "calendar": "XNYS", "state": "data", "note": "…" when there is one,
 *       "size": 10000,                      facts in this group
 *       "series": ["equity_bars/", "/1 day/TRADES/rth"],   what stands before and after the key in the series' name
 *       "keys": [TEXTS],                    the key: the symbol, or symbol, expiry, strike and right joined by "/"
 *       "window": [NUMBERS, NUMBERS],       start, and length
 *       "request": [NUMBERS, NUMBERS],      position in "runs", and number within that run
 *       "at": NUMBERS, "rows": NUMBERS,     requestedAt, and rows
 *       "upstream": [NUMBERS, [NUMBERS, NUMBERS]]   how many each, and all of them as one list of requests
 *     }] }
 *
 * NUMBERS is a number (the same for all), `[first, difference, difference, …]` or, where differences would not be exact,
 * `{ "is": [number, …] }`; TEXTS is a text (the same for all), a list
 * with one text each, or `{ "of": [text, …], "at": [position, …] }`. Instants are milliseconds since 1970 in UTC. Facts about
 * one series stand in the order in which they became true; the order of different series means nothing.
 */

/** A fact, the step that asked, and the calendar whose days the windows of its series follow. */
export interface FactInput {
  readonly fact: CoverageFact;
  readonly step: string;
  /** `Instrument.calendar` (`XNYS`): its time zone tells later which days were lost with a file. */
  readonly calendar: string;
}

/** A fact as it was encoded. */
export type DecodedFact = FactInput;

/** Facts alike but for their key: decoded as columns, so that folding ten thousand of them makes no objects. */
export interface FactGroup {
  readonly provider: ProviderName;
  readonly step: string;
  readonly calendar: string;
  /** The time zone in whose days the windows lie; null where it was not known. */
  readonly zone: string | null;
  readonly state: CoverageState;
  readonly note: string | undefined;
  readonly before: string;
  readonly after: string;
  readonly size: number;
  /** Starts and lengths; single numbers when the whole group shares one window. */
  readonly starts: NumberValues;
  readonly lengths: NumberValues;
  readonly at: NumberValues;
  readonly key: (row: number) => string;
  readonly fact: (row: number) => CoverageFact;
}

const version = 1;

/** Fewer facts than this with one window are not worth a group of their own. */
const smallestWindowGroup = 8;

/** How far apart the requests of one group may be; the fold takes the earliest for all, so that histories stay equal. */
const longestGroup: Duration = hour;

/** Far above what one commit can hold; a number beyond it is damage. */
const mostFacts = 100_000_000;

interface OpenGroup {
  readonly position: number;
  readonly before: string;
  readonly after: string;
  readonly keys: string[];
  readonly inputs: FactInput[];
  readonly first: FactInput;
  earliest: Instant;
  latest: Instant;
}

/** The time zone of a calendar, null where it is not known. */
export type ZoneOf = (calendar: string) => string | null;

/** Facts for a commit; those of one series in the order in which they became true. */
export function encodeFacts(facts: readonly FactInput[], zoneOf: ZoneOf = () => null): JsonValue {
  const dictionary = createRunDictionary();
  const groups = groupFacts(facts).map((group) => encodeGroup(group, dictionary));
  const zones: Readonly<Record<string, string>> = Object.fromEntries(
    [...new Set(facts.map(({ calendar }) => calendar))].flatMap((name) => {
      const zone = zoneOf(name);
      return zone === null ? [] : [[name, zone] as const];
    }),
  );
  return { v: version, runs: dictionary.runs, zones, groups };
}

function groupFacts(inputs: readonly FactInput[]): readonly OpenGroup[] {
  const named = inputs.map((input) => {
    const name = splitSeriesName(input.fact.series);
    const { fact, step, calendar } = input;
    const kind = JSON.stringify([fact.provider, step, calendar, fact.state, fact.note, name.before, name.after]);
    return { input, name, kind, windowKind: `${kind}${fact.window.start} ${fact.window.end}` };
  });
  const sharing = new Map<string, number>();
  for (const { windowKind } of named) sharing.set(windowKind, (sharing.get(windowKind) ?? 0) + 1);

  const groups: OpenGroup[] = [];
  const open = new Map<string, OpenGroup>();
  const lastPosition = new Map<string, number>();
  for (const { input, name, kind, windowKind } of named) {
    const groupKind = (sharing.get(windowKind) ?? 0) >= smallestWindowGroup ? windowKind : kind;
    const series = `${input.fact.provider} ${input.fact.series}`;
    const at = input.fact.requestedAt;
    let group = open.get(groupKind);
    const fits =
      group !== undefined &&
      group.position >= (lastPosition.get(series) ?? 0) &&
      Math.max(group.latest, at) - Math.min(group.earliest, at) <= longestGroup;
    if (group === undefined || !fits) {
      const position = groups.length;
      group = { ...name, position, keys: [], inputs: [], first: input, earliest: at, latest: at };
      groups.push(group);
      open.set(groupKind, group);
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
    ...(first.note === undefined ? {} : { note: first.note }),
    size: facts.length,
    series: [group.before, group.after],
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

/** The facts that `encodeFacts` was given. Throws a `LakeError` that names the place of the first malformed value. */
export function decodeFacts(value: unknown, context: string): readonly DecodedFact[] {
  return decodeGroups(value, context).flatMap((group) =>
    Array.from({ length: group.size }, (_, row) => ({
      fact: group.fact(row),
      step: group.step,
      calendar: group.calendar,
    })),
  );
}

/** The same facts, still in groups; see `FactGroup`. */
export function decodeGroups(value: unknown, context: string): readonly FactGroup[] {
  const coverage = expectRecord(value, context);
  if (coverage['v'] !== version) {
    throw malformed(
      `${context}.v`,
      `this version of pipe reads coverage of version ${version}, not ${String(coverage['v'])}`,
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
  place: string,
): FactGroup {
  const group = expectRecord(value, place);
  const size = expectInteger(group['size'], `${place}.size`);
  if (size < 1 || size > mostFacts) throw malformed(`${place}.size`, `expected 1 to ${mostFacts} facts`);
  const series = expectTexts(group['series'], `${place}.series`);
  const [before = '', after = ''] = series;
  const key = decodeKeys(group['keys'], size, `${place}.keys`);
  const window = expectList(group['window'], `${place}.window`);
  const starts = decodeNumbers(window[0], size, `${place}.window[0]`);
  const lengths = decodeNumbers(window[1], size, `${place}.window[1]`);
  const at = decodeNumbers(group['at'], size, `${place}.at`);
  const provider = expectProvider(group['provider'], `${place}.provider`);
  const state = expectState(group['state'], `${place}.state`);
  const note = group['note'] === undefined ? undefined : expectText(group['note'], `${place}.note`);
  const calendar = expectText(group['calendar'], `${place}.calendar`);
  const zone = Object.hasOwn(zones, calendar) ? zones[calendar] : undefined;
  const detail = once(() => decodeDetail(group, size, runs, place));
  return {
    provider,
    step: expectText(group['step'], `${place}.step`),
    calendar,
    zone: zone === undefined ? null : expectText(zone, `${place}.calendar`),
    state,
    note,
    before,
    after,
    size,
    starts,
    lengths,
    at,
    key,
    fact(row) {
      const start = numberAt(starts, row);
      return {
        provider,
        series: before + key(row) + after,
        window: { start, end: start + numberAt(lengths, row) },
        state,
        requestedAt: numberAt(at, row),
        ...(note === undefined ? {} : { note }),
        ...detail()(row),
      };
    },
  };
}

interface Detail {
  readonly requestId: RequestId;
  readonly rows: number;
  readonly upstream: readonly RequestId[];
}

/** What lineage wants to know and the fold does not: decoded when first asked for. */
function decodeDetail(
  group: Readonly<Record<string, unknown>>,
  size: number,
  runs: readonly string[],
  place: string,
): (row: number) => Detail {
  const requestIds = decodeRequestIds(group['request'], size, runs, `${place}.request`);
  const rows = decodeNumbers(group['rows'], size, `${place}.rows`);
  const upstream = expectList(group['upstream'], `${place}.upstream`);
  const counts = decodeCounts(upstream[0], size, `${place}.upstream[0]`);
  const ends: number[] = [];
  for (let row = 0, end = 0; row < size; row++) {
    const count = numberAt(counts, row);
    if (count > mostFacts) throw malformed(`${place}.upstream[0]`, `expected 0 to ${mostFacts} requests`);
    ends.push((end += count));
  }
  const upstreamIds = decodeRequestIdsOrNone(upstream[1], ends.at(-1) ?? 0, runs, `${place}.upstream[1]`);
  return (row) => {
    const end = ends[row] ?? 0;
    const count = numberAt(counts, row);
    return {
      requestId: requestIds(row),
      rows: numberAt(rows, row),
      upstream: Array.from({ length: count }, (_, index) => upstreamIds(end - count + index)),
    };
  };
}

function decodeRequestIdsOrNone(
  value: unknown,
  size: number,
  runs: readonly string[],
  place: string,
): (row: number) => RequestId {
  return size === 0 ? () => '' : decodeRequestIds(value, size, runs, place);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** Every state, checked by the compiler to be complete. */
const states: Readonly<Record<CoverageState, true>> = {
  data: true,
  empty: true,
  failed: true,
  provisional: true,
  denied: true,
  lost: true,
  missing: true,
};

export function expectState(value: unknown, place: string): CoverageState {
  if (typeof value === 'string' && isState(value)) return value;
  throw malformed(place, `unknown state ${JSON.stringify(value)}`);
}

function isState(value: string): value is CoverageState {
  return Object.hasOwn(states, value);
}

const providers: Readonly<Record<ProviderName, true>> = { mock: true, synthetic: true, ib: true, kite: true };

export function expectProvider(value: unknown, place: string): ProviderName {
  if (typeof value === 'string' && isProvider(value)) return value;
  throw malformed(place, `unknown provider ${JSON.stringify(value)}`);
}

function isProvider(value: string): value is ProviderName {
  return Object.hasOwn(providers, value);
}
