import { Option } from 'commander';
import type { Command } from 'commander';

import { parseDuration } from '../../core/time/duration.js';
import type { RunEventBody } from '../../core/events.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { hour } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { formatBytes, pluralize } from '../../platform/format.js';
import { maintainLake } from '../../lake/maintenance/maintain-lake.js';
import { openLakeReader } from '../../lake/reader/lake-reader.js';
import { nodePruneFiles } from '../../lineage/records/prune-file-store.js';
import { pruneRecords } from '../../lineage/records/prune-records.js';
import type { PruneResult } from '../../lineage/records/prune-records.js';
import { formatTable } from '../../platform/table.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { withLineageFolder } from '../../app/lineage-folder.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import { createRunId } from '../../app/run/run-id.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';
import { version } from '../../app/version.js';

interface Flags {
  readonly json?: boolean;
  readonly retention?: string;
}

/** The changes that maintenance made in one table. */
interface TableMaintenance {
  readonly dataset: Dataset;
  readonly filesBefore: number;
  readonly filesAfter: number;
  readonly filesRemoved: number;
  readonly bytesRemoved: number;
}

/** A shorter retention could remove files that a query or run in progress still reads. */
const minRetention: Duration = hour;

export function defineMaintain(command: Command, run: RunAction): void {
  command
    .command('maintain')
    .description('Merge small files, remove superseded ones, compress run records')
    .addOption(new Option('--retention <duration>', 'how long to keep superseded files for readers [7d]'))
    .option('--json', 'print one JSON document')
    .action((flags: Flags) => run((ctx) => maintain(flags, ctx)));
}

async function maintain(flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const retention = parseRetention(flags.retention);
  const events: RunEventBody[] = [];
  if (await hasTables(ctx.dataFolder)) {
    await maintainLake({
      folder: ctx.dataFolder,
      // No pipeline is involved: the commits name the command.
      author: { runId: createRunId(ctx.clock.now()), pipeline: { name: 'pipe maintain', hash: '' } },
      clock: ctx.clock,
      emit: (event) => events.push(event),
      program: `pipe/${version()}`,
      ...(retention === null ? {} : { retention }),
    });
  }
  const tables = datasets.map((dataset) => summarizeMaintenance(dataset, events)).filter(isChanged);
  const now = ctx.clock.now();
  const records = await withLineageFolder(ctx.lineageFolder, () =>
    pruneRecords({
      lineageFolder: ctx.lineageFolder,
      files: nodePruneFiles,
      isAlive: isProcessAlive,
      now,
      owner: createRunId(now),
    }),
  );
  if (flags.json === true) ctx.printJson({ tables, records });
  else ctx.print(formatMaintenance(tables, records, ctx));
  return exitCode.done;
}

/** Checks for tables; maintenance does not create a lake. */
async function hasTables(folder: string): Promise<boolean> {
  const reader = await openLakeReader(folder);
  try {
    return (await reader.readStatistics()).some((table) => table.version !== null);
  } finally {
    await reader.close();
  }
}

function parseRetention(flag: string | undefined): Duration | null {
  if (flag === undefined) return null;
  const duration = parseDuration(flag);
  if (!duration.ok)
    throw new CliError(exitCode.usage, `--retention ${flag}: ${duration.error.message}`, duration.error.suggestion);
  if (duration.value >= minRetention) return duration.value;
  throw new CliError(
    exitCode.usage,
    `--retention ${flag} is less than an hour`,
    'runs and queries in progress read superseded files; use 1h or more',
  );
}

function summarizeMaintenance(dataset: Dataset, events: readonly RunEventBody[]): TableMaintenance {
  let [filesBefore, filesAfter, filesRemoved, bytesRemoved] = [0, 0, 0, 0];
  for (const event of events) {
    if (event.type === 'compacted' && event.dataset === dataset) {
      filesBefore += event.filesBefore;
      filesAfter += event.filesAfter;
    } else if (event.type === 'vacuumed' && event.dataset === dataset) {
      filesRemoved += event.files;
      bytesRemoved += event.bytes;
    }
  }
  return { dataset, filesBefore, filesAfter, filesRemoved, bytesRemoved };
}

function isChanged({ filesBefore, filesRemoved }: TableMaintenance): boolean {
  return filesBefore > 0 || filesRemoved > 0;
}

function formatMaintenance(tables: readonly TableMaintenance[], records: PruneResult, { style }: CliContext): string {
  const { compressed, savedBytes, removed, removedBytes } = records;
  const recordLines = [
    ...(compressed === 0
      ? []
      : [`${pluralize(compressed, 'run record')} compressed, ${formatBytes(savedBytes)} saved`]),
    ...(removed === 0 ? [] : [`${pluralize(removed, 'run record')} removed, ${formatBytes(removedBytes)}`]),
  ];
  if (tables.length === 0 && recordLines.length === 0) return 'Nothing to merge or remove.\n';
  const recordText = recordLines.map((line) => `  ${line}\n`).join('');
  if (tables.length === 0) return recordText;
  const dim = (text: string) => ({ text, style: (cell: string) => style('quiet', cell) });
  const rows = tables.map(({ dataset, filesBefore, filesAfter, filesRemoved, bytesRemoved }) => [
    { text: `  ${dataset}` },
    { text: filesBefore === 0 ? '-' : `${pluralize(filesBefore, 'file')} into ${String(filesAfter)}` },
    { text: filesRemoved === 0 ? '-' : `${pluralize(filesRemoved, 'file')}, ${formatBytes(bytesRemoved)}` },
  ]);
  return `${formatTable([['  table', 'merged', 'removed'].map(dim), ...rows], ['left', 'left', 'left'], 2).join('\n')}\n${recordText}`;
}
