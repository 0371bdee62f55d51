import type {
  PlannedCustomStepSummary,
  Planned,
  QualityChecked,
  RunStarted,
  Stamped,
  TableReplaced,
  TaskFinished,
} from '../../core/events.js';
import type { TableVersions } from '../../core/tables/user-tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import { producerUrn } from './facets.js';
import type { FacetFactory } from './facets.js';
import type { Facets, OpenLineageEvent } from './types.js';
import type { StepProgress, TablesWritten } from './step-progress.js';
import { stepRunId } from './step-run-id.js';

/** The namespace of all jobs: pipelines and their steps. */
export const jobNamespace = 'pipe';

const schemaURL = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';

/** The state of a run that is being translated. */
export interface RunState {
  readonly started: Stamped<RunStarted>;
  planned: Stamped<Planned> | null;
  readonly steps: Map<string, StepProgress>;
  readonly written: TablesWritten;
  readonly damaged: Map<Dataset, number>;
  /** The results of quality rules. */
  readonly quality: QualityChecked[];
  readonly customSteps: Map<string, CustomStepProgress>;
  readonly facet: FacetFactory;
}

export interface CustomStepProgress {
  readonly plan: PlannedCustomStepSummary;
  /** A step that is up to date stays `waiting`. */
  state: 'waiting' | 'started' | 'ended';
  /** The tables that it reads, known from its start. */
  inputs: TableVersions | null;
  finished: Stamped<TaskFinished> | null;
  replaced: Stamped<TableReplaced> | null;
}

/** The fields that all events share. */
export function eventEnvelope(
  run: RunState,
  eventType: OpenLineageEvent['eventType'],
  at: Instant,
): Pick<OpenLineageEvent, 'eventTime' | 'eventType' | 'producer' | 'schemaURL'> {
  return { eventTime: formatInstant(at), eventType, producer: producerUrn(run.started.version), schemaURL };
}

/** The facet of the processing engine. */
export function engineFacet({ facet, started: { version } }: RunState): Facets {
  return {
    processing_engine: facet('processing_engine', { version, name: 'pipe', openlineageAdapterVersion: version }),
  };
}

/** The facets of a run of the pipeline or a step: its nominal time and its error. */
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

/** The facet that links the run of a step to that of the pipeline. */
export function parentFacet({ facet, started }: RunState): Facets[string] {
  const pipeline = { run: { runId: started.runId }, job: { namespace: jobNamespace, name: started.pipeline.name } };
  return facet('parent', { ...pipeline, root: pipeline });
}

/** The job name of a step. */
export function jobName(started: Stamped<RunStarted>, step: string): string {
  return `${started.pipeline.name}.${step}`;
}

export function jobTypeFacet(facet: FacetFactory, type: 'DAG' | 'TASK'): Facets[string] {
  return facet('jobType', {
    processingType: 'BATCH',
    integration: 'PIPE',
    jobType: type,
    emissionPattern: { eventTrigger: 'EVENT_BASED', eventContentMode: 'ACCUMULATIVE' },
  });
}

/** The dependency on another step; a step that was up to date has no run. */
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
