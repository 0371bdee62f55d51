import type { Command } from 'commander';

import { formatInstant, formatInstantSeconds } from '../../core/time/time.js';
import { formatBytes, formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import type { LakeReader, LakeState, UserTable, TableStatistics } from '../../lake/api.js';
import { readLocks } from '../../lake/locks/lock.js';
import type { LockHolder } from '../../lake/locks/lock-file.js';
import { readUserTablesState } from '../../lake/user-tables/user-tables-state.js';
import { openLakeReader } from '../../lake/reader/lake-reader.js';
import { nodeFiles } from '../../platform/file-store.js';
import { toUserTablesDocument } from '../../lineage/answers/user-tables.js';
import { listRuns } from '../../lineage/records/read-runs.js';
import type { RecordedRun } from '../../lineage/records/read-runs.js';
import { needsRun } from '../../plan/tasks/plan-custom-steps.js';
import { defaultPlanOptions } from '../../plan/plan-options.js';
import type { Plan } from '../../plan/plan.js';
import { formatTable } from '../../platform/table.js';
import { toMissedRunFinding } from '../../outputs/alerts/missed-runs.js';
import type { MissedRuns } from '../../outputs/alerts/missed-runs.js';
import { formatCollectorStatus, readCollectorStatus } from '../output/collector-status.js';
import type { CollectorStatus } from '../output/collector-status.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { withLineageFolder } from '../../app/lineage-folder.js';
import { readOpenBreakers, describeOpenBreakers } from '../../app/providers/open-breakers.js';
import type { OpenBreaker } from '../../app/providers/open-breakers.js';
import { findPipelineMissedRuns, getGrace } from '../../app/alerts/missed-runs.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import { loadPipelineOrExit } from '../../app/pipeline/load-pipeline.js';
import { planPipeline } from '../../app/plan/plan-pipeline.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../../app/cli-context.js';

interface Flags {
  readonly json?: boolean;
}

export function defineStatus(command: Command, run: RunAction): void {
  command
    .command('status')
    .description('Say what the lake holds, what is open, which runs there were and who holds a lock')
    .argument('[pipeline]', 'also say what this pipeline still lacks, and list only its runs')
    .option('--json', 'one JSON document on stdout')
    .action((file: string | undefined, flags: Flags) => run((ctx) => showStatus(file, flags, ctx)));
}

/** What the command found, for both forms of its answer. */
interface Status {
  readonly tables: readonly (TableStatistics & { readonly open: OpenWindows })[];
  readonly own: readonly UserTable[];
  readonly damage: LakeState['damage'];
  readonly runs: readonly RecordedRun[];
  readonly locks: readonly LockHolder[];
  readonly plan: Plan | null;
  readonly collector: CollectorStatus | null;
  readonly leftAlone: readonly OpenBreaker[];
  /** Due times of the pipeline without a run. */
  readonly missed: MissedRuns | null;
}

/** Windows of a table that are not answered for good, by state. */
type OpenWindows = Readonly<Record<'failed' | 'missing' | 'provisional' | 'denied', number>>;

async function showStatus(file: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const reader = await openLakeReader(ctx.dataFolder);
  try {
    const found = await collectStatus(file, reader, ctx);
    if (flags.json === true) ctx.printJson(toStatusDocument(found));
    else ctx.print(formatStatus(found, ctx));
    return exitCode.done;
  } finally {
    await reader.close();
  }
}

async function collectStatus(file: string | undefined, reader: LakeReader, ctx: CliContext): Promise<Status> {
  const pipeline = file === undefined ? null : await loadPipelineOrExit(file, ctx);
  const state = await reader.readState();
  const open = countOpenWindows(state);
  const statistics = await reader.readStatistics();
  return {
    tables: statistics.map((table) => ({ ...table, open: open.get(table.dataset) ?? noOpenWindows })),
    own: (await readUserTablesState(ctx.dataFolder)).tables,
    damage: state.damage,
    runs: await withLineageFolder(ctx.lineageFolder, () =>
      listRuns(ctx.lineageFolder, {
        files: nodeFiles,
        limit: 5,
        isAlive: isProcessAlive,
        ...(pipeline === null ? {} : { pipeline: pipeline.name }),
      }),
    ),
    locks: await readLocks(ctx.dataFolder),
    collector: await readCollectorStatus(ctx.dataFolder),
    leftAlone: await readOpenBreakers(ctx.dataFolder, ctx.clock.now()),
    missed: pipeline === null ? null : await findPipelineMissedRuns(pipeline, getGrace(pipeline), ctx),
    plan:
      pipeline === null
        ? null
        : (await planPipeline(pipeline, reader, defaultPlanOptions, ctx.clock.now(), false)).plan,
  };
}

const noOpenWindows: OpenWindows = { failed: 0, missing: 0, provisional: 0, denied: 0 };

function countOpenWindows(state: LakeState): ReadonlyMap<string, OpenWindows> {
  const open = new Map<string, Record<keyof OpenWindows, number>>();
  for (const { provider, series } of state.series()) {
    const dataset = series.slice(0, series.indexOf('/'));
    for (const window of state.coverage(provider, series)) {
      if (window.state === 'data' || window.state === 'empty' || window.state === 'lost') continue;
      let counts = open.get(dataset);
      if (counts === undefined) open.set(dataset, (counts = { ...noOpenWindows }));
      counts[window.state]++;
    }
  }
  return open;
}

function formatStatus(found: Status, ctx: CliContext): string {
  const { style } = ctx;
  const now = ctx.clock.now();
  const existingTables = found.tables.filter((table) => table.version >= 0);
  const dim = (text: string) => ({ text, style: (own: string) => style('quiet', own) });
  const head = ['  table', 'rows', 'series', 'files', 'size', 'from', 'to', 'age', 'open'].map(dim);
  const rows = existingTables.map((table) => [
    { text: `  ${table.dataset}` },
    { text: formatCount(table.rows) },
    { text: formatCount(table.series) },
    { text: formatCount(table.files) },
    { text: formatBytes(table.bytes) },
    { text: table.span === null ? '-' : formatInstant(table.span.start).slice(0, 10) },
    { text: table.span === null ? '-' : formatInstant(table.span.end).slice(0, 10) },
    { text: table.span === null ? '-' : humanizeDuration(Math.max(0, now - table.span.end)) },
    {
      text: formatOpen(table.open),
      paint: (own: string) => (own === 'nothing' ? style('good', own) : style('warn', own)),
    },
  ]);
  const lines =
    existingTables.length === 0
      ? [`The lake in ${ctx.dataFolder} is empty.`]
      : formatTable([head, ...rows], ['left', 'right', 'right', 'right', 'right', 'left', 'left', 'right', 'left'], 2);
  for (const { dataset, rows: count, files, bytes, origin } of found.own) {
    const by = origin === null ? '' : `, by ${origin.step} of ${origin.pipeline} at ${formatInstant(origin.at)}`;
    lines.push(`  ${dataset}  ${pluralize(count, 'row')}, ${pluralize(files, 'file')}, ${formatBytes(bytes)}${by}`);
  }
  for (const { dataset, path, problem } of found.damage)
    lines.push(style('bad', `  damaged  ${dataset}: ${path} (${problem}); the next run asks again`));
  if (found.plan !== null) lines.push('', formatPlanLine(found.plan, ctx));
  if (found.plan !== null && found.missed !== null)
    lines.push(`  ${style('warn', 'missed')}  ${toMissedRunFinding(found.plan.pipeline.name, found.missed).message}`);
  if (found.runs.length > 0) lines.push('', ...formatRuns(found.runs, ctx));
  if (found.leftAlone.length > 0) lines.push('');
  for (const words of describeOpenBreakers(found.leftAlone, now))
    lines.push(`  ${style('warn', 'left alone')}  ${words}`);
  if (found.collector !== null) lines.push('', ...formatCollectorStatus(found.collector, now, style));
  for (const lock of found.locks) {
    lines.push(
      '',
      `  ${style('warn', 'locked')}  ${lock.name} by process ${String(lock.pid)} on ${lock.host} since ${formatInstant(lock.since)}`,
    );
  }
  if (existingTables.length === 0 && found.runs.length === 0 && found.locks.length === 0) {
    lines.push('', '  pipe run pipelines/daily.yaml   fetches the first data');
  }
  return `${lines.join('\n')}\n`;
}

function formatOpen(open: OpenWindows): string {
  const parts = Object.entries(open).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'nothing' : parts.map(([state, count]) => `${formatCount(count)} ${state}`).join(', ');
}

function formatPlanLine(plan: Plan, { style }: CliContext): string {
  const { name } = plan.pipeline;
  const toDo = plan.customSteps.filter(needsRun).map(({ step }) => step);
  if (plan.requests === 0 && plan.estimatedRequests === 0 && toDo.length === 0)
    return `  ${name}: ${style('good', 'complete')}`;
  if (plan.requests === 0 && plan.estimatedRequests === 0)
    return `  ${name}: ${style('warn', `has yet to do ${toDo.join(', ')}`)}, see: pipe plan ${plan.pipeline.file}`;
  return `  ${name}: ${style('warn', `lacks ${pluralize(plan.windows, 'window')}`)}, see: pipe plan ${plan.pipeline.file}`;
}

function formatRuns(runs: readonly RecordedRun[], { style }: CliContext): readonly string[] {
  const dim = (text: string) => ({ text, style: (own: string) => style('quiet', own) });
  const rows = runs.map((run) => [
    { text: `  ${formatInstantSeconds(run.startedAt)}` },
    { text: run.pipeline.name },
    {
      text: run.status,
      paint: (own: string) => style(run.status === 'ok' ? 'good' : run.status === 'running' ? 'link' : 'bad', own),
    },
    { text: formatCount(run.requests) },
    { text: formatCount(run.rows) },
    { text: run.durationMs === null ? '-' : humanizeDuration(run.durationMs) },
    { text: run.runId, paint: (own: string) => style('quiet', own) },
  ]);
  return formatTable(
    [['  run', 'pipeline', 'status', 'requests', 'rows', 'time', 'id'].map(dim), ...rows],
    ['left', 'left', 'left', 'right', 'right', 'right', 'left'],
    2,
  );
}

function toStatusDocument({
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
      span: span === null ? null : { start: formatInstant(span.start), end: formatInstant(span.end) },
    })),
    own: toUserTablesDocument(own),
    damage,
    runs: runs.map(({ startedAt, finishedAt, ...run }) => ({
      ...run,
      startedAt: formatInstant(startedAt),
      finishedAt: finishedAt === null ? null : formatInstant(finishedAt),
    })),
    locks: locks.map(({ since, ...lock }) => ({ ...lock, since: formatInstant(since) })),
    leftAlone: alone.map(({ until, ...one }) => ({ ...one, until: formatInstant(until) })),
    ...(missed === null ? {} : { missed: { count: missed.count, first: formatInstant(missed.first) } }),
    ...(collector === null ? {} : { collector: { alive: collector.alive, ...collector.document } }),
    ...(plan === null
      ? {}
      : { plan: { requests: plan.requests, windows: plan.windows, estimatedRequests: plan.estimatedRequests } }),
  };
}
