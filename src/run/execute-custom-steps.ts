import { join } from 'node:path';
import type { Clock } from '../core/time/clock.js';
import type { RunEventBody } from '../core/events.js';
import type { TableVersions } from '../core/tables/user-tables.js';
import { pluralize } from '../platform/format.js';
import type { CustomTask } from '../plan/task-graph.js';
import type { LakeSnapshot, UserTableCommit, UserTablesState, StatementProblem, UserTables } from '../lake/api.js';
import type { ExecStep, QueryText, SqlStep } from '../config/pipeline/pipeline.js';
import type { PlannedCustomStep } from '../plan/plan.js';
import type { TaskResult } from './execution-context.js';
import { runProcess } from './run-process.js';
import { cancelledEnd } from './task-tracker.js';
import type { TaskEnd } from './task-tracker.js';

/** What steps of the user's own are done with. */
export interface CustomStepsExecution {
  readonly tasks: readonly CustomTask[];
  readonly plannedSteps: readonly PlannedCustomStep[];
  /** Says again what a step has to do, now that what it needs is there. */
  readonly replan: (task: CustomTask, stepState: UserTablesState) => PlannedCustomStep;
  /** What became of the tasks of the other steps. */
  readonly results: readonly TaskResult[];
  readonly tables: UserTables;
  readonly commandEnvironment: CommandEnvironment;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  readonly stopping: AbortSignal;
  readonly stopped: AbortSignal;
}

/** What commands get of the environment, and what must not be told of it. */
export interface CommandEnvironment {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

interface CustomStepEnd extends TaskEnd {
  readonly rows: number;
}

/**
 * Does the steps of the user's own that a plan knows, each as soon as those of them that it needs have ended. What they read
 * has to be committed. Rejects only when the lake's disk fails, and then when nothing is under way any more.
 */
export async function executeCustomSteps(context: CustomStepsExecution): Promise<readonly TaskResult[]> {
  const { tasks, plannedSteps } = context;
  const ends = new Map<string, Promise<CustomStepEnd>>();
  let lastStatement: Promise<unknown> = Promise.resolve();
  /** One after the other: each may use all the memory there is for queries. */
  const runSequentially = <T>(runStep: () => Promise<T>): Promise<T> => {
    const current = lastStatement.then(runStep);
    lastStatement = current.catch(() => undefined);
    return current;
  };
  const results = tasks
    .filter(({ id }) => plannedSteps.some((one) => one.id === id))
    .map(async (task): Promise<TaskResult> => {
      const needs = task.needs.flatMap((need) => {
        const end = ends.get(need);
        return end === undefined ? [] : [end.then((stepEnd) => propagateStepEnd(need, stepEnd))];
      });
      const taskEnd = Promise.all(needs).then((propagatedEnds) =>
        executeTask(task, propagatedEnds, context, runSequentially),
      );
      ends.set(task.step.name, taskEnd);
      const { status, reason, rows } = await taskEnd;
      const names = { id: task.id, step: task.step.name, symbol: '' };
      return { ...names, status, requests: 0, rows, ...(reason === null ? {} : { reason }) };
    });
  const settled = await Promise.allSettled(results);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason instanceof Error ? one.reason : new Error(String(one.reason));
    return one.value;
  });
}

