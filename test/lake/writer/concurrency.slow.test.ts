import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { temporaryFolder } from '../lake-fixture.js';

const modules = inject('modules');

test('three processes that commit to one table concurrently store every row once', async () => {
  const folder = await temporaryFolder();
  const [processes, rounds] = [3, 20];
  const script = join(import.meta.dirname, 'committing-process.js');
  const run = promisify(execFile);
  await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      run(process.execPath, [script, modules, folder, String(index + 1), String(rounds)]),
    ),
  );
  const reader = await openLakeReader(folder);
  try {
    const { rows } = await reader.query(
      'SELECT symbol, count(*) AS n, count(DISTINCT ts) AS days, count(DISTINCT run_id) AS runs FROM equity_bars GROUP BY symbol ORDER BY symbol',
    );
    expect(rows).toMatchObject([
      ...Array.from({ length: processes }, (_, index) => ({
        symbol: `OWN${String(index + 1)}`,
        n: rounds,
        days: rounds,
        runs: 1,
      })),
      { symbol: 'SHARED', n: rounds, days: rounds },
    ]);
    const facts = [];
    for await (const fact of reader.readFacts({ datasets: ['equity_bars'] })) facts.push(fact);
    expect(new Set(facts.map(({ requestId }) => requestId)).size).toBe(processes * rounds * 2);
    // The row of a shared day is that of the last result in the log.
    const shared = facts.filter(({ series }) => series.includes('/SHARED/'));
    const last = new Map(shared.map(({ window, requestId }) => [window.start, requestId]));
    const held = await reader.query("SELECT request_id FROM equity_bars WHERE symbol = 'SHARED' ORDER BY ts");
    expect(held.rows.map(({ request_id }) => request_id)).toEqual(
      [...last].toSorted(([a], [b]) => a - b).map(([, id]) => id),
    );
    const versions = (await readdir(join(folder, 'equity_bars', '_delta_log'))).filter((name) =>
      name.endsWith('.json'),
    );
    expect(versions.length).toBeGreaterThanOrEqual(processes * rounds);
  } finally {
    await reader.close();
  }
});
