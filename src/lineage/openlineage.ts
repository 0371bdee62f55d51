import type { RunEvent, RunStatus } from '../core/events.js';
import type { Dataset } from '../core/tables.js';
import type { Instant } from '../core/time.js';
import { facetMaker, producerOf } from './facets.js';
import { runEvent, stepEvent } from './openlineage-events.js';
import type { Started, Told } from './openlineage-parts.js';
import { noteOwn, ownEndings } from './openlineage-own.js';
import type { OpenLineageEvent } from './openlineage-types.js';
import { endedTasks, noteAnswered, noteFinished, noteSent, stepEnding, stepProgress } from './step-progress.js';
import type { StepProgress, TableWritten, TablesWritten } from './step-progress.js';

/**
 * Tells the events of one run in the words of OpenLineage: one OpenLineage run for the pipeline and one, with the pipeline's
 * as parent, for each step with work: one that has everything already is named by the pipeline's end. Each gets one START and
 * one COMPLETE, FAIL or ABORT.
 */
export function openLineageTranslator(): (event: RunEvent) => readonly OpenLineageEvent[] {
  let teller: Teller | null = null;
  return (event) => {
    if (event.type === 'run-started') teller = openTeller(event);
    return teller === null ? [] : teller(event);
  };
}

type Teller = (event: RunEvent) => readonly OpenLineageEvent[];

function openTeller(started: Started): Teller {
  const run: Told = {
    started,
    planned: null,
    steps: new Map(),
    written: new Map(),
    damaged: new Map(),
    own: new Map(),
    facet: facetMaker(producerOf(started.version)),
  };
  const stepOfTask = new Map<string, StepProgress>();
  let over = false;

  function begin(step: StepProgress | undefined, at: Instant): readonly OpenLineageEvent[] {
    if (step?.state !== 'waiting') return [];
    step.state = 'started';
    return [stepEvent(run, step, 'START', at)];
  }

  /** A step is over when its tasks are and what they brought is in the log, so that its end can say what was written. */
  function end(at: Instant): readonly OpenLineageEvent[] {
    const ending = [...run.steps.values()].filter((step) => step.state === 'started' && isSettled(step));
    for (const step of ending) step.state = 'ended';
    return ending.map((step) => stepEvent(run, step, stepEnding(step).type, at));
  }

  function isSettled(step: StepProgress): boolean {
    if (endedTasks(step) < step.plan.tasks) return false;
    const { dataset } = step.plan;
    const answered = [...run.steps.values()].reduce(
      (sum, one) => sum + (one.plan.dataset === dataset ? one.answered : 0),
      0,
    );
    return (run.written.get(dataset)?.settled ?? 0) >= answered;
  }

  return (event) => {
    if (over) return [];
    switch (event.type) {
      case 'damage-found':
        run.damaged.set(event.dataset, (run.damaged.get(event.dataset) ?? 0) + 1);
        return [];
      case 'planned': {
        const first = run.planned === null;
        run.planned = event;
        for (const step of event.steps) if (!run.steps.has(step.step)) run.steps.set(step.step, stepProgress(step));
        for (const plan of event.own ?? [])
          if (!run.own.has(plan.step)) run.own.set(plan.step, { plan, state: 'waiting', end: null, made: null });
        return first ? [runEvent(run, 'START', started.at, null)] : [];
      }
      case 'task-started': {
        if (run.own.has(event.step)) return noteOwn(run, event);
        const step = run.steps.get(event.step);
        if (step !== undefined) stepOfTask.set(event.task, step);
        return event.requests === 0 ? [] : begin(step, event.at);
      }
      case 'request-sent': {
        const step = stepOfTask.get(event.task);
        if (step === undefined) return [];
        const begun = begin(step, event.at);
        noteSent(step, event.window);
        return begun;
      }
      case 'request-answered': {
        const step = stepOfTask.get(event.task);
        if (step !== undefined) noteAnswered(step, event);
        return [];
      }
      case 'replaced':
        return noteOwn(run, event);
      case 'task-finished': {
        if (run.own.has(event.step)) return noteOwn(run, event);
        const step = run.steps.get(event.step);
        stepOfTask.delete(event.task);
        if (step === undefined) return [];
        const begun = event.status === 'satisfied' ? [] : begin(step, event.at);
        noteFinished(step, event);
        return [...begun, ...end(event.at)];
      }
      case 'committed': {
        const table = writtenTo(run.written, event.dataset);
        table.version = event.version;
        table.rows += event.rows;
        table.files += event.files;
        table.bytes += event.bytes;
        if (run.planned !== null) table.settled += event.requests;
        return end(event.at);
      }
      case 'compacted': {
        const table = run.written.get(event.dataset);
        if (table !== undefined) table.version = event.version;
        return [];
      }
      case 'run-finished': {
        over = true;
        const begun = run.planned === null ? [runEvent(run, 'START', started.at, null)] : [];
        const left = [...run.steps.values()].filter((step) => step.state === 'started');
        const ended = left.map((step) => stepEvent(run, step, stepEnding(step).type, event.at));
        return [
          ...begun,
          ...ended,
          ...ownEndings(run, event.at),
          runEvent(run, runEndings[event.status], event.at, event),
        ];
      }
      default:
        return [];
    }
  };
}

/** What is not whole is not complete: consumers that wait for this run would go on with holes. */
const runEndings: Readonly<Record<RunStatus, 'COMPLETE' | 'FAIL' | 'ABORT'>> = {
  ok: 'COMPLETE',
  partial: 'FAIL',
  failed: 'FAIL',
  interrupted: 'ABORT',
};

function writtenTo(tables: TablesWritten, dataset: Dataset): TableWritten {
  const table = tables.get(dataset) ?? { version: -1, rows: 0, files: 0, bytes: 0, settled: 0 };
  tables.set(dataset, table);
  return table;
}