async function executeTask(
  task: CustomTask,
  propagatedEnds: readonly (TaskEnd | null)[],
  context: CustomStepsExecution,
  runSequentially: <T>(runStep: () => Promise<T>) => Promise<T>,
): Promise<CustomStepEnd> {
  const { clock, emit, stopping, tables } = context;
  const { step } = task;
  const names = { task: task.id, step: step.name, symbol: '' };
  const startedAt = clock.now();
  const end = await runStep();
  const { status, rows, reason } = end;
  const reasonField = reason === null ? {} : { reason };
  emit({
    type: 'task-finished',
    ...names,
    status,
    requests: 0,
    rows,
    durationMs: clock.now() - startedAt,
    ...reasonField,
  });
  return end;

  async function runStep(): Promise<CustomStepEnd> {
    if (stopping.aborted) return { ...cancelledEnd, rows: 0 };
    const propagatedEnd = [propagateTaskEnds(task, context.results), ...propagatedEnds].find((one) => one !== null);
    if (propagatedEnd !== undefined) return { ...propagatedEnd, rows: 0 };
    const replanned = context.replan(task, await tables.readState());
    if (replanned.status === 'blocked') return failedEnd(replanned.reason);
    if (replanned.status === 'up-to-date') return { status: 'up-to-date', reason: null, rows: 0 };
    emit({ type: 'task-started', ...names, requests: 0 });
    return step.uses === 'sql'
      ? runSequentially(() => withSnapshot((snapshot) => runQuery(step, snapshot)))
      : withSnapshot((snapshot) => runExec(step, snapshot));
  }

  async function withSnapshot(action: (snapshot: LakeSnapshot) => Promise<CustomStepEnd>): Promise<CustomStepEnd> {
    const snapshot = await tables.openSnapshot();
    try {
      return await action(snapshot);
    } finally {
      await snapshot.close();
    }
  }

  async function runQuery(sqlStep: SqlStep, snapshot: LakeSnapshot): Promise<CustomStepEnd> {
    const commit = await snapshot.replaceByQuery(
      getCommitAuthor(sqlStep),
      sqlStep.dataset,
      sqlStep.query.text,
      context.stopped,
    );
    if (commit.ok) return finishTable(sqlStep.dataset, commit.value);
    return context.stopped.aborted
      ? { ...cancelledEnd, rows: 0 }
      : failedEnd(formatProblem(sqlStep.query, commit.error));
  }

  async function runExec(execStep: ExecStep, snapshot: LakeSnapshot): Promise<CustomStepEnd> {
    const { input, output } = execStep;
    const folder = await snapshot.createFolder();
    const inputs = await snapshot.readVersions(execStep.inputTables);
    const paths = {
      input: join(folder, `input.${input?.format ?? ''}`),
      output: join(folder, `output.${output?.format ?? ''}`),
    };
    if (input !== null) {
      const written = await snapshot.exportTable(input.dataset, input.format, paths.input, context.stopped);
      if (!written.ok) return failedEnd(`${input.dataset} cannot be given to the command: ${written.error.message}`);
    }
    const argv = execStep.command.map((word) =>
      word.replaceAll('{input}', () => paths.input).replaceAll('{output}', () => paths.output),
    );
    const { environment, secrets } = context.commandEnvironment;
    const env = { ...environment, ...execStep.env };
    const problem = await runProcess(
      {
        argv,
        cwd: execStep.folder,
        env,
        timeout: execStep.timeout,
        secrets: [...secrets, ...collectSecrets(execStep.env)],
      },
      clock,
      context.stopped,
    );
    if (context.stopped.aborted) return { ...cancelledEnd, rows: 0 };
    if (problem !== null) return failedEnd(`the command ${problem}`);
    return output === null
      ? recordDone(execStep, snapshot, inputs)
      : importOutput(execStep, output, paths.output, snapshot, inputs);
  }

  async function recordDone(execStep: ExecStep, snapshot: LakeSnapshot, inputs: TableVersions): Promise<CustomStepEnd> {
    await snapshot.recordStepDone(getCommitAuthor(execStep), inputs);
    return { status: 'ok', reason: null, rows: 0 };
  }

  async function importOutput(
    execStep: ExecStep,
    { dataset, format }: NonNullable<ExecStep['output']>,
    path: string,
    snapshot: LakeSnapshot,
    inputs: TableVersions,
  ): Promise<CustomStepEnd> {
    const commit = await snapshot.replaceByFile(
      getCommitAuthor(execStep),
      dataset,
      { format, path },
      inputs,
      context.stopped,
    );
    if (commit.ok) return finishTable(dataset, commit.value);
    return failedEnd(`what the command wrote to {output} cannot be read as ${format}: ${commit.error.message}`);
  }

  function finishTable(dataset: string, commit: UserTableCommit): CustomStepEnd {
    emit({ type: 'replaced', task: task.id, dataset, ...commit, durationMs: clock.now() - startedAt });
    return { status: 'ok', reason: null, rows: commit.rows };
  }
}

function getCommitAuthor({ name, definition }: SqlStep | ExecStep): {
  readonly step: string;
  readonly definition: string;
} {
  return { step: name, definition };
}

function failedEnd(reason: string): CustomStepEnd {
  return { status: 'failed', reason, rows: 0 };
}

/** Values of the step's own environment may be secrets under any name; very short ones would be found everywhere. */
function collectSecrets(env: ExecStep['env']): readonly string[] {
  return Object.values(env).filter(({ length }) => length >= 4);
}

function propagateStepEnd(need: string, { status, reason }: TaskEnd): TaskEnd | null {
  if (status === 'failed') return { status: 'skipped', reason: `${need} failed` };
  return status === 'skipped' || status === 'interrupted' ? { status, reason } : null;
}

/** A table of which some symbols are missing is not what the step was written for: it waits for the next run. */
function propagateTaskEnds({ needs }: CustomTask, results: readonly TaskResult[]): TaskEnd | null {
  const needed = results.filter(({ step }) => needs.includes(step));
  if (needed.some(({ status }) => status === 'interrupted')) return cancelledEnd;
  const [first, ...others] = needed.filter(({ status }) => status === 'failed' || status === 'skipped');
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : `, and ${pluralize(others.length, 'more task')}`;
  const stepEnd = first.status === 'failed' ? 'failed' : 'was skipped';
  return { status: 'skipped', reason: `${first.id} ${stepEnd}${more}` };
}

/** A problem with the place in the file that the statement stands in. */
function formatProblem({ text, file, line, column, indent }: QueryText, { message, offset }: StatementProblem): string {
  if (offset === null) return `${file}:${String(line)}: ${message}`;
  const lines = text.slice(0, offset).split('\n');
  const linesBelow = lines.length - 1;
  const columnOffset = lines.at(-1)?.length ?? 0;
  if (linesBelow > 0 && indent === null) return `${file}:${String(line)}: ${message}`;
  const first = linesBelow === 0 ? column : (indent ?? 0) + 1;
  return `${file}:${String(line + linesBelow)}:${String(first + columnOffset)}: ${message}`;
}
