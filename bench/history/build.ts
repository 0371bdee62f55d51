// Builds the lake of a history: `node build.js FOLDER SYMBOLS`. A process of its own, so that its memory is its own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Author, Delivery } from '../../src/core/delivery.js';
import { hour, minute, second } from '../../src/core/time.js';
import type { Instant } from '../../src/core/time.js';
import { finishTables } from '../../src/lake/maintenance.js';
import { openTables } from '../../src/lake/writer-tables.js';
import {
  answeredBars,
  calendar,
  coldSessions,
  contractOf,
  failsOn,
  nightSessions,
  symbolName,
  unansweredBars,
} from './deliveries.js';

const [, , folder = '', size = ''] = process.argv;
const symbols = Number(size);

/** How many answers make a batch large enough. */
const batchSize = symbols > 10_000 ? 100_000 : 10_000;

const names = Array.from({ length: symbols }, (_, index) => symbolName(index));
writeFileSync(join(folder, 'pipelines/symbols.csv'), `symbol\n${names.join('\n')}\n`);

let now: Instant = 0;
const tables = await openTables({
  folder: join(folder, 'data'),
  runId: runIdAt(0),
  program: 'pipe',
  clock: { now: () => now, sleepUntil: () => Promise.resolve() },
  emit: () => undefined,
  zoneOf: () => calendar.timeZone,
});
await coldStart();
for (const night of nightSessions.keys()) await spendNight(night);
await tables.close();

async function coldStart(): Promise<void> {
  const begun = (nightSessions[0]?.open ?? 0) - 4 * hour;
  const pace = (20 * minute) / symbols;
  await run(begun, function* (requestId) {
    for (let index = 0; index < symbols; index++) yield contractOf(index, requestId(), begun + index);
  });
  await run(
    begun + minute,
    function* (requestId) {
      for (let index = 0; index < symbols; index++) {
        yield answeredBars(index, requestId(), begun + minute + Math.floor(index * pace), coldSessions, hasRows(index));
      }
    },
    symbols > 10_000 ? batchSize : 500,
  );
}

/** In each night one symbol in a thousand gets no answer, and is asked for two sessions the next night. */
async function spendNight(night: number): Promise<void> {
  const session = nightSessions[night];
  const before = nightSessions[night - 1];
  if (session === undefined) return;
  const begun = session.close + 2 * hour;
  const pace = (5 * minute) / symbols;
  const isLast = night + 1 === nightSessions.length;
  await run(begun, function* (requestId) {
    for (let index = 0; index < symbols; index++) {
      const at = begun + Math.floor(index * pace);
      if (failsOn(night, index) && !isLast) yield unansweredBars(index, requestId(), at, session);
      else {
        const repeats = before !== undefined && failsOn(night - 1, index);
        yield answeredBars(index, requestId(), at, repeats ? [before, session] : [session], hasRows(index));
      }
    }
  });
}

/** Of a large history only every hundredth symbol has rows: planning reads what is known about all of them. */
function hasRows(index: number): boolean {
  return symbols <= 10_000 || index % 100 === 0;
}

/**
 * What one run of the command leaves behind. Past the spool, which after every run is empty again, and with the tables kept
 * open from one run to the next.
 */
async function run(
  begun: Instant,
  answers: (requestId: () => string) => Iterable<Delivery>,
  most = batchSize,
): Promise<void> {
  now = begun + 30 * second;
  const author: Author = { runId: runIdAt(begun), pipeline: { name: 'history', hash: 'history' } };
  let asked = 0;
  for (const batch of batchesOf(
    answers(() => `${author.runId}/${++asked}`),
    most,
  )) {
    const [first] = batch;
    if (first !== undefined) await tables.commit(author, first.series.dataset, batch);
  }
  await finishTables(tables, author);
}

function* batchesOf(answers: Iterable<Delivery>, most: number): Iterable<readonly Delivery[]> {
  let batch: Delivery[] = [];
  for (const answer of answers) {
    if (batch.length === most) {
      yield batch;
      batch = [];
    }
    batch.push(answer);
  }
  yield batch;
}

/** A UUID of version 7, as runs have them; no two runs of a history begin in the same millisecond. */
function runIdAt(begun: Instant): string {
  const time = begun.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
