import { DirectedGraph } from 'graphology';

import type { CustomStep, Pipeline, PipelineSymbol, Step } from '../config/pipeline/pipeline.js';

/** Identifies a task: the step, a slash, and the symbol as written. */
export type TaskId = string;

/** One step for one symbol: a node of the graph. */
export interface Task {
  readonly id: TaskId;
  readonly step: Step;
  readonly symbol: PipelineSymbol;
  /** Tasks that have to succeed before this one may start. */
  readonly needs: readonly TaskId[];
}

/** A custom step, which runs once for the whole pipeline: its id is the step's name. */
export interface CustomTask {
  readonly id: TaskId;
  readonly step: CustomStep;
  /** Steps all of whose tasks have to succeed before this one may start. */
  readonly needs: readonly string[];
}

/** All tasks of a pipeline and their dependencies. */
export interface TaskGraph {
  /** In topological order, then in the order of the symbols, which is by priority. */
  readonly tasks: readonly Task[];
  /** Custom tasks, in topological order. They follow the other tasks. */
  readonly customTasks: readonly CustomTask[];
  task(id: TaskId): Task | undefined;
  /** Returns the tasks that need this one. */
  dependents(id: TaskId): readonly TaskId[];
}

export function taskId(step: string, symbol: string): TaskId {
  return `${step}/${symbol}`;
}

/**
 * Expands a pipeline into its tasks, in the order of the steps, which is topological.
 *
 * The dependencies are the same for every symbol, so the graph has one node per step: the number of symbols adds no edges.
 */
export function buildTaskGraph(pipeline: Pipeline): TaskGraph {
  const steps = buildStepGraph(pipeline.steps);
  const tasks = new Map<TaskId, Task>();
  for (const step of pipeline.steps) {
    const neededSteps = steps.inNeighbors(step.name);
    for (const symbol of pipeline.symbols) {
      if (!includesStep(symbol, step)) continue;
      const id = taskId(step.name, symbol.instrument.symbol);
      // A symbol may exclude a step; its tasks then do not need that step.
      const needs = neededSteps.map((need) => taskId(need, symbol.instrument.symbol)).filter((need) => tasks.has(need));
      tasks.set(id, { id, step, symbol, needs });
    }
  }
  const dependentSteps = new Map(pipeline.steps.map(({ name }) => [name, steps.outNeighbors(name)]));
  return {
    tasks: [...tasks.values()],
    customTasks: pipeline.customSteps.map((step) => ({ id: step.name, step, needs: step.needs })),
    task: (id) => tasks.get(id),
    dependents(id) {
      const task = tasks.get(id);
      if (task === undefined) return [];
      const dependentNames = dependentSteps.get(task.step.name) ?? [];
      return dependentNames
        .map((name) => taskId(name, task.symbol.instrument.symbol))
        .filter((other) => tasks.has(other));
    },
  };
}

function buildStepGraph(steps: readonly Step[]): DirectedGraph {
  const graph = new DirectedGraph({ allowSelfLoops: false });
  for (const { name } of steps) graph.addNode(name);
  for (const { name, needs } of steps) for (const need of needs) graph.addDirectedEdge(need, name);
  return graph;
}

function includesStep(symbol: PipelineSymbol, step: Step): boolean {
  return symbol.steps === null || symbol.steps.includes(step.name);
}
