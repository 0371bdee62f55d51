import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/events.js';
import { day, hour } from '../../../src/core/time/time.js';
import { nodeFiles } from '../../../src/platform/file-store.js';
import { listRuns, readEvents, readRun } from '../../../src/lineage/records/read-runs.js';
import { createRunRecord } from '../../../src/lineage/records/run-record.js';
import { findRemovalRule } from '../../../src/lineage/records/retention-state.js';
import { nodePruneFiles } from '../../../src/lineage/records/prune-file-store.js';
import type { PruneFileStore } from '../../../src/lineage/records/prune-file-store.js';
import { pruneRecords } from '../../../src/lineage/records/prune-records.js';
import type { PruneResult, PruneOptions } from '../../../src/lineage/records/prune-records.js';
import { crashedRun, okRun, runId, start } from '../../fixtures/sample-runs.js';

let lineage = '';

beforeEach(async () => {
  lineage = await mkdtemp(join(tmpdir(), 'lineage-'));
});

afterEach(async () => {
  await rm(lineage, { recursive: true, force: true });
});

const lake = '/srv/market/data';
const folder = (): string => join(lineage, '2026-11-20', runId);
const compressedNames = ['events.ndjson.gz', 'openlineage.ndjson.gz', 'run.json'];
const later = start + 2 * day;

async function record(events: readonly RunEvent[]): Promise<void> {
  const run = createRunRecord({
    lineageFolder: lineage,
    files: nodeFiles,
    process: { pid: 4711, host: 'here' },
    onError: failOnError,
  });
  for (const event of events) run.record(event);
  for (const name of ['report.html', 'report.json', 'report.txt']) await run.write(name, 'all is well\n');
  await run.finish();
}

function failOnError(problem: string): void {
  throw new Error(problem);
}

/** A run as the sample, begun `days` later, of a pipeline into a lake. */
function runDaysLater(days: number, pipeline = 'daily', intoLake = lake): RunEvent[] {
  const at = start + days * day;
  const suffix = createHash('sha1').update(`${pipeline} ${intoLake}`).digest('hex').slice(0, 12);
  const id = `${at.toString(16).padStart(12, '0').replace(/^.{8}/, '$&-')}-7000-8000-${suffix}`;
  return okRun().map((event) => ({
    ...event,
    at: event.at + days * day,
    runId: id,
    ...(event.type === 'run-started' ? { lake: intoLake, pipeline: { ...event.pipeline, name: pipeline } } : {}),
  }));
}

function prune(overrides: Partial<PruneOptions> = {}): Promise<PruneResult> {
  return pruneRecords({
    lineageFolder: lineage,
    files: nodePruneFiles,
    now: later,
    owner: 'somebody',
    isAlive: () => false,
    ...overrides,
  });
}

async function recordedDays(): Promise<readonly string[]> {
  return (await listRuns(lineage, { files: nodeFiles, limit: 100 }))
    .map(({ folder: path }) => path.slice(-47, -37))
    .sort();
}

