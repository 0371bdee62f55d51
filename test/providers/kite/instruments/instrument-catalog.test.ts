import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Failure } from '../../../../src/core/failure.js';
import { err, ok } from '../../../../src/core/result.js';
import type { Result } from '../../../../src/core/result.js';
import { hour, minute } from '../../../../src/core/time/time.js';
import { createInstrumentCatalog, isFresh } from '../../../../src/providers/kite/instruments/instrument-catalog.js';
import type { InstrumentCatalogDeps } from '../../../../src/providers/kite/instruments/instrument-catalog.js';
import { createInstrumentListCache } from '../../../../src/providers/kite/instruments/instrument-list-cache.js';
import type { KiteNotice } from '../../../../src/providers/kite/notice.js';
import { createInstrumentList } from './instrument-list-text.js';

const never = new AbortController().signal;
const baseUrl = 'http://127.0.0.1:1';
/** Ten in the morning in India. */
const indianMorning = Date.parse('2026-11-20T10:00:00+05:30');

async function createTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-kite-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A catalog with a clock and downloads that the test controls. */
function createBench(folder: string, downloads: (() => Promise<Result<string, Failure>>)[], startTime = indianMorning) {
  const signals: AbortSignal[] = [];
  const notices: KiteNotice[] = [];
  const state = { now: startTime, downloads: 0, signals, notices };
  const deps: InstrumentCatalogDeps = {
    download: (signal) => {
      state.signals.push(signal);
      const download = downloads[Math.min(state.downloads, downloads.length - 1)];
      state.downloads++;
      return download?.() ?? Promise.reject(new Error('no download'));
    },
    cache: createInstrumentListCache(folder, baseUrl),
    maxAge: 6 * hour,
    clock: { now: () => state.now, sleepUntil: () => Promise.resolve() },
    onNotice: (notice) => state.notices.push(notice),
  };
  return { state, catalog: createInstrumentCatalog(deps) };
}

const completeList =
  (options = 0) =>
  async () =>
    ok(createInstrumentList(options));
const failDownload = async () => err({ kind: 'retryable', message: 'Bad gateway' } as const);

test('the list is downloaded once for concurrent callers and for later processes', async () => {
  const folder = await createTemporaryFolder();
  const first = createBench(folder, [completeList()]);
  const tables = await Promise.all([
    first.catalog.getTable(never),
    first.catalog.getTable(never),
    first.catalog.getTable(never),
  ]);
  expect(tables.map(({ ok: isOk }) => isOk)).toEqual([true, true, true]);
  expect(first.state.downloads).toBe(1);

  const second = createBench(folder, [completeList()], indianMorning + hour);
  expect(await second.catalog.getTable(never)).toEqual(tables[0]);
  expect(second.state.downloads).toBe(0);
  expect(await readdir(folder)).toHaveLength(1);
});

test('the list is downloaded again after six hours and when the list of the day is complete', async () => {
  expect(isFresh(indianMorning, indianMorning + 6 * hour - 1, 6 * hour)).toBe(true);
  expect(isFresh(indianMorning, indianMorning + 6 * hour, 6 * hour)).toBe(false);
  const early = Date.parse('2026-11-20T08:00:00+05:30');
  expect(isFresh(early, early + 29 * minute, 6 * hour)).toBe(true);
  expect(isFresh(early, early + 30 * minute, 6 * hour)).toBe(false);
  expect(isFresh(indianMorning + 1, indianMorning, 6 * hour)).toBe(false);

  const folder = await createTemporaryFolder();
  const { state, catalog } = createBench(folder, [completeList()], early);
  await catalog.getTable(never);
  state.now = early + 31 * minute;
  await catalog.getTable(never);
  expect(state.downloads).toBe(2);
  expect(await readdir(folder)).toHaveLength(1);
});

test('a corrupt file on disk is replaced by a download', async () => {
  const folder = await createTemporaryFolder();
  await createBench(folder, [completeList()]).catalog.getTable(never);
  const [name = ''] = await readdir(folder);
  await writeFile(join(folder, name), 'no gzip');
  const { state, catalog } = createBench(folder, [completeList()]);
  expect((await catalog.getTable(never)).ok).toBe(true);
  expect(state.downloads).toBe(1);
});

test('an unwritable cache folder causes a notice and no failure', async () => {
  const folder = await createTemporaryFolder();
  await writeFile(join(folder, 'file'), '');
  const { state, catalog } = createBench(join(folder, 'file'), [completeList()]);
  expect((await catalog.getTable(never)).ok).toBe(true);
  expect(state.notices).toMatchObject([{ kind: 'cache' }]);
});

test('the cache of another base URL is not used', async () => {
  const folder = await createTemporaryFolder();
  await createBench(folder, [completeList()]).catalog.getTable(never);
  expect(await createInstrumentListCache(folder, 'https://api.kite.trade').load()).toBeNull();
});

