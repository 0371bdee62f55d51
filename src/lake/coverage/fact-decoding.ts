import { parseLacks } from '../../core/answer-lacks.js';
import type { EncodedLacks } from '../../core/answer-lacks.js';
import type { CoverageFact, CoverageState } from '../../core/coverage.js';
import type { RequestId } from '../../core/request.js';
import { isImportSource } from '../../core/series.js';
import type { FetchProvider, ProviderName } from '../../core/series.js';
import { expectInteger, expectList, expectRecord, expectText, expectTexts } from '../expect-json.js';
import { malformedError } from '../lake-error.js';
import { legacyUnavailable } from '../legacy-names.js';
import { decodeCounts, decodeNumbers, getNumber } from './column-encoding.js';
import type { NumberValues } from './column-encoding.js';
import { factFormatVersion } from './fact-encoding.js';
import type { FactInput } from './fact-encoding.js';
import { decodeRequestIds } from './request-ids.js';
import { decodeKeys } from './series-keys.js';

/** Facts that differ only in their key, decoded as columns: folding ten thousand of them creates no objects. */
export interface FactGroup {
  readonly provider: ProviderName;
  readonly step: string;
  readonly calendar: string;
  /** The time zone whose days the windows follow; null if unknown. */
  readonly zone: string | null;
  readonly state: CoverageState;
  readonly reason: string | undefined;
  readonly emptyAnswers: number | undefined;
  readonly lacks: EncodedLacks | undefined;
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

/** Far more than one commit can hold; a larger number is damage. */
const maxFacts = 100_000_000;

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

/** Reverses `encodeFacts` without splitting the groups. */
export function decodeGroups(value: unknown, context: string): readonly FactGroup[] {
  const coverage = expectRecord(value, context);
  if (coverage['v'] !== factFormatVersion) {
    throw malformedError(
      `${context}.v`,
      `this version of pipe reads coverage of version ${factFormatVersion}, not ${String(coverage['v'])}`,
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
  const emptyAnswers = group['empty'] === undefined ? undefined : expectInteger(group['empty'], `${location}.empty`);
  const lacks = group['lacks'] === undefined ? undefined : expectLacks(group['lacks'], `${location}.lacks`);
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
    emptyAnswers,
    lacks,
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
        ...(emptyAnswers === undefined ? {} : { emptyAnswers }),
        ...(lacks === undefined ? {} : { lacks }),
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
  rescaled: true,
};

export function expectState(value: unknown, location: string): CoverageState {
  if (value === legacyUnavailable) return 'unavailable';
  if (typeof value === 'string' && isState(value)) return value;
  throw malformedError(location, `unknown state ${JSON.stringify(value)}`);
}

function isState(value: string): value is CoverageState {
  return Object.hasOwn(coverageStates, value);
}

/** Returns what an answer leaves out, encoded; throws for a text that no version of pipe wrote. */
export function expectLacks(value: unknown, location: string): EncodedLacks {
  const text = expectText(value, location);
  if (parseLacks(text) === null) throw malformedError(location, 'expected the parts that an answer leaves out');
  return text;
}

const providerNames: Readonly<Record<FetchProvider, true>> = { mock: true, synthetic: true, ib: true, kite: true };

export function expectProvider(value: unknown, location: string): ProviderName {
  if (typeof value === 'string' && isProvider(value)) return value;
  throw malformedError(location, `unknown provider ${JSON.stringify(value)}`);
}

function isProvider(value: string): value is ProviderName {
  return Object.hasOwn(providerNames, value) || isImportSource(value);
}
