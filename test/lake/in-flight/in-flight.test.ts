import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { FetchResult } from '../../../src/core/fetch-result.js';
import type { Clock } from '../../../src/core/time/clock.js';
import { hour, minute } from '../../../src/core/time/time.js';
import { claimsPath, inFlightFolder } from '../../../src/lake/in-flight/flight-files.js';
import { maxIdle, openInFlight } from '../../../src/lake/in-flight/in-flight.js';
import type { InFlight } from '../../../src/lake/in-flight/in-flight.js';
import { locksFolder } from '../../../src/lake/locks/lock-file.js';
import { buildContractResult } from '../spool/fetch-results.js';

let folder = '';
let now = 0;
let opened: InFlight[] = [];
/** Called with every wait of a run for another one. */
let onWait: () => Promise<void> | void = () => undefined;
const never = new AbortController().signal;

/** Time passes only while a run waits. */
const clock: Clock = {
  now: () => now,
  async sleepUntil(instant, signal) {
    await onWait();
    signal?.throwIfAborted();
    now = Math.max(now, instant);
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'in-flight-'));
  now = Date.parse('2026-11-20T18:30:00Z');
  opened = [];
  onWait = () => undefined;
});

afterEach(async () => {
  for (const flight of opened) await flight.close();
  await rm(folder, { recursive: true, force: true });
});

function open(runId: string): InFlight {
  const flight = openInFlight({ folder, runId, command: 'pipe run', clock });
  opened.push(flight);
  return flight;
}

const answer = (symbol: string): FetchResult => ({ ...buildContractResult(symbol), answeredAt: now });
const { series: aapl } = buildContractResult('AAPL');
const { series: msft } = buildContractResult('MSFT');

/** Rewrites the claims of a run, as another version, machine or a crash would leave them. */
async function rewriteClaims(runId: string, more: object): Promise<void> {
  const path = claimsPath(inFlightFolder(folder), runId);
  const content: unknown = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify(Object.assign({}, content, more)));
}

