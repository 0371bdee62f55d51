import type { Command } from 'commander';

import { isoInstant, isoSecond } from '../core/time.js';
import { bytesText, countText, durationText, plural } from '../core/words.js';
import type { LakeReader, LakeState, OwnTable, TableStatistics } from '../lake/contract.js';
import { readLocks } from '../lake/lock.js';
import type { LockHolder } from '../lake/lock-file.js';
import { readOwnKnowledge } from '../lake/own/own-knowledge.js';
import { openLakeReader } from '../lake/reader.js';
import { diskFiles } from '../lineage/files.js';
import { ownTablesDocument } from '../lineage/own-tables.js';
import { listRuns } from '../lineage/read-runs.js';
import type { RecordedRun } from '../lineage/read-runs.js';
import { isToDo } from '../plan/plan-own.js';
import { wholePlan } from '../plan/options.js';
import type { Plan } from '../plan/plan.js';
import { columns } from '../report/columns.js';
import { missedFinding } from '../tell/missed-run.js';
import type { MissedRuns } from '../tell/missed-run.js';
import { collectorLines, readCollector } from './collector-status.js';
import type { CollectorStatus } from './collector-status.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { inLineage } from './lineage-folder.js';
import { leftAlone, leftAloneWords } from './left-alone.js';
import type { LeftAlone } from './left-alone.js';
import { missedRunsOf, punctual } from './missed-runs.js';
import { isProcessAlive } from './process-alive.js';
import { loadOrStop } from './pipeline-file.js';
import { planPipeline } from './planning.js';
import type { RunAction } from './run-action.js';
import type { Surroundings } from './surroundings.js';

interface Flags {
  readonly json?: boolean;
}

export function defineStatus(command: Command, run: RunAction): void {
  command
    .command('status')
    .description('Say what the lake holds, what is open, which runs there were and who holds a lock')
    .argument('[pipeline]', 'also say what this pipeline still lacks, and list only its runs')
    .option('--json', 'one JSON document on stdout')
    .action((file: string | undefined, flags: Flags) => run((at) => status(file, flags, at)));
}

/** What the command found, for both forms of its answer. */
interface Status {
  readonly tables: readonly (TableStatistics & { readonly open: OpenWindows })[];
  readonly own: readonly OwnTable[];
  readonly damage: LakeState['damage'];
  readonly runs: readonly RecordedRun[];
  readonly locks: readonly LockHolder[];
  readonly plan: Plan | null;
  readonly collector: CollectorStatus | null;
  readonly leftAlone: readonly LeftAlone[];
  /** Due times of the pipeline without a run. */
  readonly missed: MissedRuns | null;
}

/** Windows of a table that are not answered for good, by state. */
type OpenWindows = Readonly<Record<'failed' | 'missing' | 'provisional' | 'denied', number>>;

async function status(file: string | undefined, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const reader = await openLakeReader(at.dataFolder);
  try {
    const found = await look(file, reader, at);
    if (flags.json === true) at.json(statusDocument(found));
    else at.answer(statusText(found, at));
    return exitCode.done;
  } finally {
    await reader.close();
  }
}

async function look(file: string | undefined, reader: LakeReader, at: Surroundings): Promise<Status> {
  const pipeline = file === undefined ? null : await loadOrStop(file, at);
  const state = await reader.state();
  const open = openWindows(state);
  const statistics = await reader.statistics();
  return {
    tables: statistics.map((table) => ({ ...table, open: open.get(table.dataset) ?? noneOpen })),
    own: (await readOwnKnowledge(at.dataFolder)).tables,
    damage: state.damage,
    runs: await inLineage(at.lineageFolder, () =>
      listRuns(at.lineageFolder, {
        files: diskFiles,
        limit: 5,
        isAlive: isProcessAlive,
        ...(pipeline === null ? {} : { pipeline: pipeline.name }),
      }),
    ),
    locks: await readLocks(at.dataFolder),
    collector: await readCollector(at.dataFolder),
    leftAlone: await leftAlone(at.dataFolder, at.clock.now()),
    missed: pipeline === null ? null : await missedRunsOf(pipeline, punctual(pipeline), at),
    plan: pipeline === null ? null : (await planPipeline(pipeline, reader, wholePlan, at.clock.now(), false)).plan,
  };
}

const noneOpen: OpenWindows = { failed: 0, missing: 0, provisional: 0, denied: 0 };

function openWindows(state: LakeState): ReadonlyMap<string, OpenWindows> {
  const open = new Map<string, Record<keyof OpenWindows, number>>();
  for (const { provider, series } of state.series()) {
    const dataset = series.slice(0, series.indexOf('/'));
    for (const window of state.coverage(provider, series)) {
      if (window.state === 'data' || window.state === 'empty' || window.state === 'lost') continue;
      let counts = open.get(dataset);
      if (counts === undefined) open.set(dataset, (counts = { ...noneOpen }));
      counts[window.state]++;
    }
  }
  return open;
}

