// Builds the lake of a history: `node build.js FOLDER SYMBOLS`. A separate process, so that its memory does not count
// for the benchmark.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitInfo, FetchResult } from '../../src/core/fetch-result.js';
import { hour, minute, second } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import { finishTables } from '../../src/lake/maintenance/maintain-lake.js';
import { openWritableTables } from '../../src/lake/writer/open-writable-tables.js';
import {
  createBarsResult,
  calendar,
  coldSessions,
  createContractResult,
  isFailedRequest,
  nightSessions,
  formatSymbol,
  createFailedBarsResult,
} from './fetch-results.js';

const [, , folder = '', size = ''] = process.argv;
const symbols = Number(size);

const batchSize = symbols > 10_000 ? 100_000 : 10_000;

const symbolNames = Array.from({ length: symbols }, (_, index) => formatSymbol(index));
writeFileSync(join(folder, 'pipelines/symbols.csv'), `symbol\n${symbolNames.join('\n')}\n`);

let now: Instant = 0;
const tables = await openWritableTables({
  folder: join(folder, 'data'),
  runId: createRunId(0),
  program: 'pipe',
  clock: { now: () => now, sleepUntil: () => Promise.resolve() },
  emit: () => undefined,
  getTimeZone: () => calendar.timeZone,
});
await buildColdStart();
for (const night of nightSessions.keys()) await buildNight(night);
await tables.close();

async function buildColdStart(): Promise<void> {
  const startedAt = (nightSessions[0]?.open ?? 0) - 4 * hour;
  const requestInterval = (20 * minute) / symbols;
  await commitRun(startedAt, function* (requestId) {
    for (let index = 0; index < symbols; index++) yield createContractResult(index, requestId(), startedAt + index);
  });
  await commitRun(
    startedAt + minute,
    function* (requestId) {
      for (let index = 0; index < symbols; index++) {
        yield createBarsResult(
          index,
          requestId(),
          startedAt + minute + Math.floor(index * requestInterval),
          coldSessions,
          hasRows(index),
        );
      }
    },
    symbols > 10_000 ? batchSize : 500,
  );
}

/** In each night, one symbol in a thousand gets no answer; the next night requests two sessions for it. */
async function buildNight(night: number): Promise<void> {
  const session = nightSessions[night];
  const before = nightSessions[night - 1];
  if (session === undefined) return;
  const startedAt = session.close + 2 * hour;
  const requestInterval = (5 * minute) / symbols;
  const isLast = night + 1 === nightSessions.length;
  await commitRun(startedAt, function* (requestId) {
    for (let index = 0; index < symbols; index++) {
      const at = startedAt + Math.floor(index * requestInterval);
      if (isFailedRequest(night, index) && !isLast) yield createFailedBarsResult(index, requestId(), at, session);
      else {
        const repeats = before !== undefined && isFailedRequest(night - 1, index);
        yield createBarsResult(index, requestId(), at, repeats ? [before, session] : [session], hasRows(index));
      }
    }
  });
}

/** In a large history only every hundredth symbol has rows: planning reads the coverage of all of them. */
function hasRows(index: number): boolean {
  return symbols <= 10_000 || index % 100 === 0;
}

/**
 * Writes what one run leaves behind. Bypasses the spool, which is empty after every run, and keeps the tables open from
 * one run to the next.
 */
async function commitRun(
  startedAt: Instant,
  answers: (requestId: () => string) => Iterable<FetchResult>,
  maxBatch = batchSize,
): Promise<void> {
  now = startedAt + 30 * second;
  const author: CommitInfo = { runId: createRunId(startedAt), pipeline: { name: 'history', hash: 'history' } };
  let requestCount = 0;
  for (const batch of toBatches(
    answers(() => `${author.runId}/${++requestCount}`),
    maxBatch,
  )) {
    const [first] = batch;
    if (first !== undefined) await tables.commit(author, first.series.dataset, batch);
  }
  await finishTables(tables, author);
}

function* toBatches(answers: Iterable<FetchResult>, maxBatch: number): Iterable<readonly FetchResult[]> {
  let batch: FetchResult[] = [];
  for (const answer of answers) {
    if (batch.length === maxBatch) {
      yield batch;
      batch = [];
    }
    batch.push(answer);
  }
  yield batch;
}

/** A UUID of version 7, as runs have them; no two runs of a history begin in the same millisecond. */
function createRunId(startedAt: Instant): string {
  const time = startedAt.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
