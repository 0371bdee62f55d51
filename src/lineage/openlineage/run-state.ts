import type { PlannedCustomStepSummary, Planned, RunStarted, Stamped, TableReplaced, TaskFinished } from '../../core/events.js';
import type { Dataset } from '../../core/tables/tables.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import { producerUrn } from './facets.js';
import type { FacetFactory } from './facets.js';
import type { Facets, OpenLineageEvent } from './types.js';
import type { StepProgress, TablesWritten } from './step-progress.js';
import { stepRunId } from './step-run-id.js';

/** The namespace of every job: a pipeline, and each of its steps. */
export const jobNamespace = 'pipe';

const schemaURL = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';


/** What is known of a run while it is told. */
export interface RunState {
  readonly started: Stamped<RunStarted>;
  planned: Stamped<Planned> | null;
  readonly steps: Map<string, StepProgress>;
  readonly written: TablesWritten;
  readonly damaged: Map<Dataset, number>;
  /** The steps of the user's own. */
  readonly customSteps: Map<string, CustomStepProgress>;
  readonly facet: FacetFactory;
}

/** One step of the user's own while its run goes on. */
export interface CustomStepProgress {
  readonly plan: PlannedCustomStepSummary;
  /** `waiting` to the end where there is nothing to do. */
  state: 'waiting' | 'started' | 'ended';
  finished: Stamped<TaskFinished> | null;
  replaced: Stamped<TableReplaced> | null;
}

/** How an event of this run begins. */
export function eventEnvelope(
  run: RunState,
  eventType: OpenLineageEvent['eventType'],
  at: Instant,
): Pick<OpenLineageEvent, 'eventTime' | 'eventType' | 'producer' | 'schemaURL'> {
  return { eventTime: formatInstant(at), eventType, producer: producerUrn(run.started.version), schemaURL };
}

/** What did the work. */
export function engineFacet({ facet, started: { version } }: RunState): Facets {
  return {
    processing_engine: facet('processing_engine', { version, name: 'pipe', openlineageAdapterVersion: version }),
  };
}

/** What is said of a run, whether of the pipeline or of a step: what it is about, and what went wrong. */
export function runFacets({ facet }: RunState, span: Window | null, message: string | null): Facets {
  return {
    ...(span === null
      ? {}
      : {
          nominalTime: facet('nominalTime', {
            nominalStartTime: formatInstant(span.start),
            nominalEndTime: formatInstant(span.end),
          }),
        }),
    ...(message === null
      ? {}
      : { errorMessage: facet('errorMessage', { message, programmingLanguage: 'TypeScript' }) }),
  };
}

/** That the run of a step belongs to that of the pipeline. */
export function parentFacet({ facet, started }: RunState): Facets[string] {
  const pipeline = { run: { runId: started.runId }, job: { namespace: jobNamespace, name: started.pipeline.name } };
  return facet('parent', { ...pipeline, root: pipeline });
}

/** The name of the job that a step is. */
export function jobName(started: Stamped<RunStarted>, step: string): string {
  return `${started.pipeline.name}.${step}`;
}

/** What kind of job it is. */
export function jobType(facet: FacetFactory, type: 'DAG' | 'TASK'): Facets[string] {
  return facet('jobType', {
    processingType: 'BATCH',
    integration: 'PIPE',
    jobType: type,
    emissionPattern: { eventTrigger: 'EVENT_BASED', eventContentMode: 'ACCUMULATIVE' },
  });
}

/** What says that a step comes after another; one without work has no run. */
export function jobDependency({ started, steps, customSteps }: RunState, step: string): object {
  const hasRun = (steps.get(step) ?? customSteps.get(step))?.state !== 'waiting';
  return {
    job: { namespace: jobNamespace, name: jobName(started, step) },
    ...(hasRun ? { run: { runId: stepRunId(started.runId, step) } } : {}),
    dependency_type: 'DIRECT_INVOCATION',
    sequence_trigger_rule: 'FINISH_TO_START',
    status_trigger_rule: 'EXECUTE_ON_SUCCESS',
  };
}
