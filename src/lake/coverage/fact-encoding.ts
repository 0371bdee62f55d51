import type { CoverageFact } from '../../core/coverage.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { hour } from '../../core/time/time.js';
import { encodeNumbers } from './column-encoding.js';
import type { JsonValue } from './column-encoding.js';
import { createRunDictionary, encodeRequestIds } from './request-ids.js';
import type { RunDictionary } from './request-ids.js';
import { encodeKeys, seriesKey, splitSeriesName } from './series-keys.js';

/*
 * `commitInfo.pipe.coverage`, part of the on-disk format:
 *
 *   { "v": 1,
 *     "runs": ["0199…", …],                 every run id that occurs below, once
 *     "zones": { "XNYS": "America/New_York" },   the known time zones of the calendars that occur below
 *     "groups": [{
 *       "provider": "mock", "step": "prices", "calendar": "XNYS", "state": "data", "note": "…" if there is a reason,
 *       "empty": 2,                         answers without rows that count so far, if there were any
 *       "lacks": "…",                       parts that the answer leaves out, if any (`EncodedLacks`)
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

export const factFormatVersion = 1;

/** The minimum number of facts with one window that form a separate group. */
const minWindowGroupSize = 8;

/** The maximum time between requests of one group; the fold takes the earliest for all, so that histories stay equal. */
const maxGroupSpan: Duration = hour;

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
  return { v: factFormatVersion, runs: dictionary.runs, zones, groups };
}

function groupFacts(inputs: readonly FactInput[]): readonly OpenGroup[] {
  const namedInputs = inputs.map((input) => {
    const name = splitSeriesName(input.fact.series);
    const { fact, step, calendar } = input;
    const baseKey = JSON.stringify([
      fact.provider,
      step,
      calendar,
      fact.state,
      fact.reason,
      fact.emptyAnswers,
      fact.lacks,
      name.prefix,
      name.suffix,
    ]);
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
    ...(first.emptyAnswers === undefined ? {} : { empty: first.emptyAnswers }),
    ...(first.lacks === undefined ? {} : { lacks: first.lacks }),
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
