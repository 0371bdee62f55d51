import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, inject, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/core/time/clock.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../../src/lake/writer/lake-writer.js';
import { author, temporaryFolder } from '../lake-fixture.js';

const modules = inject('modules');

/** Starts a process that stores results, kills it after some of them are safe, and returns their request ids. */
async function runUntilKilled(folder: string, number: number, answers: number): Promise<readonly string[]> {
  const script = join(import.meta.dirname, 'committing-process.js');
  const child = spawn(process.execPath, [script, modules, folder, String(number), '1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const safe: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    safe.push(line);
    if (safe.length === answers) child.kill('SIGKILL');
  }
  await ended;
  return safe;
}

test('a later run recovers every result that killed processes had received', async () => {
  const folder = await temporaryFolder();
  const safe: string[] = [];
  // Two concurrent processes, so that one is killed while the other commits.
  for (const [first, second] of [
    [1, 20],
    [14, 43],
    [60, 31],
  ] as const) {
    const number = safe.length + 1;
    const both = await Promise.all([runUntilKilled(folder, number, first), runUntilKilled(folder, number + 1, second)]);
    safe.push(...both.flat());
  }
  const recovering = { ...author, runId: '01980000-0000-7000-8000-00000000ffff' };
  const writer = await openLakeWriter({ folder, author: recovering, clock: systemClock, emit: () => undefined });
  onTestFinished(() => writer.close());
  const recovery = await writer.recover();
  await writer.finish();
  expect(recovery.damage).toEqual([]);
  const reader = await openLakeReader(folder);
  onTestFinished(() => reader.close());
  const requests: string[] = [];
  for await (const { requestId } of reader.readFacts({})) requests.push(requestId);
  expect(new Set(requests).size).toBe(requests.length);
  expect(safe.filter((id) => !requests.includes(id))).toEqual([]);
  const { rows } = await reader.query('SELECT count(*) AS n, count(DISTINCT (symbol, ts)) AS keys FROM equity_bars');
  expect(rows[0]?.['n']).toBe(rows[0]?.['keys']);
});