test('a failed download falls back to a list of the same day but not to a list of yesterday', async () => {
  const folder = await createTemporaryFolder();
  const { state, catalog } = createBench(folder, [completeList(), failDownload]);
  await catalog.getTable(never);
  state.now = indianMorning + 7 * hour;
  expect((await catalog.getTable(never)).ok).toBe(true);
  expect(state.notices).toMatchObject([{ kind: 'stale-instruments' }]);
  state.now = indianMorning + 23 * hour;
  expect(await catalog.getTable(never)).toEqual(err({ kind: 'retryable', message: 'Bad gateway' }));
});

test('a list with a tenth of the options does not replace the current one, which is used for a while', async () => {
  const folder = await createTemporaryFolder();
  const { state, catalog } = createBench(folder, [completeList(100), completeList(10), completeList(100)]);
  const first = await catalog.getTable(never);
  state.now = indianMorning + 7 * hour;
  expect(await catalog.getTable(never)).toEqual(first);
  expect(await catalog.getTable(never)).toEqual(first);
  expect(state.downloads).toBe(2);
  expect(state.notices).toMatchObject([
    {
      kind: 'stale-instruments',
      message:
        'using an older list of instruments: the list of instruments is truncated: 15 instruments of NFO instead of 105',
    },
  ]);
  state.now += 5 * minute;
  await catalog.getTable(never);
  expect(state.downloads).toBe(3);
});

test('a truncated list of another day is neither used nor stored', async () => {
  const folder = await createTemporaryFolder();
  const cut = async () => ok(createInstrumentList(100).slice(0, -20));
  const { state, catalog } = createBench(folder, [completeList(100), completeList(10), cut, completeList(100)]);
  await catalog.getTable(never);
  const files = await readdir(folder);
  state.now = indianMorning + 25 * hour;
  expect(await catalog.getTable(never)).toMatchObject({ ok: false, error: { kind: 'retryable' } });
  expect(await catalog.getTable(never)).toMatchObject({
    ok: false,
    error: { kind: 'retryable', message: 'the list of instruments ends early' },
  });
  expect(await readdir(folder)).toEqual(files);
  expect(await catalog.getTable(never)).toMatchObject({ ok: true });
});

test('the first list of a machine that ends early is neither used nor stored', async () => {
  const folder = await createTemporaryFolder();
  const { catalog } = createBench(folder, [async () => ok(createInstrumentList(100).slice(0, -1))]);
  expect(await catalog.getTable(never)).toMatchObject({ ok: false, error: { kind: 'retryable' } });
  expect(await readdir(folder)).toEqual([]);
});

test('a tradingsymbol with several tokens causes a notice', async () => {
  const row = '408066,1594,INFY,INFOSYS,0,,0,0.05,1,EQ,NSE,NSE\n';
  const { state, catalog } = createBench(await createTemporaryFolder(), [async () => ok(createInstrumentList() + row)]);
  await catalog.getTable(never);
  expect(state.notices).toMatchObject([
    { kind: 'duplicate-instruments', message: expect.stringContaining('several rows for NSE:INFY') as string },
  ]);
});

test('the abort of one of two callers keeps the download, the abort of the only caller cancels it', async () => {
  let finish = (): void => undefined;
  const slow = () =>
    new Promise<Result<string, Failure>>((resolve) => {
      finish = () => resolve(ok(createInstrumentList()));
    });
  const { state, catalog } = createBench(await createTemporaryFolder(), [slow, slow, completeList()]);
  const leaving = new AbortController();
  const pending = [catalog.getTable(leaving.signal), catalog.getTable(never)];
  await expect.poll(() => state.downloads).toBe(1);
  leaving.abort();
  expect(await pending[0]).toMatchObject({ ok: false, error: { kind: 'retryable' } });
  expect(state.signals[0]?.aborted).toBe(false);
  finish();
  expect(await pending[1]).toMatchObject({ ok: true });

  state.now += 7 * hour;
  const alone = new AbortController();
  const last = catalog.getTable(alone.signal);
  await expect.poll(() => state.downloads).toBe(2);
  alone.abort();
  await last;
  expect(state.signals[1]?.aborted).toBe(true);
  expect(await catalog.getTable(never)).toMatchObject({ ok: true });
  expect(state.downloads).toBe(3);
});

test('closing waits for the list that a cancelled caller left to be stored, so that nothing is written afterwards', async () => {
  const folder = await createTemporaryFolder();
  const stopping = new AbortController();
  const { catalog } = createBench(folder, [
    async () => {
      stopping.abort();
      return ok(createInstrumentList());
    },
  ]);
  expect(await catalog.getTable(stopping.signal)).toMatchObject({ ok: false });
  await catalog.close();
  const stored = await readdir(folder);
  expect(stored).toEqual([expect.stringMatching(/^instruments-.*\.csv\.gz$/)]);
});