describe('packing', () => {
  test('leaves what every reader reads as before, and zcat too', async () => {
    await record(okRun());
    const [events, openLineage] = await Promise.all(
      ['events.ndjson', 'openlineage.ndjson'].map((name) => readFile(join(folder(), name), 'utf8')),
    );
    const { compressed, savedBytes } = await prune();
    expect(compressed).toBe(1);
    expect(savedBytes).toBeGreaterThan(20_000);
    // The report can be made again from the events.
    expect((await readdir(folder())).sort()).toEqual(compressedNames);
    expect(gunzipSync(await readFile(join(folder(), 'events.ndjson.gz'))).toString()).toBe(events);
    expect(await nodeFiles.read(join(folder(), 'openlineage.ndjson'))).toBe(openLineage);
    const run = await readRun(lineage, runId, { files: nodeFiles });
    expect(run === null ? [] : await readEvents(run, nodeFiles)).toEqual(okRun());
    expect(await prune()).toEqual({ compressed: 0, savedBytes: 0, removed: 0, removedBytes: 0 });
  });

  test('waits until the day of the run is over for a day', async () => {
    await record(okRun());
    const midnight = Date.parse('2026-11-22T00:00:00Z');
    expect((await prune({ now: midnight - 1 })).compressed).toBe(0);
    expect((await prune({ now: midnight })).compressed).toBe(1);
  });

  test('leaves alone what has not said how it ended, and the report that knows more than the events', async () => {
    await record(crashedRun());
    expect((await prune()).compressed).toBe(0);
    expect(await readdir(folder())).toContain('events.ndjson');
    await rm(folder(), { recursive: true });

    await record(okRun());
    const path = join(folder(), 'events.ndjson');
    const lines = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, lines.filter((line) => !line.includes('"request-sent"')).join('\n'));
    expect((await prune()).compressed).toBe(1);
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
      const ended = await prune({ files: createCrashingFiles(steps), owner: 'killed' }).then(
        () => true,
        () => false,
      );
      const run = await readRun(lineage, runId, { files: nodeFiles });
      expect(run === null ? [] : await readEvents(run, nodeFiles)).toEqual(okRun());
      const openLineageText = await nodeFiles.read(join(folder(), 'openlineage.ndjson'));
      expect(openLineageText?.trimEnd().split('\n')).toHaveLength(10);
      await prune({ afterRun: { pipeline: 'daily', lake, retention: null } });
      expect((await readdir(folder())).sort()).toEqual(compressedNames);
      await rm(lineage, { recursive: true });
      if (ended) break;
      killed++;
    }
    expect(killed).toBeGreaterThan(10);
  });

  test('by two at once packs everything once', async () => {
    for (let days = 0; days < 4; days++) await record(runDaysLater(-days));
    await Promise.all(['one', 'another', 'a third'].map((tidier) => prune({ owner: tidier })));
    const runs = await listRuns(lineage, { files: nodeFiles, limit: 10 });
    expect(runs).toHaveLength(4);
    for (const run of runs) {
      expect((await readdir(run.folder)).sort()).toEqual(compressedNames);
      expect(await readEvents(run, nodeFiles)).toHaveLength(okRun().length);
    }
  });

  test('after a run takes a few, oldest first, and looks at none twice', async () => {
    for (let days = 0; days < 25; days++) await record(runDaysLater(-days));
    const after = { pipeline: 'daily', lake, retention: null };
    expect((await prune({ afterRun: after })).compressed).toBe(20);
    const scanned: string[] = [];
    const files: PruneFileStore = {
      ...nodePruneFiles,
      list: (path) => {
        scanned.push(basename(path));
        return nodeFiles.list(path);
      },
    };
    expect((await prune({ afterRun: after, files })).compressed).toBe(5);
    expect(scanned.filter((name) => name.length > 10 && name !== basename(lineage))).toHaveLength(5);
    expect((await prune({ afterRun: after })).compressed).toBe(0);
  });

  test('a packed file that is damaged counts as none', async () => {
    await record(okRun());
    await prune();
    const path = join(folder(), 'events.ndjson.gz');
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    const run = await readRun(lineage, runId, { files: nodeFiles });
    expect(run).toMatchObject({ status: 'ok', requests: 132 });
    expect(run === null ? null : await readEvents(run, nodeFiles)).toEqual([]);
  });
});

