import { allRules } from '../../src/checks/rules/all-rules.js';
import type { CalendarOfZone } from '../../src/checks/check-hours.js';
import { checkLake } from '../../src/checks/check-lake.js';
import type { LakeCheckResult } from '../../src/checks/check-lake.js';
import type { FetchResult } from '../../src/core/fetch-result.js';
import { datasets } from '../../src/core/tables/tables.js';
import type { Dataset } from '../../src/core/tables/tables.js';
import { openLakeReader } from '../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../src/lake/writer/lake-writer.js';
import { author, chain, contract } from '../lake/lake-fixture.js';

const clock = { now: () => Date.UTC(2026, 1, 20), sleepUntil: () => Promise.resolve() };
/** The instant of contracts and chains, before the clock's. */
export const at = Date.UTC(2026, 0, 31, 12);

/** Adds to a lake: each list of results is one commit. */
export async function store(folder: string, commits: readonly (readonly FetchResult[])[]): Promise<void> {
  const writer = await openLakeWriter({
    folder,
    author,
    clock,
    emit: () => undefined,
    getTimeZone: () => 'America/New_York',
  });
  await writer.recover();
  for (const results of commits) {
    for (const result of results) await writer.receive(result);
    await writer.flush();
  }
  await writer.finish();
  await writer.close();
}

export async function check(
  folder: string,
  selected: readonly Dataset[] = datasets,
  calendarOf?: CalendarOfZone,
): Promise<LakeCheckResult> {
  const reader = await openLakeReader(folder);
  try {
    return await checkLake(reader, selected, allRules, {}, calendarOf);
  } finally {
    await reader.close();
  }
}

/** Contracts and chains, which `pipe run` fetches first, of symbols with a slash and a quote. */
export const prerequisites = ['A/B', "O'Neil"].flatMap((symbol) => [
  contract(symbol, at, 1),
  chain(symbol, at, ['2026-03-20'], 3),
]);
