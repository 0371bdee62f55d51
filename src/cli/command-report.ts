import { join } from 'node:path';

import type { Command } from 'commander';

import { diskFiles } from '../lineage/files.js';
import { listRuns, readEvents, readRun } from '../lineage/read-runs.js';
import { reportOf } from '../report/fold.js';
import { reportHtml } from '../report/html.js';
import { reportJson } from '../report/json.js';
import { reportText } from '../report/text.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { inLineage } from './lineage-folder.js';
import { noRecord } from './no-record.js';
import { isProcessAlive } from './process-alive.js';
import { shortPath } from './short-path.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

interface Flags {
  readonly json?: boolean;
  readonly html?: boolean;
}

export function defineReport(command: Command, run: RunAction): void {
  command
    .command('report')
    .description('Show the report of a run again')
    .argument('[run]', 'a run id or enough of it; the last run when left out')
    .option('--json', 'one JSON document on stdout')
    .option('--html', 'one self-contained page on stdout')
    .action((id: string | undefined, flags: Flags) => run((at) => report(id, flags, at)));
}

async function report(id: string | undefined, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const reading = { files: diskFiles, isAlive: isProcessAlive };
  const found = await inLineage(at.lineageFolder, async () => {
    if (id !== undefined) return readRun(at.lineageFolder, id, reading);
    const [last] = await listRuns(at.lineageFolder, { ...reading, limit: 1 });
    return last ?? null;
  });
  if (found === null) {
    throw id === undefined
      ? new Stop(exitCode.usage, `no run is recorded in ${at.lineageFolder}`, 'make one: pipe run pipelines/daily.yaml')
      : await noRecord(id, at);
  }
  const summed = reportOf(await readEvents(found, diskFiles));
  if (summed === null)
    throw new Stop(
      exitCode.usage,
      `the record of ${found.runId} does not hold its beginning`,
      `see ${join(found.folder, 'run.json')}`,
    );
  if (flags.json === true) at.answer(reportJson(summed));
  else if (flags.html === true) at.answer(reportHtml(summed));
  else at.answer(reportText(summed, { paint: at.paint, folder: shortPath(found.folder), width: at.width }));
  return exitCode.done;
}
