import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/events.js';
import { closeAbandonedRuns } from '../../../src/lineage/records/close-abandoned-runs.js';
import { nodeFiles } from '../../../src/platform/file-store.js';
import type { FileStore } from '../../../src/platform/file-store.js';
import { listRuns, readEvents, readRun } from '../../../src/lineage/records/read-runs.js';
import { createRunRecord } from '../../../src/lineage/records/run-record.js';
import { stepRunId } from '../../../src/lineage/openlineage/step-run-id.js';
import {
  crashedRun,
  largeRun,
  okRun,
  runId,
  createEventScript,
  start,
  startedBody,
} from '../../fixtures/sample-runs.js';

let lineage = '';

beforeEach(async () => {
  lineage = await mkdtemp(join(tmpdir(), 'lineage-'));
});

afterEach(async () => {
  await rm(lineage, { recursive: true, force: true });
});

const process = { pid: 4711, host: 'here' };

async function record(events: readonly RunEvent[], files: FileStore = nodeFiles): Promise<string[]> {
  const problems: string[] = [];
  const run = createRunRecord({ lineageFolder: lineage, files, process, onError: (problem) => problems.push(problem) });
  for (const event of events) run.record(event);
  await run.write('report.txt', 'status: ok\n');
  await run.finish();
  return problems;
}

function runWithId(id: string, from: number): RunEvent[] {
  return okRun().map((event) => ({ ...event, runId: id, at: event.at - start + from }));
}

const folder = (): string => join(lineage, '2026-11-20', runId);

describe('the record of a run', () => {
  test('contains all events, the summary, OpenLineage events and further files', async () => {
    expect(await record(okRun())).toEqual([]);
    expect((await readdir(folder())).sort()).toEqual(['events.ndjson', 'openlineage.ndjson', 'report.txt', 'run.json']);
    const run = await readRun(lineage, runId, { files: nodeFiles });
    expect(run).toMatchObject({
      runId,
      status: 'ok',
      requests: 132,
      rows: 3770,
      durationMs: 90_870,
      lake: '/srv/market/data',
      process,
      closed: true,
      startedAt: start,
    });
    expect(run === null ? [] : await readEvents(run, nodeFiles)).toEqual(okRun());
    await expect(await readFile(join(folder(), 'run.json'), 'utf8')).toMatchFileSnapshot('expected/run-json.txt');
  });

  test('is on disk before the end of the run', async () => {
    const run = createRunRecord({ lineageFolder: lineage, files: nodeFiles, process, onError: () => undefined });
    for (const event of crashedRun()) run.record(event);
    await expect.poll(() => readFile(join(folder(), 'events.ndjson'), 'utf8').catch(() => '')).toContain('equity/NVDA');
    expect(JSON.parse(await readFile(join(folder(), 'run.json'), 'utf8'))).toMatchObject({
      status: 'running',
      finishedAt: null,
    });
    await run.finish();
  });

  test('of 10,000 tasks takes less than 20 s of CPU', async () => {
    const events = largeRun(10_000);
    const before = globalThis.process.cpuUsage();
    await record(events);
    const { user, system } = globalThis.process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(20);
    const run = await readRun(lineage, runId, { files: nodeFiles });
    expect(run === null ? 0 : (await readEvents(run, nodeFiles)).length).toBe(events.length);
  });

  test('reports a full disk once per file and does not stop the run', async () => {
    const fullDisk: FileStore = {
      ...nodeFiles,
      append: () => Promise.reject(new Error('no space left')),
      replace: () => Promise.reject(new Error('no space left')),
    };
    const problems = await record(largeRun(5_000), fullDisk);
    const files = problems.map((problem) => problem.replace(lineage, ''));
    expect(new Set(files)).toEqual(
      new Set(
        ['events.ndjson', 'openlineage.ndjson', 'run.json', 'report.txt'].map(
          (file) => `cannot write /2026-11-20/${runId}/${file}: no space left`,
        ),
      ),
    );
    expect(files.filter((file) => file.includes('events.ndjson'))).toHaveLength(1);
  });
});

