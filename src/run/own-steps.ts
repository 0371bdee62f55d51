import { join } from 'node:path';
import type { Clock } from '../core/clock.js';
import type { RunEventBody } from '../core/events.js';
import type { TableVersions } from '../core/own-tables.js';
import { plural } from '../core/words.js';
import type { OwnTask } from '../graph/task-graph.js';
import type { LakeMoment, OwnCommit, OwnKnowledge, OwnProblem, OwnTables } from '../lake/contract.js';
import type { ExecStep, QueryText, SqlStep } from '../pipeline/pipeline.js';
import type { PlannedOwn } from '../plan/plan.js';
import type { TaskResult } from './execution.js';
import { runCommand } from './run-command.js';
import { stoppedEnd } from './task-record.js';
import type { TaskEnd } from './task-record.js';

/** What steps of the user's own are done with. */
export interface OwnExecution {
  readonly tasks: readonly OwnTask[];
  readonly planned: readonly PlannedOwn[];
  /** Says again what a step has to do, now that what it needs is there. */
  readonly replan: (task: OwnTask, knowledge: OwnKnowledge) => PlannedOwn;
  /** What became of the tasks of the other steps. */
  readonly results: readonly TaskResult[];
  readonly tables: OwnTables;
  readonly surroundings: CommandSurroundings;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  readonly stopping: AbortSignal;
  readonly stopped: AbortSignal;
}

/** What commands get of the environment, and what must not be told of it. */
export interface CommandSurroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

interface OwnEnd extends TaskEnd {
  readonly rows: number;
}

/**
 * Does the steps of the user's own that a plan knows, each as soon as those of them that it needs have ended. What they read
 * has to be committed. Rejects only when the lake's disk fails, and then when nothing is under way any more.
 */
