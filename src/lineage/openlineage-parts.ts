import type { PlannedOwnStep, RunEvent } from '../core/events.js';
import type { Dataset } from '../core/tables.js';
import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { Window } from '../core/window.js';
import { producerOf } from './facets.js';
import type { FacetMaker } from './facets.js';
import type { Facets, OpenLineageEvent } from './openlineage-types.js';
import type { StepProgress, TablesWritten } from './step-progress.js';
import { stepRunId } from './step-run-id.js';

/** The namespace of every job: a pipeline, and each of its steps. */
export const jobNamespace = 'pipe';

const schemaURL = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';

/** How a run begins. */
export type Started = Extract<RunEvent, { type: 'run-started' }>;

/** What is known of a run while it is told. */
export interface Told {
  readonly started: Started;
  planned: Extract<RunEvent, { type: 'planned' }> | null;
  readonly steps: Map<string, StepProgress>;
  readonly written: TablesWritten;
  readonly damaged: Map<Dataset, number>;
  /** The steps of the user's own. */
  readonly own: Map<string, OwnProgress>;
  readonly facet: FacetMaker;
}

/** One step of the user's own while its run goes on. */
export interface OwnProgress {
  readonly plan: PlannedOwnStep;
  /** `waiting` to the end where there is nothing to do. */
  state: 'waiting' | 'started' | 'ended';
  end: Extract<RunEvent, { type: 'task-finished' }> | null;
  made: Extract<RunEvent, { type: 'replaced' }> | null;
}

/** How an event of this run begins. */
export function envelope(
  run: Told,
  eventType: OpenLineageEvent['eventType'],
  at: Instant,
): Pick<OpenLineageEvent, 'eventTime' | 'eventType' | 'producer' | 'schemaURL'> {
  return { eventTime: isoInstant(at), eventType, producer: producerOf(run.started.version), schemaURL };
}

/** What did the work. */
export function engine({ facet, started: { version } }: Told): Facets {
  return {
    processing_engine: facet('processing_engine', { version, name: 'pipe', openlineageAdapterVersion: version }),
  };
}

/** What is said of a run, whether of the pipeline or of a step: what it is about, and what went wrong. */
export function circumstances({ facet }: Told, span: Window | null, message: string | null): Facets {
  return {
    ...(span === null
      ? {}
      : {
          nominalTime: facet('nominalTime', {
            nominalStartTime: isoInstant(span.start),
            nominalEndTime: isoInstant(span.end),
          }),
        }),
    ...(message === null
      ? {}
      : { errorMessage: facet('errorMessage', { message, programmingLanguage: 'TypeScript' }) }),
  };
}

/** That the run of a step belongs to that of the pipeline. */
export function parent({ facet, started }: Told): Facets[string] {
  const pipeline = { run: { runId: started.runId }, job: { namespace: jobNamespace, name: started.pipeline.name } };
  return facet('parent', { ...pipeline, root: pipeline });
}

/** The name of the job that a step is. */
export function jobName(started: Started, step: string): string {
  return `${started.pipeline.name}.${step}`;
}

/** What kind of job it is. */
export function jobType(facet: FacetMaker, type: 'DAG' | 'TASK'): Facets[string] {
  return facet('jobType', {
    processingType: 'BATCH',
    integration: 'PIPE',
    jobType: type,
    emissionPattern: { eventTrigger: 'EVENT_BASED', eventContentMode: 'ACCUMULATIVE' },
  });
}

/** What says that a step comes after another; one without work has no run. */
export function dependency({ started, steps, own }: Told, step: string): object {
  const ran = (steps.get(step) ?? own.get(step))?.state !== 'waiting';
  return {
    job: { namespace: jobNamespace, name: jobName(started, step) },
    ...(ran ? { run: { runId: stepRunId(started.runId, step) } } : {}),
    dependency_type: 'DIRECT_INVOCATION',
    sequence_trigger_rule: 'FINISH_TO_START',
    status_trigger_rule: 'EXECUTE_ON_SUCCESS',
  };
}
