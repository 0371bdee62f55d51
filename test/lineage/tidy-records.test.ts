import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/events.js';
import { day, hour } from '../../src/core/time.js';
import { diskFiles } from '../../src/lineage/files.js';
import { listRuns, readEvents, readRun } from '../../src/lineage/read-runs.js';
import { runRecord } from '../../src/lineage/run-record.js';
import { removedAfter } from '../../src/lineage/tidied.js';
import { diskTidyFiles } from '../../src/lineage/tidy-files.js';
import type { TidyFiles } from '../../src/lineage/tidy-files.js';
import { tidyRecords } from '../../src/lineage/tidy-records.js';
import type { TidiedRecords, TidyOptions } from '../../src/lineage/tidy-records.js';
import { crashedRun, okRun, runId, start } from '../report/sample-runs.js';

let lineage = '';

beforeEach(async () => {
  lineage = await mkdtemp(join(tmpdir(), 'lineage-'));
});

afterEach(async () => {
  await rm(lineage, { recursive: true, force: true });
});

const lake = '/srv/market/data';
const folder = (): string => join(lineage, '2026-11-20', runId);
const packedNames = ['events.ndjson.gz', 'openlineage.ndjson.gz', 'run.json'];
const later = start + 2 * day;

async function record(events: readonly RunEvent[]): Promise<void> {
  const run = runRecord({ lineage, files: diskFiles, process: { pid: 4711, host: 'here' }, onTrouble: complain });
  for (const event of events) run.record(event);
  for (const name of ['report.html', 'report.json', 'report.txt']) await run.write(name, 'all is well\n');
  await run.finish();
}

function complain(problem: string): void {
  throw new Error(problem);
}

/** A run as the sample, begun `days` later, of a pipeline into a lake. */
function runOn(days: number, pipeline = 'daily', into = lake): RunEvent[] {
  const at = start + days * day;
  const own = createHash('sha1').update(`${pipeline} ${into}`).digest('hex').slice(0, 12);
  const id = `${at.toString(16).padStart(12, '0').replace(/^.{8}/, '$&-')}-7000-8000-${own}`;
  return okRun().map((event) => ({
    ...event,
    at: event.at + days * day,
    runId: id,
    ...(event.type === 'run-started' ? { lake: into, pipeline: { ...event.pipeline, name: pipeline } } : {}),
  }));
}

function tidy(more: Partial<TidyOptions> = {}): Promise<TidiedRecords> {
  return tidyRecords({ lineage, files: diskTidyFiles, now: later, tidier: 'somebody', isAlive: () => false, ...more });
}

async function recorded(): Promise<readonly string[]> {
  return (await listRuns(lineage, { files: diskFiles, limit: 100 }))
    .map(({ folder: path }) => path.slice(-47, -37))
    .sort();
}

describe('packing', () => {
  test('leaves what every reader reads as before, and zcat too', async () => {
    await record(okRun());
    const [events, openLineage] = await Promise.all(
      ['events.ndjson', 'openlineage.ndjson'].map((name) => readFile(join(folder(), name), 'utf8')),
    );
    const { packed, saved } = await tidy();
    expect(packed).toBe(1);
    expect(saved).toBeGreaterThan(20_000);
    // The report can be made again from the events.
    expect((await readdir(folder())).sort()).toEqual(packedNames);
    expect(gunzipSync(await readFile(join(folder(), 'events.ndjson.gz'))).toString()).toBe(events);
    expect(await diskFiles.read(join(folder(), 'openlineage.ndjson'))).toBe(openLineage);
    const run = await readRun(lineage, runId, { files: diskFiles });
    expect(run === null ? [] : await readEvents(run, diskFiles)).toEqual(okRun());
    expect(await tidy()).toEqual({ packed: 0, saved: 0, removed: 0, removedBytes: 0 });
  });

  test('waits until the day of the run is over for a day', async () => {
    await record(okRun());
    const midnight = Date.parse('2026-11-22T00:00:00Z');
    expect((await tidy({ now: midnight - 1 })).packed).toBe(0);
    expect((await tidy({ now: midnight })).packed).toBe(1);
  });

  test('leaves alone what has not said how it ended, and the report that knows more than the events', async () => {
    await record(crashedRun());
    expect((await tidy()).packed).toBe(0);
    expect(await readdir(folder())).toContain('events.ndjson');
    await rm(folder(), { recursive: true });

    await record(okRun());
    const path = join(folder(), 'events.ndjson');
    const lines = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, lines.filter((line) => !line.includes('"request-sent"')).join('\n'));
    expect((await tidy()).packed).toBe(1);
    expect((await readdir(folder())).sort()).toEqual([
      'events.ndjson.gz',
      'openlineage.ndjson.gz',
      'report.html',
      'report.json',
      'report.txt',
      'run.json',
    ]);
  });

  test('that is killed anywhere leaves everything readable, and is finished by the next', async () => {
    let killed = 0;
    for (let steps = 0; ; steps++) {
      await record(okRun());
      const ended = await tidy({ files: mortalFiles(steps), tidier: 'killed' }).then(
        () => true,
        () => false,
      );
      const run = await readRun(lineage, runId, { files: diskFiles });
      expect(run === null ? [] : await readEvents(run, diskFiles)).toEqual(okRun());
      const told = await diskFiles.read(join(folder(), 'openlineage.ndjson'));
      expect(told?.trimEnd().split('\n')).toHaveLength(10);
      await tidy({ after: { pipeline: 'daily', lake, keep: null } });
      expect((await readdir(folder())).sort()).toEqual(packedNames);
      await rm(lineage, { recursive: true });
      if (ended) break;
      killed++;
    }
    expect(killed).toBeGreaterThan(10);
  });

  test('by two at once packs everything once', async () => {
    for (let days = 0; days < 4; days++) await record(runOn(-days));
    await Promise.all(['one', 'another', 'a third'].map((tidier) => tidy({ tidier })));
    const runs = await listRuns(lineage, { files: diskFiles, limit: 10 });
    expect(runs).toHaveLength(4);
    for (const run of runs) {
      expect((await readdir(run.folder)).sort()).toEqual(packedNames);
      expect(await readEvents(run, diskFiles)).toHaveLength(okRun().length);
    }
  });

  test('after a run takes a few, oldest first, and looks at none twice', async () => {
    for (let days = 0; days < 25; days++) await record(runOn(-days));
    const after = { pipeline: 'daily', lake, keep: null };
    expect((await tidy({ after })).packed).toBe(20);
    const looked: string[] = [];
    const files: TidyFiles = {
      ...diskTidyFiles,
      list: (path) => {
        looked.push(basename(path));
        return diskFiles.list(path);
      },
    };
    expect((await tidy({ after, files })).packed).toBe(5);
    expect(looked.filter((name) => name.length > 10 && name !== basename(lineage))).toHaveLength(5);
    expect((await tidy({ after })).packed).toBe(0);
  });

  test('a packed file that is damaged counts as none', async () => {
    await record(okRun());
    await tidy();
    const path = join(folder(), 'events.ndjson.gz');
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    const run = await readRun(lineage, runId, { files: diskFiles });
    expect(run).toMatchObject({ status: 'ok', requests: 132 });
    expect(run === null ? null : await readEvents(run, diskFiles)).toEqual([]);
  });
});