describe('openInFlight', () => {
  test('gives the answer of the run that claimed a series to the run that waits for it', async () => {
    const [first, second] = [open('run-1'), open('run-2')];
    await first.claim([aapl, msft]);
    await second.claim([aapl]);
    expect(await first.join(aapl, hour, never)).toBeNull();
    const published = answer('AAPL');
    onWait = () => first.publish(aapl, published);
    expect(await second.join(aapl, hour, never)).toEqual({ run: 'run-1', result: published });
  });

  test('lets exactly one of ten runs that claim a thousand series at once request each, with two files a run', async () => {
    const runs = Array.from({ length: 10 }, (_, index) => open(`run-${String(index)}`));
    const series = Array.from({ length: 1000 }, (_, index) => buildContractResult(`S${String(index)}`).series);
    // The runs take turns at the lock.
    onWait = () => new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all(runs.map((run) => run.claim(series)));
    onWait = () => Promise.reject(new Error('waits for another run'));
    const names = await readdir(inFlightFolder(folder));
    expect(names.filter((name) => name.endsWith('.json'))).toHaveLength(10);
    const claims = await Promise.all(
      names.map(async (name) => {
        const content: unknown = JSON.parse(await readFile(join(inFlightFolder(folder), name), 'utf8'));
        return (content as { readonly claims: readonly string[] }).claims;
      }),
    );
    expect(claims.flat()).toHaveLength(1000);
    expect(new Set(claims.flat()).size).toBe(1000);
    expect(await readdir(locksFolder(folder))).toEqual([]);
  });

  test.each([
    ['ended without an answer', (run: InFlight) => run.publish(aapl, null)],
    [
      'failed',
      (run: InFlight) =>
        run.publish(aapl, {
          ...answer('AAPL'),
          closedWindows: [{ window: { start: 0, end: 1 }, state: 'failed', rows: 0 }],
        }),
    ],
    ['died', () => rewriteClaims('run-1', { pid: 2 ** 30 })],
    ['was replaced by a process with the same id', () => rewriteClaims('run-1', { startedAt: 'x/1' })],
    ['has ended', (run: InFlight) => run.close()],
    ['left damaged claims', () => writeFile(claimsPath(inFlightFolder(folder), 'run-1'), '{"claims":')],
  ])('requests a series itself when the run that claimed it %s', async (_, happens) => {
    const [first, second] = [open('run-1'), open('run-2')];
    await first.claim([aapl]);
    await second.claim([aapl]);
    let isFirst = true;
    onWait = async () => {
      if (isFirst) await happens(first);
      isFirst = false;
    };
    expect(await second.join(aapl, hour, never)).toBeNull();
  });

  test('takes a series over once: the third run waits for the second when the first died', async () => {
    const [first, second, third] = [open('run-1'), open('run-2'), open('run-3')];
    await first.claim([aapl]);
    await second.claim([aapl]);
    await third.claim([aapl]);
    await rewriteClaims('run-1', { pid: 2 ** 30 });
    expect(await second.join(aapl, hour, never)).toBeNull();
    const published = answer('AAPL');
    onWait = () => second.publish(aapl, published);
    expect(await third.join(aapl, hour, never)).toEqual({ run: 'run-2', result: published });
  });

  test('waits for a run that gets on, and no longer than two minutes for one that does not', async () => {
    const [first, second] = [open('run-1'), open('run-2')];
    await first.claim([aapl, msft]);
    await second.claim([aapl]);
    const start = now;
    let published = false;
    onWait = async () => {
      if (published || now - start < maxIdle - minute) return;
      published = true;
      await first.publish(msft, answer('MSFT'));
    };
    expect(await second.join(aapl, hour, never)).toBeNull();
    expect(now - start).toBeGreaterThan(maxIdle);
    expect(now - start).toBeLessThan(2 * maxIdle);
  });

  test('uses the answer of a run that has ended since, unless it is older than the step allows', async () => {
    const first = open('run-1');
    await first.claim([aapl]);
    const published = answer('AAPL');
    await first.publish(aapl, published);
    const second = open('run-2');
    await second.claim([msft]);
    await first.close();
    await second.claim([aapl]);
    now += minute;
    expect(await second.join(aapl, hour, never)).toEqual({ run: 'run-1', result: published });
    expect(await second.join(aapl, minute / 2, never)).toBeNull();
  });

  test('requests a series again when the run that answered it ended before, because its rows may be lost since', async () => {
    const first = open('run-1');
    await first.claim([aapl]);
    await first.publish(aapl, answer('AAPL'));
    await first.close();
    const second = open('run-2');
    await second.claim([aapl]);
    expect(await second.join(aapl, hour, never)).toBeNull();
  });

  test('reads an answer that is being written only when it is complete', async () => {
    const [first, second] = [open('run-1'), open('run-2')];
    await first.claim([aapl]);
    await second.claim([aapl]);
    await first.publish(aapl, answer('AAPL'));
    const path = join(inFlightFolder(folder), 'run-1.answers');
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, 40));
    onWait = () => writeFile(path, whole);
    expect((await second.join(aapl, hour, never))?.result.rows).toEqual(answer('AAPL').rows);
  });

  test('finds every answer when it waits for many at once', async () => {
    const [first, second] = [open('run-1'), open('run-2')];
    const series = Array.from({ length: 50 }, (_, index) => buildContractResult(`S${String(index)}`).series);
    await first.claim(series);
    await second.claim(series);
    let published = 0;
    onWait = async () => {
      const next = series[published++];
      if (next !== undefined) await first.publish(next, { ...answer('S'), series: next });
    };
    const answers = await Promise.all(series.map((one) => second.join(one, hour, never)));
    expect(answers.map((found) => found?.result.series)).toEqual(series);
  });

  test('stops waiting at once when the run stops', async () => {
    const [first, second] = [open('run-1'), open('run-2')];
    await first.claim([aapl]);
    await second.claim([aapl]);
    const stop = new AbortController();
    onWait = () => stop.abort();
    expect(await second.join(aapl, hour, stop.signal)).toBeNull();
  });

  test('removes the files of runs that ended more than ten minutes ago', async () => {
    const first = open('run-1');
    await first.claim([aapl]);
    await first.publish(aapl, answer('AAPL'));
    await first.close();
    const old = new Date(Date.now() - 11 * minute);
    await utimes(claimsPath(inFlightFolder(folder), 'run-1'), old, old);
    await open('run-2').claim([msft]);
    expect(await readdir(inFlightFolder(folder))).toEqual(['run-2.json']);
  });

  test('requests everything itself when the folder cannot be created', async () => {
    await writeFile(inFlightFolder(folder), 'a file in its place');
    const run = open('run-1');
    await run.claim([aapl]);
    await run.publish(aapl, answer('AAPL'));
    expect(await run.join(aapl, hour, never)).toBeNull();
  });
});
