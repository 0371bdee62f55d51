import { DirectedGraph } from 'graphology';

import type { Pipeline, PipelineSymbol, Step } from '../pipeline/pipeline.js';

/** Names a task everywhere: the step, a slash, the symbol as written. */
export type TaskId = string;

/** A step applied to one symbol: the node of the executed graph. */
export interface Task {
  readonly id: TaskId;
  readonly step: Step;
  readonly symbol: PipelineSymbol;
  /** Tasks that have to end well before this one may start. */
  readonly needs: readonly TaskId[];
}

/** All tasks of a pipeline and what waits for what. */
export interface TaskGraph {
  /** Every task comes after the ones it needs; among equals by the symbols' order, which is by priority. */
  readonly tasks: readonly Task[];
  task(id: TaskId): Task | undefined;
  /** The tasks that wait for this one. */
  dependents(id: TaskId): readonly TaskId[];
}

export function taskId(step: string, symbol: string): TaskId {
  return `${step}/${symbol}`;
}

/** Unfolds a pipeline into its tasks. The pipeline's steps are ordered already, so that the tasks come out ordered too. */
export function buildTaskGraph(pipeline: Pipeline): TaskGraph {
  const graph = new DirectedGraph<Task>({ allowSelfLoops: false });
  const tasks: Task[] = [];
  for (const step of pipeline.steps) {
    for (const symbol of pipeline.symbols) {
      if (!takesPart(symbol, step)) continue;
      const id = taskId(step.name, symbol.instrument.symbol);
      // A symbol that leaves out a step leaves out what the step would have given; the need is then simply not there.
      const needs = step.needs
        .map((need) => taskId(need, symbol.instrument.symbol))
        .filter((need) => graph.hasNode(need));
      const task: Task = { id, step, symbol, needs };
      graph.addNode(id, task);
      for (const need of needs) graph.addDirectedEdge(need, id);
      tasks.push(task);
    }
  }
  return {
    tasks,
    task: (id) => (graph.hasNode(id) ? graph.getNodeAttributes(id) : undefined),
    dependents: (id) => (graph.hasNode(id) ? graph.outNeighbors(id) : []),
  };
}

function takesPart(symbol: PipelineSymbol, step: Step): boolean {
  return symbol.steps === null || symbol.steps.includes(step.name);
}