function statusText(found: Status, at: Surroundings): string {
  const { paint } = at;
  const now = at.clock.now();
  const held = found.tables.filter((table) => table.version >= 0);
  const quiet = (text: string) => ({ text, paint: (own: string) => paint('quiet', own) });
  const head = ['  table', 'rows', 'series', 'files', 'size', 'from', 'to', 'age', 'open'].map(quiet);
  const rows = held.map((table) => [
    { text: `  ${table.dataset}` },
    { text: countText(table.rows) },
    { text: countText(table.series) },
    { text: countText(table.files) },
    { text: bytesText(table.bytes) },
    { text: table.span === null ? '-' : isoInstant(table.span.start).slice(0, 10) },
    { text: table.span === null ? '-' : isoInstant(table.span.end).slice(0, 10) },
    { text: table.span === null ? '-' : durationText(Math.max(0, now - table.span.end)) },
    {
      text: openText(table.open),
      paint: (own: string) => (own === 'nothing' ? paint('good', own) : paint('warn', own)),
    },
  ]);
  const lines =
    held.length === 0
      ? [`The lake in ${at.dataFolder} is empty.`]
      : columns([head, ...rows], ['left', 'right', 'right', 'right', 'right', 'left', 'left', 'right', 'left'], 2);
  for (const { dataset, rows: count, files, bytes, origin } of found.own) {
    const by = origin === null ? '' : `, by ${origin.step} of ${origin.pipeline} at ${isoInstant(origin.at)}`;
    lines.push(`  ${dataset}  ${plural(count, 'row')}, ${plural(files, 'file')}, ${bytesText(bytes)}${by}`);
  }
  for (const { dataset, path, problem } of found.damage)
    lines.push(paint('bad', `  damaged  ${dataset}: ${path} (${problem}); the next run asks again`));
  if (found.plan !== null) lines.push('', planLine(found.plan, at));
  if (found.plan !== null && found.missed !== null)
    lines.push(`  ${paint('warn', 'missed')}  ${missedFinding(found.plan.pipeline.name, found.missed).words}`);
  if (found.runs.length > 0) lines.push('', ...runLines(found.runs, at));
  if (found.leftAlone.length > 0) lines.push('');
  for (const words of leftAloneWords(found.leftAlone, now)) lines.push(`  ${paint('warn', 'left alone')}  ${words}`);
  if (found.collector !== null) lines.push('', ...collectorLines(found.collector, now, paint));
  for (const lock of found.locks) {
    lines.push(
      '',
      `  ${paint('warn', 'locked')}  ${lock.name} by process ${String(lock.pid)} on ${lock.host} since ${isoInstant(lock.since)}`,
    );
  }
  if (held.length === 0 && found.runs.length === 0 && found.locks.length === 0) {
    lines.push('', '  pipe run pipelines/daily.yaml   fetches the first data');
  }
  return `${lines.join('\n')}\n`;
}

function openText(open: OpenWindows): string {
  const parts = Object.entries(open).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'nothing' : parts.map(([state, count]) => `${countText(count)} ${state}`).join(', ');
}

function planLine(plan: Plan, { paint }: Surroundings): string {
  const { name } = plan.pipeline;
  const toDo = plan.own.filter(isToDo).map(({ step }) => step);
  if (plan.requests === 0 && plan.estimatedRequests === 0 && toDo.length === 0)
    return `  ${name}: ${paint('good', 'complete')}`;
  if (plan.requests === 0 && plan.estimatedRequests === 0)
    return `  ${name}: ${paint('warn', `has yet to do ${toDo.join(', ')}`)}, see: pipe plan ${plan.pipeline.file}`;
  return `  ${name}: ${paint('warn', `lacks ${plural(plan.windows, 'window')}`)}, see: pipe plan ${plan.pipeline.file}`;
}

function runLines(runs: readonly RecordedRun[], { paint }: Surroundings): readonly string[] {
  const quiet = (text: string) => ({ text, paint: (own: string) => paint('quiet', own) });
  const rows = runs.map((run) => [
    { text: `  ${isoSecond(run.startedAt)}` },
    { text: run.pipeline.name },
    {
      text: run.status,
      paint: (own: string) => paint(run.status === 'ok' ? 'good' : run.status === 'running' ? 'link' : 'bad', own),
    },
    { text: countText(run.requests) },
    { text: countText(run.rows) },
    { text: run.took === null ? '-' : durationText(run.took) },
    { text: run.runId, paint: (own: string) => paint('quiet', own) },
  ]);
  return columns(
    [['  run', 'pipeline', 'status', 'requests', 'rows', 'time', 'id'].map(quiet), ...rows],
    ['left', 'left', 'left', 'right', 'right', 'right', 'left'],
    2,
  );
}

function statusDocument({
  tables,
  own,
  damage,
  runs,
  locks,
  plan,
  collector,
  leftAlone: alone,
  missed,
}: Status): Readonly<Record<string, unknown>> {
  return {
    tables: tables.map(({ span, ...table }) => ({
      ...table,
      span: span === null ? null : { start: isoInstant(span.start), end: isoInstant(span.end) },
    })),
    own: ownTablesDocument(own),
    damage,
    runs: runs.map(({ startedAt, finishedAt, ...run }) => ({
      ...run,
      startedAt: isoInstant(startedAt),
      finishedAt: finishedAt === null ? null : isoInstant(finishedAt),
    })),
    locks: locks.map(({ since, ...lock }) => ({ ...lock, since: isoInstant(since) })),
    leftAlone: alone.map(({ until, ...one }) => ({ ...one, until: isoInstant(until) })),
    ...(missed === null ? {} : { missed: { count: missed.count, first: isoInstant(missed.first) } }),
    ...(collector === null ? {} : { collector: { alive: collector.alive, ...collector.document } }),
    ...(plan === null
      ? {}
      : { plan: { requests: plan.requests, windows: plan.windows, estimatedRequests: plan.estimatedRequests } }),
  };
}
