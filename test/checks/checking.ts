import { allRules } from '../../src/checks/rules/all-rules.js';
import { checkLake } from '../../src/checks/check-lake.js';
import type { LakeCheckResult } from '../../src/checks/check-lake.js';
import type { FetchResult } from '../../src/core/fetch-result.js';
import { datasets } from '../../src/core/tables/tables.js';
import type { Dataset } from '../../src/core/tables/tables.js';
import { openLakeReader } from '../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../src/lake/writer/lake-writer.js';
import { author, chain, contract } from '../lake/lake-fixture.js';

const clock = { now: () => Date.UTC(2026, 1, 20), sleepUntil: () => Promise.resolve() };
/** An instant before the clock's at which contracts and chains were found. */
export const at = Date.UTC(2026, 0, 31, 12);

/** Writes a lake, or more into one: each list of deliveries is one commit. */
export async function store(folder: string, commits: readonly (readonly FetchResult[])[]): Promise<void> {
  const writer = await openLakeWriter({
    folder,
    author,
    clock,
    emit: () => undefined,
    getTimeZone: () => 'America/New_York',
  });
  await writer.recover();
  for (const deliveries of commits) {
    for (const delivery of deliveries) await writer.receive(delivery);
    await writer.flush();
  }
  await writer.finish();
  await writer.close();
}

/** Checks a lake by all rules. */
export async function check(folder: string, wanted: readonly Dataset[] = datasets): Promise<LakeCheckResult> {
  const reader = await openLakeReader(folder);
  try {
    return await checkLake(reader, wanted, allRules);
  } finally {
    await reader.close();
  }
}

/** The contracts and chains that `pipe run` fetches first, of symbols with a slash and a quote. */
export const known = ['A/B', "O'Neil"].flatMap((symbol) => [
  contract(symbol, at, 1),
  chain(symbol, at, ['2026-03-20'], 3),
]);