describe('listRuns and readRun', () => {
  test('list the latest runs over several days, newest first', async () => {
    const ids = [
      '01998f26-5a00-7000-8000-00000000000b',
      '01998a7e-4f10-7c3a-9d21-5b0c7e6f1a2d',
      '01990000-0000-7000-8000-000000000001',
    ];
    await record(runWithId(ids[2] ?? '', start - 26 * 3_600_000));
    await record(runWithId(ids[0] ?? '', start + 60_000));
    await record(okRun());
    await writeFile(join(lineage, 'README.md'), 'not a run');
    expect((await listRuns(lineage, { files: nodeFiles, limit: 10 })).map((run) => run.runId)).toEqual(ids);
    expect(await listRuns(lineage, { files: nodeFiles, limit: 1 })).toHaveLength(1);
    expect(await listRuns(join(lineage, 'nowhere'), { files: nodeFiles, limit: 1 })).toEqual([]);
  });

  test('find the run of a pipeline among newer runs of other pipelines, without reading the events of those runs', async () => {
    const nightly = runWithId('01990000-0000-7000-8000-000000000001', start - 26 * 3_600_000);
    await record(
      nightly.map((event) =>
        event.type === 'run-started' ? { ...event, pipeline: { ...event.pipeline, name: 'nightly' } } : event,
      ),
    );
    for (let n = 0; n < 5; n++) await record(runWithId(`01998f26-5a00-7000-8000-00000000000${n}`, start + n * 10_000));
    const reads: string[] = [];
    const files: FileStore = {
      ...nodeFiles,
      read: (path) => {
        reads.push(basename(path));
        return nodeFiles.read(path);
      },
    };
    const found = await listRuns(lineage, { files, limit: 1, pipeline: 'nightly' });
    expect(found.map(({ runId: id, pipeline }) => [id, pipeline.name])).toEqual([
      ['01990000-0000-7000-8000-000000000001', 'nightly'],
    ]);
    expect(reads).toEqual(Array(6).fill('run.json'));
    expect(await listRuns(lineage, { files, limit: 1, pipeline: 'unknown' })).toEqual([]);
  });

  test('find a run by a unique prefix or suffix of its id', async () => {
    await record(okRun());
    await record(runWithId('01998f26-5a00-7000-8000-00000000000b', start));
    expect((await readRun(lineage, '5b0c7e6f1a2d', { files: nodeFiles }))?.runId).toBe(runId);
    expect((await readRun(lineage, '01998f', { files: nodeFiles }))?.runId).toBe(
      '01998f26-5a00-7000-8000-00000000000b',
    );
    expect(await readRun(lineage, '0199', { files: nodeFiles })).toBeNull();
    expect(await readRun(lineage, '', { files: nodeFiles })).toBeNull();
    expect(await readRun(lineage, 'nothing', { files: nodeFiles })).toBeNull();
  });

  test('return the status crashed without a live process and running with a live process', async () => {
    await record(crashedRun());
    expect(await readRun(lineage, runId, { files: nodeFiles })).toMatchObject({
      status: 'crashed',
      requests: 11,
      rows: 2666,
      finishedAt: null,
    });
    expect(await readRun(lineage, runId, { files: nodeFiles, isAlive: ({ pid }) => pid === 4711 })).toMatchObject({
      status: 'running',
    });
  });

  test('read all other events after a torn last line and without a summary', async () => {
    await record(crashedRun());
    const path = join(folder(), 'events.ndjson');
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, -20));
    await writeFile(join(folder(), 'run.json'), '{"runId": "0199');
    const run = await readRun(lineage, runId, { files: nodeFiles });
    expect(run).toMatchObject({ status: 'crashed', pipeline: { name: 'daily' } });
    expect(run === null ? [] : await readEvents(run, nodeFiles)).toEqual(crashedRun().slice(0, -1));
  });

  test('return the final status of a run that crashed before writing its summary', async () => {
    await record(okRun());
    const path = join(folder(), 'run.json');
    const before = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...before, status: 'running', finishedAt: null }));
    expect(await readRun(lineage, runId, { files: nodeFiles })).toMatchObject({
      status: 'ok',
      requests: 132,
      closed: false,
    });
  });
});

describe('closeAbandonedRuns', () => {
  const now = start + 3_600_000;
  const options = (): Parameters<typeof closeAbandonedRuns>[0] => ({
    lineageFolder: lineage,
    files: nodeFiles,
    lake: '/srv/market/data',
    runId: 'current-run',
    now,
  });

  test('adds one ABORT for every START of a crashed run, steps before the pipeline', async () => {
    await record(crashedRun());
    const path = join(folder(), 'openlineage.ndjson');
    await writeFile(path, `${await readFile(path, 'utf8')}{"eventTime":"torn`);
    const aborts = await closeAbandonedRuns(options());
    // Nothing was committed before the crash, so no step has ended.
    expect(aborts.map((event) => [event.eventType, event.job.name])).toEqual([
      ['ABORT', 'daily.equity'],
      ['ABORT', 'daily.chains'],
      ['ABORT', 'daily.contracts'],
      ['ABORT', 'daily'],
    ]);
    const lines = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { eventType: string; run: { runId: string } });
    for (const event of lines.filter(({ eventType }) => eventType === 'START')) {
      expect(lines.filter((end) => end.run.runId === event.run.runId && end.eventType !== 'START')).toHaveLength(1);
    }
    expect(await readRun(lineage, runId, { files: nodeFiles })).toMatchObject({ status: 'crashed', closed: true });
    expect(await closeAbandonedRuns(options())).toEqual([]);
  });

  test('skips other lakes, live processes, the current run and finished runs', async () => {
    await record(crashedRun());
    await record(runWithId('01990000-0000-7000-8000-000000000001', start));
    expect(await closeAbandonedRuns({ ...options(), lake: '/elsewhere' })).toEqual([]);
    expect(await closeAbandonedRuns({ ...options(), isAlive: () => true })).toEqual([]);
    expect(await closeAbandonedRuns({ ...options(), runId })).toEqual([]);
    expect(await closeAbandonedRuns(options())).toHaveLength(4);
  });

  test('skips a run that failed before planning, which has START and FAIL', async () => {
    const written = createEventScript();
    const { events } = written;
    written.emit(startedBody());
    written.emit(
      { type: 'run-finished', status: 'failed', requests: 0, rows: 0, durationMs: 5, reason: 'disk full' },
      5,
    );
    await record(events);
    const lines = (await readFile(join(folder(), 'openlineage.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { eventType: string }).eventType)).toEqual(['START', 'FAIL']);
    expect(await closeAbandonedRuns(options())).toEqual([]);
  });
});

test('stepRunId returns the same version 5 UUID as other implementations', () => {
  // Python: uuid.uuid5(uuid.UUID('01998a7e-4f10-7c3a-9d21-5b0c7e6f1a2d'), 'équity')
  expect(stepRunId(runId, 'équity')).toBe('2cdc0b6a-72a7-5b2f-b744-0dc34cd35f90');
});