describe('removing', () => {
  test('takes the records of the pipeline that are kept no longer, and of nobody else', async () => {
    for (const days of [-100, -95, -91, -89, 0]) await record(runDaysLater(days));
    await record(runDaysLater(-100, 'weekly'));
    await record(runDaysLater(-100, 'daily', '/elsewhere'));
    const after = { pipeline: 'daily', lake, retention: 90 * day };
    expect(await prune({ afterRun: after, now: start + hour })).toMatchObject({ removed: 3 });
    expect(await recordedDays()).toEqual(['2026-08-12', '2026-08-12', '2026-08-23', '2026-11-20']);
    expect(await readdir(lineage)).not.toContain('2026-08-17');
    expect((await prune({ afterRun: after, now: start + hour })).removed).toBe(0);

    const [removedRun] = runDaysLater(-100);
    expect(await findRemovalRule(lineage, nodeFiles, removedRun?.runId ?? '')).toMatchObject({
      pipeline: 'daily',
      retention: 90 * day,
    });
    expect(await findRemovalRule(lineage, nodeFiles, removedRun?.runId ?? '', 'weekly')).toBeNull();
    expect(await findRemovalRule(lineage, nodeFiles, runDaysLater(0)[0]?.runId ?? '')).toBeNull();
  });

  test('of all pipelines keeps to what each has said last, and spares the latest run of each', async () => {
    for (const days of [-30, -20, -10]) await record(runDaysLater(days));
    for (const days of [-30, -20]) await record(runDaysLater(days, 'weekly'));
    await prune({ afterRun: { pipeline: 'daily', lake, retention: 365 * day } });
    await prune({ afterRun: { pipeline: 'weekly', lake, retention: 365 * day } });
    expect((await prune()).removed).toBe(0);
    await prune({ afterRun: { pipeline: 'daily', lake, retention: null } });
    expect((await prune({ now: start + 400 * day })).removed).toBe(1);
    expect(await recordedDays()).toEqual(['2026-10-21', '2026-10-31', '2026-10-31', '2026-11-10']);
  });

  test('that is killed anywhere is finished by the next', async () => {
    let killed = 0;
    for (let steps = 0; ; steps++) {
      await record(runDaysLater(-100));
      await record(okRun());
      const after = { pipeline: 'daily', lake, retention: 90 * day };
      const ended = await prune({ files: createCrashingFiles(steps), afterRun: after, now: start + hour }).then(
        () => true,
        () => false,
      );
      await prune({ afterRun: after, now: start + hour });
      expect((await readdir(lineage)).filter((name) => !name.endsWith('.somebody')).sort()).toEqual([
        '2026-11-20',
        'retention.json',
      ]);
      await rm(lineage, { recursive: true });
      if (ended) break;
      killed++;
    }
    expect(killed).toBeGreaterThan(5);
  });

  test('nothing is removed where what was tidied cannot be read', async () => {
    await record(runDaysLater(-100));
    await writeFile(join(lineage, 'retention.json'), '{"compressedUntil": 3, "rules": [{"pipeline": "daily"}');
    expect(await prune()).toMatchObject({ compressed: 1, removed: 0 });
    await writeFile(join(lineage, 'retention.json'), '{"compressedUntil": 3, "rules": [{"pipeline": "daily", "retention": "soon"}]}');
    expect(await prune()).toMatchObject({ compressed: 0, removed: 0 });
  });
});

/** A disk whose process dies after so many changes, the last of them half done. */
function createCrashingFiles(changes: number): PruneFileStore {
  let left = changes;
  const attempt = <T>(
    change: () => Promise<T>,
    partial: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<T> => {
    if (left-- > 0) return change();
    return partial().then(() => Promise.reject(new Error('killed')));
  };
  return {
    ...nodePruneFiles,
    compress: (path, to) =>
      attempt(
        () => nodePruneFiles.compress(path, to),
        () => writeFile(to, 'torn'),
      ),
    rename: (from, to) => attempt(() => nodePruneFiles.rename(from, to)),
    syncFolder: (path) => attempt(() => nodePruneFiles.syncFolder(path)),
    remove: (path) => attempt(() => nodePruneFiles.remove(path)),
    removeEmptyFolder: (path) => attempt(() => nodePruneFiles.removeEmptyFolder(path)),
    replace: (path, text) => attempt(() => nodePruneFiles.replace(path, text)),
  };
}
