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
  for (const name of ['report.html', 'report.json', 'report.txt']) await run.write(name, 'status: ok\n');
  await run.finish();
}

function failOnError(problem: string): void {
  throw new Error(problem);
}

/** The sample run, started `days` later, of a pipeline into a lake. */
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
    owner: 'default',
    isAlive: () => false,
    ...overrides,
  });
}

async function recordedDays(): Promise<readonly string[]> {
  return (await listRuns(lineage, { files: nodeFiles, limit: 100 }))
    .map(({ folder: path }) => path.slice(-47, -37))
    .sort();
}

describe('compression of records', () => {
  test('leaves the content unchanged for every reader and for gunzip', async () => {
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

  test('starts one day after the end of the day of the run', async () => {
    await record(okRun());
    const midnight = Date.parse('2026-11-22T00:00:00Z');
    expect((await prune({ now: midnight - 1 })).compressed).toBe(0);
    expect((await prune({ now: midnight })).compressed).toBe(1);
  });

  test('skips a run without a final status and keeps a report that contains more than the events', async () => {
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

  test('leaves every file readable when killed at any step, and the next compression completes the work', async () => {
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

  test('compresses every record once when three processes run at the same time', async () => {
    for (let days = 0; days < 4; days++) await record(runDaysLater(-days));
    await Promise.all(['first', 'second', 'third'].map((owner) => prune({ owner })));
    const runs = await listRuns(lineage, { files: nodeFiles, limit: 10 });
    expect(runs).toHaveLength(4);
    for (const run of runs) {
      expect((await readdir(run.folder)).sort()).toEqual(compressedNames);
      expect(await readEvents(run, nodeFiles)).toHaveLength(okRun().length);
    }
  });

  test('after a run compresses 20 records, oldest first, and examines no record twice', async () => {
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

  test('a corrupted compressed file counts as missing', async () => {
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

describe('removal of records', () => {
  test('removes records past the retention of the pipeline, and no records of other pipelines and lakes', async () => {
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

  test('applies the last retention of each pipeline, and keeps its latest run', async () => {
    for (const days of [-30, -20, -10]) await record(runDaysLater(days));
    for (const days of [-30, -20]) await record(runDaysLater(days, 'weekly'));
    await prune({ afterRun: { pipeline: 'daily', lake, retention: 365 * day } });
    await prune({ afterRun: { pipeline: 'weekly', lake, retention: 365 * day } });
    expect((await prune()).removed).toBe(0);
    await prune({ afterRun: { pipeline: 'daily', lake, retention: null } });
    expect((await prune({ now: start + 400 * day })).removed).toBe(1);
    expect(await recordedDays()).toEqual(['2026-10-21', '2026-10-31', '2026-10-31', '2026-11-10']);
  });

  test('is completed by the next removal when killed at any step', async () => {
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
      expect((await readdir(lineage)).filter((name) => !name.endsWith('.default')).sort()).toEqual([
        '2026-11-20',
        'retention.json',
      ]);
      await rm(lineage, { recursive: true });
      if (ended) break;
      killed++;
    }
    expect(killed).toBeGreaterThan(5);
  });

  test('removes no record when retention.json is invalid', async () => {
    await record(runDaysLater(-100));
    await writeFile(join(lineage, 'retention.json'), '{"compressedUntil": 3, "rules": [{"pipeline": "daily"}');
    expect(await prune()).toMatchObject({ compressed: 1, removed: 0 });
    await writeFile(
      join(lineage, 'retention.json'),
      '{"compressedUntil": 3, "rules": [{"pipeline": "daily", "retention": "soon"}]}',
    );
    expect(await prune()).toMatchObject({ compressed: 0, removed: 0 });
  });

  test('continues from the tidied.json of version 0.1.0 and replaces it', async () => {
    await record(runDaysLater(-100));
    await record(okRun());
    const rule = { pipeline: 'daily', lake, keep: '90d', removed: null };
    await writeFile(join(lineage, 'tidied.json'), JSON.stringify({ packed: '2026-08-12/x', keeping: [rule] }));
    const [removedRun] = runDaysLater(-100);
    expect(await prune({ now: start + hour })).toMatchObject({ removed: 1 });
    expect(await findRemovalRule(lineage, nodeFiles, removedRun?.runId ?? '')).toMatchObject({ retention: 90 * day });
    expect((await readdir(lineage)).sort()).toEqual(['2026-11-20', 'retention.json']);
  });
});

/** A disk whose process is killed after a number of changes, during the last one. */
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
