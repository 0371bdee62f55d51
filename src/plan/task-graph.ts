import { DirectedGraph } from 'graphology';

import type { CustomStep, Pipeline, PipelineSymbol, Step } from '../config/pipeline/pipeline.js';

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

/** A step of the user's own, done once for the whole pipeline: its id is the step's name. */
export interface CustomTask {
  readonly id: TaskId;
  readonly step: CustomStep;
  /** The steps all of whose tasks have to end well before this one may start. */
  readonly needs: readonly string[];
}

/** All tasks of a pipeline and what waits for what. */
export interface TaskGraph {
  /** Every task comes after the ones it needs; among equals by the symbols' order, which is by priority. */
  readonly tasks: readonly Task[];
  /** What comes after them, each after the ones it needs. */
  readonly customTasks: readonly CustomTask[];
  task(id: TaskId): Task | undefined;
  /** The tasks that wait for this one. */
  dependents(id: TaskId): readonly TaskId[];
}

export function taskId(step: string, symbol: string): TaskId {
  return `${step}/${symbol}`;
}

/**
 * Unfolds a pipeline into its tasks. The pipeline's steps are ordered already, so that the tasks come out ordered too.
 *
 * What waits for what is the same for every symbol, so it is held once, by steps: a hundred thousand symbols then cost no
 * edges at all.
 */
export function buildTaskGraph(pipeline: Pipeline): TaskGraph {
  const steps = buildStepGraph(pipeline.steps);
  const tasks = new Map<TaskId, Task>();
  for (const step of pipeline.steps) {
    const neededSteps = steps.inNeighbors(step.name);
    for (const symbol of pipeline.symbols) {
      if (!includesStep(symbol, step)) continue;
      const id = taskId(step.name, symbol.instrument.symbol);
      // A symbol that leaves out a step leaves out what the step would have given; the need is then simply not there.
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

/** The steps, each with edges to those that need it. */
function buildStepGraph(steps: readonly Step[]): DirectedGraph {
  const graph = new DirectedGraph({ allowSelfLoops: false });
  for (const { name } of steps) graph.addNode(name);
  for (const { name, needs } of steps) for (const need of needs) graph.addDirectedEdge(need, name);
  return graph;
}

function includesStep(symbol: PipelineSymbol, step: Step): boolean {
  return symbol.steps === null || symbol.steps.includes(step.name);
}