export async function executeOwn(execution: OwnExecution): Promise<readonly TaskResult[]> {
  const { tasks, planned } = execution;
  const ends = new Map<string, Promise<OwnEnd>>();
  let statements: Promise<unknown> = Promise.resolve();
  /** One after the other: each may use all the memory there is for queries. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = statements.then(work);
    statements = turn.catch(() => undefined);
    return turn;
  };
  const running = tasks
    .filter(({ id }) => planned.some((one) => one.id === id))
    .map(async (task): Promise<TaskResult> => {
      const needs = task.needs.flatMap((need) => {
        const end = ends.get(need);
        return end === undefined ? [] : [end.then((how) => consequenceOfEnd(need, how))];
      });
      const done = Promise.all(needs).then((consequences) => doTask(task, consequences, execution, inTurn));
      ends.set(task.step.name, done);
      const { status, reason, rows } = await done;
      const names = { id: task.id, step: task.step.name, symbol: '' };
      return { ...names, status, requests: 0, rows, ...(reason === null ? {} : { reason }) };
    });
  const settled = await Promise.allSettled(running);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason instanceof Error ? one.reason : new Error(String(one.reason));
    return one.value;
  });
}

async function doTask(
  task: OwnTask,
  consequences: readonly (TaskEnd | null)[],
  execution: OwnExecution,
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<OwnEnd> {
  const { clock, emit, stopping, tables } = execution;
  const { step } = task;
  const names = { task: task.id, step: step.name, symbol: '' };
  const startedAt = clock.now();
  const end = await work();
  const { status, rows, reason } = end;
  const because = reason === null ? {} : { reason };
  emit({ type: 'task-finished', ...names, status, requests: 0, rows, took: clock.now() - startedAt, ...because });
  return end;

  async function work(): Promise<OwnEnd> {
    if (stopping.aborted) return { ...stoppedEnd, rows: 0 };
    const consequence = [consequenceOfTasks(task, execution.results), ...consequences].find((one) => one !== null);
    if (consequence !== undefined) return { ...consequence, rows: 0 };
    const now = execution.replan(task, await tables.knowledge());
    if (now.status === 'blocked') return failed(now.reason);
    if (now.status === 'satisfied') return { status: 'satisfied', reason: null, rows: 0 };
    emit({ type: 'task-started', ...names, requests: 0 });
    return step.uses === 'sql'
      ? inTurn(() => inMoment((moment) => compute(step, moment)))
      : inMoment((moment) => command(step, moment));
  }

  async function inMoment(use: (moment: LakeMoment) => Promise<OwnEnd>): Promise<OwnEnd> {
    const moment = await tables.moment();
    try {
      return await use(moment);
    } finally {
      await moment.close();
    }
  }

  async function compute(sql: SqlStep, moment: LakeMoment): Promise<OwnEnd> {
    const made = await moment.replaceByQuery(authorOf(sql), sql.dataset, sql.query.text, execution.stopped);
    if (made.ok) return stored(sql.dataset, made.value);
    return execution.stopped.aborted ? { ...stoppedEnd, rows: 0 } : failed(placed(sql.query, made.error));
  }

  async function command(exec: ExecStep, moment: LakeMoment): Promise<OwnEnd> {
    const { input, output } = exec;
    const folder = await moment.folder();
    const inputs = await moment.versions(exec.reads);
    const paths = {
      input: join(folder, `input.${input?.format ?? ''}`),
      output: join(folder, `output.${output?.format ?? ''}`),
    };
    if (input !== null) {
      const written = await moment.writeFile(input.dataset, input.format, paths.input, execution.stopped);
      if (!written.ok) return failed(`${input.dataset} cannot be given to the command: ${written.error.message}`);
    }
    const words = exec.command.map((word) =>
      word.replaceAll('{input}', () => paths.input).replaceAll('{output}', () => paths.output),
    );
    const { environment, secrets } = execution.surroundings;
    const env = { ...environment, ...exec.env };
    const trouble = await runCommand(
      { words, folder: exec.folder, env, timeout: exec.timeout, secrets: [...secrets, ...secretsIn(exec.env)] },
      clock,
      execution.stopped,
    );
    if (execution.stopped.aborted) return { ...stoppedEnd, rows: 0 };
    if (trouble !== null) return failed(`the command ${trouble}`);
    return output === null ? done(exec, moment, inputs) : take(exec, output, paths.output, moment, inputs);
  }

  async function done(exec: ExecStep, moment: LakeMoment, inputs: TableVersions): Promise<OwnEnd> {
    await moment.remember(authorOf(exec), inputs);
    return { status: 'ok', reason: null, rows: 0 };
  }

  async function take(
    exec: ExecStep,
    { dataset, format }: NonNullable<ExecStep['output']>,
    path: string,
    moment: LakeMoment,
    inputs: TableVersions,
  ): Promise<OwnEnd> {
    const made = await moment.replaceByFile(authorOf(exec), dataset, { format, path }, inputs, execution.stopped);
    if (made.ok) return stored(dataset, made.value);
    return failed(`what the command wrote to {output} cannot be read as ${format}: ${made.error.message}`);
  }

  function stored(dataset: string, made: OwnCommit): OwnEnd {
    emit({ type: 'replaced', task: task.id, dataset, ...made, took: clock.now() - startedAt });
    return { status: 'ok', reason: null, rows: made.rows };
  }
}

function authorOf({ name, definition }: SqlStep | ExecStep): { readonly step: string; readonly definition: string } {
  return { step: name, definition };
}

function failed(reason: string): OwnEnd {
  return { status: 'failed', reason, rows: 0 };
}

/** Values of the step's own environment may be secrets under any name; very short ones would be found everywhere. */
function secretsIn(env: ExecStep['env']): readonly string[] {
  return Object.values(env).filter(({ length }) => length >= 4);
}

function consequenceOfEnd(need: string, { status, reason }: TaskEnd): TaskEnd | null {
  if (status === 'failed') return { status: 'skipped', reason: `${need} failed` };
  return status === 'skipped' || status === 'interrupted' ? { status, reason } : null;
}

/** A table of which some symbols are missing is not what the step was written for: it waits for the next run. */
function consequenceOfTasks({ needs }: OwnTask, results: readonly TaskResult[]): TaskEnd | null {
  const needed = results.filter(({ step }) => needs.includes(step));
  if (needed.some(({ status }) => status === 'interrupted')) return stoppedEnd;
  const [first, ...others] = needed.filter(({ status }) => status === 'failed' || status === 'skipped');
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : `, and ${plural(others.length, 'more task')}`;
  const how = first.status === 'failed' ? 'failed' : 'was skipped';
  return { status: 'skipped', reason: `${first.id} ${how}${more}` };
}

/** A problem with the place in the file that the statement stands in. */
function placed({ text, file, line, column, indent }: QueryText, { message, offset }: OwnProblem): string {
  if (offset === null) return `${file}:${String(line)}: ${message}`;
  const lines = text.slice(0, offset).split('\n');
  const below = lines.length - 1;
  const within = lines.at(-1)?.length ?? 0;
  if (below > 0 && indent === null) return `${file}:${String(line)}: ${message}`;
  const first = below === 0 ? column : (indent ?? 0) + 1;
  return `${file}:${String(line + below)}:${String(first + within)}: ${message}`;
}
