// One of several processes that commit to the same tables concurrently. Arguments: the compiled sources, the lake, the number of
// this process, the number of rounds. Every round stores a day of a symbol of this process and the same day of a shared symbol.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , modules, folder, number, rounds] = process.argv;
const { openLakeWriter } = await import(pathToFileURL(join(modules, 'lake/writer/lake-writer.js')).href);
const { systemClock } = await import(pathToFileURL(join(modules, 'core/time/clock.js')).href);

const runId = `01980000-0000-7000-8000-${number.padStart(12, '0')}`;
const author = { runId, pipeline: { name: `process ${number}`, hash: 'abc' } };
const writer = await openLakeWriter({ folder, author, clock: systemClock, emit: () => undefined });
const day = 86_400_000;
let requests = 0;

function bar(symbol, round, price) {
  const start = Date.UTC(2026, 0, 1) + round * day;
  const one = (value) => Float64Array.of(value);
  const columns = {
    ts: one(start + day / 2),
    session: one(start / day),
    open: one(price),
    high: one(price),
    low: one(price),
    close: one(price),
    volume: one(1),
    wap: one(price),
    bar_count: one(1),
    open_interest: one(1),
  };
  return {
    requestId: `${runId}/${++requests}`,
    series: {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument: { symbol, kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' },
      barSize: '1 day',
      priceType: 'TRADES',
      hours: 'rth',
    },
    step: 'prices',
    requestedAt: start,
    answeredAt: start,
    upstream: [],
    closedWindows: [{ window: { start, end: start + day }, state: 'data', rows: 1 }],
    rows: { dataset: 'equity_bars', length: 1, columns },
  };
}

/** Stores a result and prints its request id when it is safe. */
async function receive(result) {
  await writer.receive(result);
  process.stdout.write(`${result.requestId}\n`);
}

for (let round = 0; round < Number(rounds); round++) {
  await receive(bar(`OWN${number}`, round, round));
  await receive(bar('SHARED', round, Number(number)));
  if (round % 10 === 9) await writer.finish();
  else await writer.flush();
}
await writer.finish();
await writer.close();
