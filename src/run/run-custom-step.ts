import { join } from 'node:path';

import type { TableVersions } from '../core/tables/user-tables.js';
import type { ExecStep, QueryText, SqlStep } from '../config/pipeline/pipeline.js';
import type { LakeSnapshot, StatementProblem, UserTableCommit } from '../lake/api.js';
import type { TaskId } from '../plan/task-graph.js';
import { checkExit, runProcess } from '../platform/process.js';
import { createRedactor } from '../platform/redact.js';
import type { RunEventBody } from '../core/events.js';
import type { Clock } from '../core/time/clock.js';
import type { Shutdown } from '../platform/shutdown.js';
import type { CommandEnvironment } from './execution.js';
import { cancelledEnd } from './task-state.js';
import type { TaskEnd } from './task-state.js';

export interface CustomStepEnd extends TaskEnd {
  readonly rows: number;
}

export const cancelledStep: CustomStepEnd = { ...cancelledEnd, rows: 0 };

export function failedStep(reason: string): CustomStepEnd {
  return { status: 'failed', reason, rows: 0 };
}

export interface StepRunnerDeps {
  readonly commandEnvironment: CommandEnvironment;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  readonly shutdown: Shutdown;
}

export interface StepRunner {
  runQuery(step: SqlStep, snapshot: LakeSnapshot): Promise<CustomStepEnd>;
  runCommand(step: ExecStep, snapshot: LakeSnapshot): Promise<CustomStepEnd>;
}

/** Runs one custom step on a snapshot of the lake and commits its output. */
export function createStepRunner(
  task: TaskId,
  { clock, commandEnvironment, emit, shutdown: { stopped } }: StepRunnerDeps,
): StepRunner {
  const startedAt = clock.now();

  const finishTable = (dataset: string, commit: UserTableCommit): CustomStepEnd => {
    emit({ type: 'table-replaced', task, dataset, ...commit, durationMs: clock.now() - startedAt });
    return { status: 'ok', reason: null, rows: commit.rows };
  };

  const importOutput = async (
    step: ExecStep,
    { dataset, format }: NonNullable<ExecStep['output']>,
    path: string,
    snapshot: LakeSnapshot,
    inputs: TableVersions,
  ): Promise<CustomStepEnd> => {
    const author = getCommitAuthor(step);
    const commit = await snapshot.replaceByFile(author, dataset, { format, path }, inputs, stopped);
    if (commit.ok) return finishTable(dataset, commit.value);
    return failedStep(`cannot read what the command wrote to {output} as ${format}: ${commit.error.message}`);
  };

  return {
    async runQuery(step, snapshot) {
      const commit = await snapshot.replaceByQuery(getCommitAuthor(step), step.dataset, step.query.text, stopped);
      if (commit.ok) return finishTable(step.dataset, commit.value);
      return stopped.aborted ? cancelledStep : failedStep(formatProblem(step.query, commit.error));
    },

    async runCommand(step, snapshot) {
      const { input, output } = step;
      const folder = await snapshot.createFolder();
      const inputs = await snapshot.readVersions(step.inputTables);
      const inputPath = join(folder, `input.${input?.format ?? ''}`);
      const outputPath = join(folder, `output.${output?.format ?? ''}`);
      if (input !== null) {
        const written = await snapshot.exportTable(input.dataset, input.format, inputPath, stopped);
        if (!written.ok) return failedStep(`cannot export ${input.dataset} to the command: ${written.error.message}`);
      }
      const [program = '', ...args] = step.command.map((word) =>
        word.replaceAll('{input}', () => inputPath).replaceAll('{output}', () => outputPath),
      );
      const { environment, secrets } = commandEnvironment;
      const result = await runProcess({
        command: [program, ...args],
        cwd: step.folder,
        env: { ...environment, ...step.env },
        timeout: step.timeout,
        signal: stopped,
        redact: createRedactor([...secrets, ...collectSecrets(step.env)]),
        clock,
      });
      if (stopped.aborted) return cancelledStep;
      const exit = checkExit(result);
      if (!exit.ok) return failedStep(`the command ${exit.error}`);
      if (output !== null) return importOutput(step, output, outputPath, snapshot, inputs);
      await snapshot.recordStepDone(getCommitAuthor(step), inputs);
      return { status: 'ok', reason: null, rows: 0 };
    },
  };
}

function getCommitAuthor({ name, definition }: SqlStep | ExecStep): {
  readonly step: string;
  readonly definition: string;
} {
  return { step: name, definition };
}

/** The values of the step's environment may be secrets under any name. Very short ones would match everywhere. */
function collectSecrets(env: ExecStep['env']): readonly string[] {
  return Object.values(env).filter(({ length }) => length >= 4);
}

/** Formats a problem with its location in the file that contains the statement. */
function formatProblem({ text, file, line, column, indent }: QueryText, { message, offset }: StatementProblem): string {
  if (offset === null) return `${file}:${String(line)}: ${message}`;
  const lines = text.slice(0, offset).split('\n');
  const linesBelow = lines.length - 1;
  const columnOffset = lines.at(-1)?.length ?? 0;
  if (linesBelow > 0 && indent === null) return `${file}:${String(line)}: ${message}`;
  const first = linesBelow === 0 ? column : (indent ?? 0) + 1;
  return `${file}:${String(line + linesBelow)}:${String(first + columnOffset)}: ${message}`;
}
