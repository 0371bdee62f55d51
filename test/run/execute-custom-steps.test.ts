import { expect, test } from 'vitest';

import { systemClock } from '../../src/core/time/clock.js';
import type { TaskStatus } from '../../src/core/events.js';
import type { SqlStep } from '../../src/config/pipeline/pipeline.js';
import type { UserTables } from '../../src/lake/api.js';
import type { PlannedCustomStep } from '../../src/plan/plan.js';
import { emptyCustomStepState } from '../../src/plan/tasks/plan-custom-steps.js';
import { executeCustomSteps } from '../../src/run/execute-custom-steps.js';

function createSqlStep(name: string, needs: readonly string[]): SqlStep {
  const query = { text: 'SELECT 1', file: 'p.yaml', line: 1, column: 1, indent: null };
  return { name, uses: 'sql', needs, definition: 'd', dataset: name, query };
}

const unused = (): never => {
  throw new Error('a step that is up to date reads no table');
};

const tables: UserTables = {
  readState: () => Promise.resolve(emptyCustomStepState),
  openSnapshot: unused,
};

/** `returns partial: reason` of two steps that are up to date, the second of which needs the first. */
async function execute(inputs: readonly TaskStatus[], partialInputs?: readonly string[]): Promise<readonly string[]> {
  const steps = [createSqlStep('returns', ['equity']), createSqlStep('score', ['returns'])];
  const toPlanned = ({ name }: SqlStep): PlannedCustomStep => {
    return { id: name, step: name, uses: 'sql', dataset: name, status: 'up-to-date', reason: 'up to date' };
  };
  const neverAborted = new AbortController().signal;
  const results = await executeCustomSteps({
    tasks: steps.map((step) => ({ id: step.name, step, needs: step.needs })),
    plannedSteps: steps.map((step) => ({
      ...toPlanned(step),
      ...(partialInputs === undefined || step.name !== 'returns' ? {} : { partialInputs }),
    })),
    replan: ({ id }) => toPlanned(createSqlStep(id, [])),
    results: inputs.map((status, index) => ({
      ...{ id: `equity/S${String(index)}`, step: 'equity', symbol: `S${String(index)}`, status },
      ...{ requests: 0, rows: 0, absences: [] },
    })),
    tables,
    importFiles: () => Promise.reject(new Error('no step imports files')),
    commandEnvironment: { environment: {}, secrets: [] },
    clock: systemClock,
    emit: () => undefined,
    shutdown: { stopping: neverAborted, stopped: neverAborted },
  });
  return results.map(({ id, status, reason }) => `${id} ${status}${reason === undefined ? '' : `: ${reason}`}`);
}

test('a table of complete inputs is up to date', async () => {
  expect(await execute(['up-to-date', 'ok'])).toEqual(['returns up-to-date', 'score up-to-date']);
});

test('a table of partial inputs is partial, and so is every table computed from it', async () => {
  expect(await execute(['partial', 'ok', 'partial'])).toEqual([
    'returns partial: its input equity/S0 is partial, and 1 more task',
    'score partial: its input returns is partial',
  ]);
});

test('a table is partial if an input that the run does not select is partial', async () => {
  expect(await execute([], ['equity/GOOGL'])).toEqual([
    'returns partial: its input equity/GOOGL is partial',
    'score partial: its input returns is partial',
  ]);
});
