import { describe, expect, test } from 'vitest';

import { buildTaskGraph, taskId } from '../../src/plan/task-graph.js';
import { createEquityStep, createOptionsStep, createPipeline, createSymbol } from '../fixtures/pipelines.js';

describe('task graph', () => {
  test('has one task per step and symbol, in the order of steps, then symbols', () => {
    const { tasks } = buildTaskGraph(createPipeline(['MSFT', 'AAPL']));
    expect(tasks.map(({ id }) => id)).toEqual([
      'contracts/MSFT',
      'contracts/AAPL',
      'chains/MSFT',
      'chains/AAPL',
      'equity/MSFT',
      'equity/AAPL',
      'options/MSFT',
      'options/AAPL',
    ]);
  });

  test('has only needs of the same symbol, each before its dependent', () => {
    const graph = buildTaskGraph(createPipeline(['AAPL', 'MSFT']));
    const seen = new Set<string>();
    for (const { id, needs, symbol } of graph.tasks) {
      for (const need of needs) {
        expect(seen).toContain(need);
        expect(graph.task(need)?.symbol).toEqual(symbol);
      }
      seen.add(id);
    }
    expect(graph.task('options/AAPL')?.needs).toEqual(['chains/AAPL', 'equity/AAPL']);
  });

  test('returns dependents as the inverse of needs', () => {
    const graph = buildTaskGraph(createPipeline(['AAPL', 'MSFT']));
    for (const { id } of graph.tasks) {
      const expected = graph.tasks.filter(({ needs }) => needs.includes(id)).map((task) => task.id);
      expect([...graph.dependents(id)].sort()).toEqual(expected.sort());
    }
    expect(graph.dependents('contracts/AAPL')).toEqual(['chains/AAPL', 'equity/AAPL']);
  });

  test('has no need for a step that the symbol excludes', () => {
    const graph = buildTaskGraph(
      createPipeline([createSymbol('SPX', { steps: ['contracts', 'equity', 'options'] }), 'AAPL']),
    );
    expect(graph.task('chains/SPX')).toBeUndefined();
    expect(graph.task('options/SPX')?.needs).toEqual(['equity/SPX']);
    expect(graph.task('options/AAPL')?.needs).toEqual(['chains/AAPL', 'equity/AAPL']);
  });

  test('returns undefined and no dependents for an unknown task', () => {
    const graph = buildTaskGraph(createPipeline(['AAPL']));
    expect(graph.task('equity/MSFT')).toBeUndefined();
    expect(graph.dependents('equity/MSFT')).toEqual([]);
  });

  test('names tasks by step when two steps have one type', () => {
    const steps = [
      createEquityStep({ name: 'daily', needs: [] }),
      createEquityStep({ name: 'minutes', needs: ['daily'] }),
    ];
    const graph = buildTaskGraph(createPipeline(['AAPL'], [...steps, createOptionsStep({ needs: ['minutes'] })]));
    expect(graph.dependents(taskId('daily', 'AAPL'))).toEqual(['minutes/AAPL']);
    expect(graph.task('options/AAPL')?.needs).toEqual(['minutes/AAPL']);
  });

  test('expands ten thousand symbols with four steps', () => {
    const symbols = Array.from({ length: 10_000 }, (_, index) => `S${index}`);
    const graph = buildTaskGraph(createPipeline(symbols));
    expect(graph.tasks).toHaveLength(40_000);
    expect(graph.dependents('contracts/S9999')).toEqual(['chains/S9999', 'equity/S9999']);
  });
});
