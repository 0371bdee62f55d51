import { expect, test } from 'vitest';
import type { OwnTask } from '../../src/graph/task-graph.js';
import type { OwnKnowledge, OwnTable } from '../../src/lake/contract.js';
import { noOwnKnowledge, planOwnSteps } from '../../src/plan/plan-own.js';
import type { OwnPlanning } from '../../src/plan/plan-own.js';

const query = { text: 'FROM equity_bars', file: 'a.yaml', line: 1, column: 1, indent: null };

function sql(name: string, needs: readonly string[] = []): OwnTask {
  return { id: name, needs, step: { name, uses: 'sql', needs, query, dataset: name, definition: 'now' } };
}

function made(dataset: string, inputs: Readonly<Record<string, number>>, definition = 'now'): OwnTable {
  const origin = { pipeline: 'p', step: dataset, runId: 'r', at: 0, definition, inputs };
  return { dataset, version: 0, rows: 1, bytes: 1, files: 1, columns: [], origin, whole: true };
}

function plan(knowledge: OwnKnowledge, more: Partial<OwnPlanning> = {}): readonly string[] {
  const planning = { planned: [], pipeline: 'p', options: { steps: null, force: false }, tasks: [sql('a')], ...more };
  return planOwnSteps(planning, knowledge).map(({ id, status, reason }) => `${id} ${status}: ${reason}`);
}

const versions = { equity_bars: 3, chains: 1, a: 0 };

test.each<[string, OwnKnowledge, string]>([
  ['nothing is there', noOwnKnowledge, 'a ready: never computed'],
  ['nothing has changed', { tables: [made('a', { equity_bars: 3 })], done: [], versions }, 'a satisfied: up to date'],
  [
    'a table has',
    { tables: [made('a', { equity_bars: 2, chains: 1 })], done: [], versions },
    'a ready: equity_bars has changed',
  ],
  [
    'two have',
    { tables: [made('a', { equity_bars: 2, chains: 0 })], done: [], versions },
    'a ready: equity_bars and chains have changed',
  ],
  ['one is gone', { tables: [made('a', { gone: 2 })], done: [], versions }, 'a ready: gone has changed'],
  [
    'the step has',
    { tables: [made('a', { equity_bars: 3 }, 'old')], done: [], versions },
    'a ready: the query has changed',
  ],
  [
    'files are gone',
    { tables: [{ ...made('a', {}), whole: false }], done: [], versions },
    'a ready: files of its table are gone',
  ],
  [
    'somebody else wrote it',
    { tables: [{ ...made('a', {}), origin: null }], done: [], versions },
    'a blocked: the table a was made by some other program: choose another name with `dataset`',
  ],
])('when %s', (_, knowledge, expected) => {
  expect(plan(knowledge)).toEqual([expected]);
});

test('what needs something that is coming is known afterwards, and so is what needs that', () => {
  const knowledge = { tables: [made('a', { equity_bars: 3 }), made('b', { a: 0 })], done: [], versions };
  const tasks = [sql('a', ['equity']), sql('b', ['a'])];
  const planned = [{ step: 'equity', status: 'deferred', requests: [] }] as const;
  expect(plan(knowledge, { tasks, planned })).toEqual(['a deferred: known after equity', 'b deferred: known after a']);
  expect(plan(knowledge, { tasks })).toEqual(['a satisfied: up to date', 'b satisfied: up to date']);
  const blocked = [{ step: 'equity', status: 'blocked', requests: [] }] as const;
  expect(plan(knowledge, { tasks, planned: blocked })).toEqual([
    'a blocked: needs equity, which cannot be done',
    'b blocked: needs a, which cannot be done',
  ]);
});

test('only wanted steps are planned, and --force does them all', () => {
  const knowledge = { tables: [made('a', { equity_bars: 3 })], done: [], versions };
  expect(plan(knowledge, { options: { steps: ['equity'], force: false } })).toEqual([]);
  expect(plan(knowledge, { options: { steps: ['a'], force: true } })).toEqual(['a ready: forced']);
});
