// A run that appends results until it is killed and prints the number of each one that is safe. Arguments: the compiled sources,
// the folder of spools, the run id, rows in each result.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , modules, folder, runId, rows] = process.argv;
const { openSpool } = await import(pathToFileURL(join(modules, 'lake/spool/spool.js')).href);
const { getProcessIdentity } = await import(pathToFileURL(join(modules, 'lake/locks/process-identity.js')).href);

const author = { runId, pipeline: { name: 'nightly', hash: 'abc' } };
const spool = await openSpool({ folder, author, owner: getProcessIdentity() });

async function append(number) {
  await spool.append({
    requestId: `${runId}/${number}`,
    series: {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument: { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' },
      barSize: '1 day',
      priceType: 'TRADES',
      hours: 'rth',
    },
    step: 'prices',
    requestedAt: number,
    answeredAt: number,
    upstream: [],
    closedWindows: [{ window: { start: number, end: number + 1 }, state: 'data', rows: Number(rows) }],
    rows: {
      dataset: 'equity_bars',
      length: Number(rows),
      columns: Object.fromEntries(
        ['ts', 'session', 'open', 'high', 'low', 'close', 'volume', 'wap', 'bar_count', 'open_interest'].map((name) => [
          name,
          new Float64Array(Number(rows)).fill(number),
        ]),
      ),
    },
  });
  // Synchronous: every number that the parent reads belongs to a result that was safe before.
  writeSync(1, `${number}\n`);
}

for (let number = 0; ; number += 4) await Promise.all([0, 1, 2, 3].map((offset) => append(number + offset)));
