import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Failure } from '../../../../src/core/failure.js';
import { err, ok } from '../../../../src/core/result.js';
import type { Result } from '../../../../src/core/result.js';
import { hour, minute } from '../../../../src/core/time/time.js';
import { createInstrumentCatalog } from '../../../../src/providers/kite/instruments/instrument-catalog.js';
import type { InstrumentCatalogDeps } from '../../../../src/providers/kite/instruments/instrument-catalog.js';
import { createInstrumentListCache } from '../../../../src/providers/kite/instruments/instrument-list-cache.js';
import { isFresh } from '../../../../src/providers/kite/instruments/freshness.js';
import type { KiteNotice } from '../../../../src/providers/kite/notice.js';
import { createInstrumentList } from './instrument-list-text.js';

const never = new AbortController().signal;
const root = 'http://127.0.0.1:1';
/** Ten in the morning in India. */
const indianMorning = Date.parse('2026-11-20T10:00:00+05:30');

async function createTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-kite-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A book whose clock and source are the test's. */
function createTrial(folder: string, answers: (() => Promise<Result<string, Failure>>)[], begin = indianMorning) {
  const signals: AbortSignal[] = [];
  const notices: KiteNotice[] = [];
  const state = { now: begin, downloads: 0, signals, notices };
  const parts: InstrumentCatalogDeps = {
    download: (signal) => {
      state.signals.push(signal);
      const answer = answers[Math.min(state.downloads, answers.length - 1)];
      state.downloads++;
      return answer?.() ?? Promise.reject(new Error('no answer'));
    },
    cache: createInstrumentListCache(folder, root),
    maxAge: 6 * hour,
    clock: { now: () => state.now, sleepUntil: () => Promise.resolve() },
    onNotice: (notice) => state.notices.push(notice),
  };
  return { state, book: createInstrumentCatalog(parts) };
}

const whole =
  (options = 0) =>
  async () =>
    ok(createInstrumentList(options));
const failDownload = async () => err({ kind: 'retryable', message: 'Bad gateway' } as const);

test('the list is fetched once for everybody, and kept for later processes', async () => {
  const folder = await createTemporaryFolder();
  const first = createTrial(folder, [whole()]);
  const tables = await Promise.all([
    first.book.getTable(never),
    first.book.getTable(never),
    first.book.getTable(never),
  ]);
  expect(tables.map(({ ok: isOk }) => isOk)).toEqual([true, true, true]);
  expect(first.state.downloads).toBe(1);

  const second = createTrial(folder, [whole()], indianMorning + hour);
  expect(await second.book.getTable(never)).toEqual(tables[0]);
  expect(second.state.downloads).toBe(0);
  expect(await readdir(folder)).toHaveLength(1);
});

test('the list is fetched again when it is old, and when the list of the day has come out', async () => {
  expect(isFresh(indianMorning, indianMorning + 6 * hour - 1, 6 * hour)).toBe(true);
  expect(isFresh(indianMorning, indianMorning + 6 * hour, 6 * hour)).toBe(false);
  const early = Date.parse('2026-11-20T08:00:00+05:30');
  expect(isFresh(early, early + 29 * minute, 6 * hour)).toBe(true);
  expect(isFresh(early, early + 30 * minute, 6 * hour)).toBe(false);
  expect(isFresh(indianMorning + 1, indianMorning, 6 * hour)).toBe(false);

  const folder = await createTemporaryFolder();
  const { state, book } = createTrial(folder, [whole()], early);
  await book.getTable(never);
  state.now = early + 31 * minute;
  await book.getTable(never);
  expect(state.downloads).toBe(2);
  expect(await readdir(folder)).toHaveLength(1);
});

test('damage on disk costs a request and nothing else', async () => {
  const folder = await createTemporaryFolder();
  await createTrial(folder, [whole()]).book.getTable(never);
  const [name = ''] = await readdir(folder);
  await writeFile(join(folder, name), 'no gzip');
  const { state, book } = createTrial(folder, [whole()]);
  expect((await book.getTable(never)).ok).toBe(true);
  expect(state.downloads).toBe(1);
});

test('a folder that cannot be written is told and harms nothing', async () => {
  const folder = await createTemporaryFolder();
  await writeFile(join(folder, 'file'), '');
  const { state, book } = createTrial(join(folder, 'file'), [whole()]);
  expect((await book.getTable(never)).ok).toBe(true);
  expect(state.notices).toMatchObject([{ kind: 'cache' }]);
});

test('lists of another place are not taken', async () => {
  const folder = await createTemporaryFolder();
  await createTrial(folder, [whole()]).book.getTable(never);
  expect(await createInstrumentListCache(folder, 'https://api.kite.trade').load()).toBeNull();
});

test('an older list of the same day goes on when no newer one can be had, one of yesterday does not', async () => {
  const folder = await createTemporaryFolder();
  const { state, book } = createTrial(folder, [whole(), failDownload]);
  await book.getTable(never);
  state.now = indianMorning + 7 * hour;
  expect((await book.getTable(never)).ok).toBe(true);
  expect(state.notices).toMatchObject([{ kind: 'old-instruments' }]);
  state.now = indianMorning + 23 * hour;
  expect(await book.getTable(never)).toEqual(err({ kind: 'retryable', message: 'Bad gateway' }));
});

test('a list that was cut short does not replace a whole one', async () => {
  const { state, book } = createTrial(await createTemporaryFolder(), [whole(100), whole(10), whole(100)]);
  await book.getTable(never);
  state.now = indianMorning + 7 * hour;
  expect(await book.getTable(never)).toMatchObject({ ok: false, error: { kind: 'retryable' } });
  expect(await book.getTable(never)).toMatchObject({ ok: true, value: { length: 112 } });
});

test('whoever stops waiting leaves the others theirs; the last one ends the request', async () => {
  let finish = (): void => undefined;
  const slow = () =>
    new Promise<Result<string, Failure>>((resolve) => {
      finish = () => resolve(ok(createInstrumentList()));
    });
  const { state, book } = createTrial(await createTemporaryFolder(), [slow, slow, whole()]);
  const impatient = new AbortController();
  const asked = [book.getTable(impatient.signal), book.getTable(never)];
  await expect.poll(() => state.downloads).toBe(1);
  impatient.abort();
  expect(await asked[0]).toMatchObject({ ok: false, error: { kind: 'retryable' } });
  expect(state.signals[0]?.aborted).toBe(false);
  finish();
  expect(await asked[1]).toMatchObject({ ok: true });

  state.now += 7 * hour;
  const alone = new AbortController();
  const last = book.getTable(alone.signal);
  await expect.poll(() => state.downloads).toBe(2);
  alone.abort();
  await last;
  expect(state.signals[1]?.aborted).toBe(true);
  expect(await book.getTable(never)).toMatchObject({ ok: true });
  expect(state.downloads).toBe(3);
});
