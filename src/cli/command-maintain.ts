import { Option } from 'commander';
import type { Command } from 'commander';

import { parseDuration } from '../core/duration.js';
import type { RunEventBody } from '../core/events.js';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { hour } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { bytesText, plural } from '../core/words.js';
import { maintainLake } from '../lake/maintenance.js';
import { openLakeReader } from '../lake/reader.js';
import { diskTidyFiles } from '../lineage/tidy-files.js';
import { tidyRecords } from '../lineage/tidy-records.js';
import type { TidiedRecords } from '../lineage/tidy-records.js';
import { columns } from '../report/columns.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { inLineage } from './lineage-folder.js';
import { isProcessAlive } from './process-alive.js';
import { newRunId } from './run-id.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';
import { version } from './version.js';

interface Flags {
  readonly json?: boolean;
  readonly retention?: string;
}

/** What was done to one table. */
interface Tidied {
  readonly dataset: Dataset;
  readonly filesBefore: number;
  readonly filesAfter: number;
  readonly filesRemoved: number;
  readonly bytesRemoved: number;
}

/** Below this a query or a run that has just begun could lose files under its hands. */
const shortestRetention: Duration = hour;

export function defineMaintain(command: Command, run: RunAction): void {
  command
    .command('maintain')
    .description(
      'Merge small files, remove superseded ones, renew lake.duckdb and pack old records of runs; runs do this by themselves',
    )
    .addOption(
      new Option('--retention <duration>', 'how long superseded files stay for those who still read them (7d)'),
    )
    .option('--json', 'one JSON document on stdout')
    .action((flags: Flags) => run((at) => maintain(flags, at)));
}

async function maintain(flags: Flags, at: Surroundings): Promise<ExitCode> {
  const retention = retentionOf(flags.retention);
  const events: RunEventBody[] = [];
  if (await holdsTables(at.dataFolder)) {
    await maintainLake({
      folder: at.dataFolder,
      // No pipeline asks for this: the commits say which command made them.
      author: { runId: newRunId(at.clock.now()), pipeline: { name: 'pipe maintain', hash: '' } },
      clock: at.clock,
      emit: (event) => events.push(event),
      program: `pipe/${version()}`,
      ...(retention === null ? {} : { retention }),
    });
  }
  const tables = datasets.map((dataset) => tidied(dataset, events)).filter(isChanged);
  const now = at.clock.now();
  const records = await inLineage(at.lineageFolder, () =>
    tidyRecords({
      lineage: at.lineageFolder,
      files: diskTidyFiles,
      isAlive: isProcessAlive,
      now,
      tidier: newRunId(now),
    }),
  );
  if (flags.json === true) at.json({ tables, records });
  else at.answer(maintenanceText(tables, records, at));
  return exitCode.done;
}

/** A folder without tables stays as it is, or as absent as it is. */
async function holdsTables(folder: string): Promise<boolean> {
  const reader = await openLakeReader(folder);
  try {
    return (await reader.statistics()).some((table) => table.version >= 0);
  } finally {
    await reader.close();
  }
}

function retentionOf(flag: string | undefined): Duration | null {
  if (flag === undefined) return null;
  const duration = parseDuration(flag);
  if (!duration.ok)
    throw new Stop(exitCode.usage, `--retention ${flag}: ${duration.error.message}`, duration.error.suggestion);
  if (duration.value >= shortestRetention) return duration.value;
  throw new Stop(
    exitCode.usage,
    `--retention ${flag} is less than an hour`,
    'runs and queries that are under way still read superseded files; give them 1h or more',
  );
}

function tidied(dataset: Dataset, events: readonly RunEventBody[]): Tidied {
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

function isChanged({ filesBefore, filesRemoved }: Tidied): boolean {
  return filesBefore > 0 || filesRemoved > 0;
}

function maintenanceText(tables: readonly Tidied[], records: TidiedRecords, { paint }: Surroundings): string {
  const { packed, saved, removed, removedBytes } = records;
  const ofRuns = [
    ...(packed === 0 ? [] : [`${plural(packed, 'record')} of runs packed, ${bytesText(saved)} less`]),
    ...(removed === 0 ? [] : [`${plural(removed, 'record')} of runs removed, ${bytesText(removedBytes)}`]),
  ];
  if (tables.length === 0 && ofRuns.length === 0) return 'Nothing to merge and nothing to remove.\n';
  const said = ofRuns.map((words) => `  ${words}\n`).join('');
  if (tables.length === 0) return said;
  const quiet = (text: string) => ({ text, paint: (own: string) => paint('quiet', own) });
  const rows = tables.map(({ dataset, filesBefore, filesAfter, filesRemoved, bytesRemoved }) => [
    { text: `  ${dataset}` },
    { text: filesBefore === 0 ? '-' : `${plural(filesBefore, 'file')} into ${String(filesAfter)}` },
    { text: filesRemoved === 0 ? '-' : `${plural(filesRemoved, 'file')}, ${bytesText(bytesRemoved)}` },
  ]);
  return `${columns([['  table', 'merged', 'removed'].map(quiet), ...rows], ['left', 'left', 'left'], 2).join('\n')}\n${said}`;
}
