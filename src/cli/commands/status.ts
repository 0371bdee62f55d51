import type { Command } from 'commander';

import { formatInstant } from '../../core/time/time.js';
import { toUserTablesDocument } from '../../lineage/answers/user-tables.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { readStatus } from '../../app/status/collect-status.js';
import { readEmptyWindows } from '../../app/status/list-empty-windows.js';
import type { EmptyWindow } from '../../app/status/list-empty-windows.js';
import { isComplete, listLacking } from '../../plan/lacking.js';
import type { Plan } from '../../plan/plan.js';
import type { LakeStatus } from '../../app/status/collect-status.js';
import type { CliContext } from '../cli-context.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import { formatEmptyWindows } from '../output/format-empty.js';
import { formatStatus } from '../output/format-status.js';
import type { RunAction } from '../run-action.js';

interface Flags {
  readonly empty?: boolean;
  readonly json?: boolean;
}

export function defineStatus(command: Command, run: RunAction): void {
  command
    .command('status')
    .description('Show tables, open windows, the last runs, the collector and locks')
    .argument('[pipeline]', 'also show what this pipeline lacks, and only its runs')
    .option('--empty', 'only list what the provider has no rows for')
    .option('--json', 'print one JSON document')
    .action((file: string | undefined, flags: Flags) => run((ctx) => showStatus(file, flags, ctx)));
}

async function showStatus(file: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const pipeline = file === undefined ? null : await loadPipelineOrExit(file, ctx);
  if (flags.empty === true) {
    const windows = await readEmptyWindows(pipeline, ctx);
    if (flags.json === true) ctx.printJson({ empty: windows.map(toEmptyDocument) });
    else ctx.print(formatEmptyWindows(windows, ctx.style));
    return exitCode.done;
  }
  const status = await readStatus(pipeline, ctx);
  if (flags.json === true) ctx.printJson(toStatusDocument(status));
  else ctx.print(formatStatus(status, ctx.dataFolder, ctx.clock.now(), ctx.style));
  return exitCode.done;
}

function toEmptyDocument({ lastRequestedAt, requestedAgainAt, ...window }: EmptyWindow): object {
  return {
    ...window,
    lastRequestedAt: formatInstant(lastRequestedAt),
    requestedAgainAt: requestedAgainAt === null ? null : formatInstant(requestedAgainAt),
  };
}

/** The status as scripts read it. Keys are added freely and never renamed. */
function toStatusDocument(status: LakeStatus): Readonly<Record<string, unknown>> {
  const { tables, userTables, damage, unreadable, readOnly, runs, locks, plan, collector, openBreakers, missed } =
    status;
  return {
    tables: tables.map(({ span, ...table }) => ({
      ...table,
      span: span === null ? null : { start: formatInstant(span.start), end: formatInstant(span.end) },
    })),
    userTables: toUserTablesDocument(userTables),
    damage,
    ...(unreadable.length === 0 ? {} : { unreadable }),
    ...(readOnly.length === 0 ? {} : { readOnly }),
    runs: runs.map(({ startedAt, finishedAt, ...run }) => ({
      ...run,
      startedAt: formatInstant(startedAt),
      finishedAt: finishedAt === null ? null : formatInstant(finishedAt),
    })),
    locks: locks.map(({ since, ...lock }) => ({ ...lock, since: formatInstant(since) })),
    openBreakers: openBreakers.map(({ until, ...breaker }) => ({ ...breaker, until: formatInstant(until) })),
    ...(missed === null ? {} : { missed: { count: missed.count, first: formatInstant(missed.first) } }),
    ...(collector === null ? {} : { collector: { alive: collector.alive, ...collector.document } }),
    ...(plan === null ? {} : { plan: toPlanDocument(plan) }),
  };
}

function toPlanDocument(plan: Plan): Readonly<Record<string, unknown>> {
  const { requests, windows, estimatedRequests, tasks } = plan;
  return {
    requests,
    windows,
    estimatedRequests,
    isComplete: isComplete(plan),
    lacking: listLacking(tasks),
    lackingTasks: tasks
      .filter(({ status, absences }) => status === 'blocked' || absences.length > 0)
      .map(({ id, step, symbol, status, reason, absences }) => ({ id, step, symbol, status, reason, absences })),
  };
}