describe('removing', () => {
  test('takes the records of the pipeline that are kept no longer, and of nobody else', async () => {
    for (const days of [-100, -95, -91, -89, 0]) await record(runOn(days));
    await record(runOn(-100, 'weekly'));
    await record(runOn(-100, 'daily', '/elsewhere'));
    const after = { pipeline: 'daily', lake, keep: 90 * day };
    expect(await tidy({ after, now: start + hour })).toMatchObject({ removed: 3 });
    expect(await recorded()).toEqual(['2026-08-12', '2026-08-12', '2026-08-23', '2026-11-20']);
    expect(await readdir(lineage)).not.toContain('2026-08-17');
    expect((await tidy({ after, now: start + hour })).removed).toBe(0);

    const [gone] = runOn(-100);
    expect(await removedAfter(lineage, diskFiles, gone?.runId ?? '')).toMatchObject({
      pipeline: 'daily',
      keep: 90 * day,
    });
    expect(await removedAfter(lineage, diskFiles, gone?.runId ?? '', 'weekly')).toBeNull();
    expect(await removedAfter(lineage, diskFiles, runOn(0)[0]?.runId ?? '')).toBeNull();
  });

  test('of all pipelines keeps to what each has said last, and spares the latest run of each', async () => {
    for (const days of [-30, -20, -10]) await record(runOn(days));
    for (const days of [-30, -20]) await record(runOn(days, 'weekly'));
    await tidy({ after: { pipeline: 'daily', lake, keep: 365 * day } });
    await tidy({ after: { pipeline: 'weekly', lake, keep: 365 * day } });
    expect((await tidy()).removed).toBe(0);
    await tidy({ after: { pipeline: 'daily', lake, keep: null } });
    expect((await tidy({ now: start + 400 * day })).removed).toBe(1);
    expect(await recorded()).toEqual(['2026-10-21', '2026-10-31', '2026-10-31', '2026-11-10']);
  });

  test('that is killed anywhere is finished by the next', async () => {
    let killed = 0;
    for (let steps = 0; ; steps++) {
      await record(runOn(-100));
      await record(okRun());
      const after = { pipeline: 'daily', lake, keep: 90 * day };
      const ended = await tidy({ files: mortalFiles(steps), after, now: start + hour }).then(
        () => true,
        () => false,
      );
      await tidy({ after, now: start + hour });
      expect((await readdir(lineage)).filter((name) => !name.endsWith('.somebody')).sort()).toEqual([
        '2026-11-20',
        'tidied.json',
      ]);
      await rm(lineage, { recursive: true });
      if (ended) break;
      killed++;
    }
    expect(killed).toBeGreaterThan(5);
  });

  test('nothing is removed where what was tidied cannot be read', async () => {
    await record(runOn(-100));
    await writeFile(join(lineage, 'tidied.json'), '{"packed": 3, "keeping": [{"pipeline": "daily"}');
    expect(await tidy()).toMatchObject({ packed: 1, removed: 0 });
    await writeFile(join(lineage, 'tidied.json'), '{"packed": 3, "keeping": [{"pipeline": "daily", "keep": "soon"}]}');
    expect(await tidy()).toMatchObject({ packed: 0, removed: 0 });
  });
});

/** A disk whose process dies after so many changes, the last of them half done. */
function mortalFiles(changes: number): TidyFiles {
  let left = changes;
  const live = <T>(change: () => Promise<T>, half: () => Promise<unknown> = () => Promise.resolve()): Promise<T> => {
    if (left-- > 0) return change();
    return half().then(() => Promise.reject(new Error('killed')));
  };
  return {
    ...diskTidyFiles,
    pack: (path, to) =>
      live(
        () => diskTidyFiles.pack(path, to),
        () => writeFile(to, 'torn'),
      ),
    rename: (from, to) => live(() => diskTidyFiles.rename(from, to)),
    settle: (path) => live(() => diskTidyFiles.settle(path)),
    remove: (path) => live(() => diskTidyFiles.remove(path)),
    removeEmpty: (path) => live(() => diskTidyFiles.removeEmpty(path)),
    replace: (path, text) => live(() => diskTidyFiles.replace(path, text)),
  };
}
