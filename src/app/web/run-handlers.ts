import { formatInstant } from '../../core/time/time.js';
import { listRuns, readEvents, readRun } from '../../lineage/records/read-runs.js';
import type { RecordedRun } from '../../lineage/records/read-runs.js';
import { toReportDocument } from '../../outputs/report/json.js';
import { describeEvent } from '../../outputs/describe-event.js';
import { nonBlockingFiles } from '../../platform/file-store.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import type { RunDocument, TimelineDocument } from '../../web/server/documents.js';
import { RequestProblem } from '../../web/server/routes.js';
import type { Handler } from '../../web/server/routes.js';
import type { Folders } from '../context.js';
import { withLineageFolder } from '../lineage-folder.js';
import { readReportOrExit } from '../lineage/find-run.js';

/** Log lines of a timeline at most, the latest ones. */
const maxLogLines = 500;

/** Lists the latest runs. */
export function createRunsHandler({ lineageFolder }: Pick<Folders, 'lineageFolder'>): Handler {
  return async (values) => {
    const pipeline = values.text('pipeline');
    const runs = await withLineageFolder(lineageFolder, () =>
      listRuns(lineageFolder, {
        files: nonBlockingFiles,
        isAlive: isProcessAlive,
        limit: values.count('limit') ?? 50,
        ...(pipeline === null ? {} : { pipeline }),
      }),
    );
    return { kind: 'json', document: { runs: runs.map(toRunDocument) } };
  };
}

function toRunDocument({ startedAt, finishedAt, folder: _folder, ...run }: RecordedRun): RunDocument {
  return {
    ...run,
    startedAt: formatInstant(startedAt),
    finishedAt: finishedAt === null ? null : formatInstant(finishedAt),
  };
}

/** Answers with the report of a run. */
export function createReportHandler(folders: Folders): Handler {
  return async (values) => {
    const { report } = await readReportOrExit(values.text('run') ?? undefined, folders);
    return { kind: 'json', document: toReportDocument(report) };
  };
}

/** A task while the events of its run are read. */
type TimelineTask = {
  -readonly [Key in keyof TimelineDocument['tasks'][number]]: TimelineDocument['tasks'][number][Key];
};

/** Answers with the tasks of a run in the order of their start, and with its log. */
export function createTimelineHandler({ lineageFolder }: Pick<Folders, 'lineageFolder'>): Handler {
  return async (values) => {
    const id = values.text('run') ?? '';
    const run = await withLineageFolder(lineageFolder, () =>
      readRun(lineageFolder, id, { files: nonBlockingFiles, isAlive: isProcessAlive }),
    );
    if (run === null)
      throw new RequestProblem(404, `no run matches ${id}, or the id is ambiguous`, 'GET /api/v1/runs lists the runs');
    const limit = values.count('tasks') ?? 2_000;
    const tasks = new Map<string, TimelineTask>();
    const log: { readonly at: string; readonly level: string; readonly text: string }[] = [];
    let moreTasks = 0;
    for (const event of await readEvents(run, nonBlockingFiles)) {
      if (event.type === 'task-started') {
        if (tasks.size >= limit) moreTasks++;
        else
          tasks.set(event.task, {
            task: event.task,
            step: event.step,
            symbol: event.symbol,
            startedAt: formatInstant(event.at),
            endedAt: null,
            status: 'running',
            requests: event.requests,
            rows: 0,
            reason: null,
            hint: null,
          });
      } else if (event.type === 'task-finished') {
        const task = tasks.get(event.task);
        if (task !== undefined) {
          task.endedAt = formatInstant(event.at);
          task.status = event.status;
          task.requests = event.requests;
          task.rows = event.rows;
          task.reason = event.reason ?? null;
          task.hint = event.hint ?? null;
        }
      }
      const { level, message } = describeEvent(event);
      if (level !== 'debug') log.push({ at: formatInstant(event.at), level, text: message });
    }
    const document: TimelineDocument = {
      ...toRunDocument(run),
      tasks: [...tasks.values()],
      moreTasks,
      log: log.slice(-maxLogLines),
      moreLogLines: Math.max(0, log.length - maxLogLines),
    };
    return { kind: 'json', document };
  };
}
