import { expect, test } from 'vitest';
import type { CustomTask } from '../../../src/plan/task-graph.js';
import type { UserTablesState, UserTable } from '../../../src/lake/api.js';
import { emptyCustomStepState, planCustomSteps } from '../../../src/plan/tasks/plan-custom-steps.js';
import type { CustomStepsContext } from '../../../src/plan/tasks/plan-custom-steps.js';

const query = { text: 'FROM equity_bars', file: 'a.yaml', line: 1, column: 1, indent: null };

function sqlTask(name: string, needs: readonly string[] = []): CustomTask {
  return { id: name, needs, step: { name, uses: 'sql', needs, query, dataset: name, definition: 'now' } };
}

function userTable(dataset: string, inputs: Readonly<Record<string, number>>, definition = 'now'): UserTable {
  const origin = { pipeline: 'p', step: dataset, runId: 'r', at: 0, definition, inputs };
  return { dataset, version: 0, rows: 1, bytes: 1, files: 1, columns: [], origin, isIntact: true, refusal: null };
}

function describePlan(stepState: UserTablesState, more: Partial<CustomStepsContext> = {}): readonly string[] {
  const context = {
    plannedTasks: [],
    pipeline: 'p',
    options: { steps: null, force: false },
    imports: new Map(),
    tasks: [sqlTask('a')],
    ...more,
  };
  return planCustomSteps(context, stepState).map(({ id, status, reason }) => `${id} ${status}: ${reason}`);
}

const versions = { equity_bars: 3, chains: 1, a: 0 };

test.each<[string, UserTablesState, string]>([
  ['the lake is empty', emptyCustomStepState, 'a ready: never computed'],
  [
    'nothing has changed',
    { tables: [userTable('a', { equity_bars: 3 })], stepsDone: [], versions },
    'a up-to-date: up to date',
  ],
  [
    'an input table has changed',
    { tables: [userTable('a', { equity_bars: 2, chains: 1 })], stepsDone: [], versions },
    'a ready: equity_bars has changed',
  ],
  [
    'two input tables have changed',
    { tables: [userTable('a', { equity_bars: 2, chains: 0 })], stepsDone: [], versions },
    'a ready: equity_bars and chains have changed',
  ],
  [
    'an input table is missing',
    { tables: [userTable('a', { missing: 2 })], stepsDone: [], versions },
    'a ready: missing has changed',
  ],
  [
    'the query has changed',
    { tables: [userTable('a', { equity_bars: 3 }, 'old')], stepsDone: [], versions },
    'a ready: the query has changed',
  ],
  [
    'files of its table are missing',
    { tables: [{ ...userTable('a', {}), isIntact: false }], stepsDone: [], versions },
    'a ready: files of its table are missing',
  ],
  [
    'another program wrote its table',
    { tables: [{ ...userTable('a', {}), origin: null }], stepsDone: [], versions },
    'a blocked: the table a belongs to another program: choose another name with `dataset`',
  ],
])('plans the step when %s', (_, stepState, expected) => {
  expect(describePlan(stepState)).toEqual([expected]);
});

test('defers steps whose needs are fetched by the plan, and blocks steps whose needs are blocked', () => {
  const stepState = { tables: [userTable('a', { equity_bars: 3 }), userTable('b', { a: 0 })], stepsDone: [], versions };
  const tasks = [sqlTask('a', ['equity']), sqlTask('b', ['a'])];
  const planned = [{ step: 'equity', status: 'deferred' }] as const;
  expect(describePlan(stepState, { tasks, plannedTasks: planned })).toEqual([
    'a deferred: known after equity',
    'b deferred: known after a',
  ]);
  expect(describePlan(stepState, { tasks })).toEqual(['a up-to-date: up to date', 'b up-to-date: up to date']);
  const blocked = [{ step: 'equity', status: 'blocked' }] as const;
  expect(describePlan(stepState, { tasks, plannedTasks: blocked })).toEqual([
    'a blocked: needs equity, which cannot run',
    'b blocked: needs a, which cannot run',
  ]);
});

test('plans only the selected steps, and all of them with --force', () => {
  const stepState = { tables: [userTable('a', { equity_bars: 3 })], stepsDone: [], versions };
  expect(describePlan(stepState, { options: { steps: ['equity'], force: false } })).toEqual([]);
  expect(describePlan(stepState, { options: { steps: ['a'], force: true } })).toEqual(['a ready: forced']);
});
