import type { Committed, RunFinished, Stamped } from '../../core/events.js';
import { isComputed } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import {
  runFacets,
  jobDependency,
  engineFacet,
  eventEnvelope,
  jobName,
  jobNamespace,
  jobTypeFacet,
  parentFacet,
} from './run-state.js';
import type { RunState } from './run-state.js';
import { listComputedInputs } from './computed-columns.js';
import { toWindowCondition } from './facets.js';
import { columnLineageFacet, toProviderDataset, providerTableId, toTableDataset, tableId } from './datasets.js';
import type { Facets, OpenLineageEvent, OpenLineageInput, OpenLineageOutput } from './types.js';
import { countEndedTasks, describeStepEnd } from './step-progress.js';
import type { StepProgress } from './step-progress.js';
import { groupBy } from '../../platform/group-by.js';
import { stepRunId } from './step-run-id.js';

/**
 * Builds an event of the run of the pipeline. Its steps, which name it as parent, report their own tables; this event only
 * reports tables that no single step wrote, such as those of recovered results.
 */
export function buildRunEvent(
  run: RunState,
  eventType: OpenLineageEvent['eventType'],
  at: Instant,
  finished: Stamped<RunFinished> | null,
): OpenLineageEvent {
  const { started, facet } = run;
  const steps = [...run.steps.values()];
  const nominalWindow = boundingWindow(steps.flatMap(({ plan }) => plan.span ?? []));
  const message =
    finished === null || finished.status === 'ok' ? null : (finished.reason ?? `the run ended as ${finished.status}`);
  const idleSteps = finished === null ? [] : stepsWithoutWork(run);
  const parameters = {
    'pipeline.file': started.pipeline.file,
    'pipeline.hash': started.pipeline.hash,
    lake: started.lake,
    ...(run.planned === null
      ? {}
      : { 'planned.tasks': String(run.planned.tasks), 'planned.requests': String(run.planned.requests) }),
    ...(finished === null
      ? {}
      : { status: finished.status, requests: String(finished.requests), rows: String(finished.rows) }),
    ...(idleSteps.length === 0 ? {} : { 'steps.without.work': idleSteps.join(', ') }),
  };
  return {
    ...eventEnvelope(run, eventType, at),
    run: {
      runId: started.runId,
      facets: {
        ...(finished === null ? {} : engineFacet(run)),
        ...runFacets(run, nominalWindow, message),
        executionParameters: facet('executionParameters', {
          parameters: Object.entries(parameters).map(([key, value]) => ({ key, value })),
        }),
      },
    },
    job: {
      namespace: jobNamespace,
      name: started.pipeline.name,
      facets: {
        jobType: jobTypeFacet(facet, 'DAG'),
        ...(finished === null
          ? {}
          : {
              documentation: facet('jobDocumentation', {
                description: started.pipeline.description ?? `The pipeline in ${started.pipeline.file}`,
              }),
            }),
      },
    },
    inputs: finished === null ? [] : buildExaminedTables(run),
    outputs: finished === null ? [] : buildSharedOutputs(run),
  };
}

/**
 * Builds an event of a run that crashed: this run has committed what it had received, and the rows carry its id. The run
 * itself has ended, so the event is no end of it.
 */
export function buildRecoveryEvent(
  run: RunState,
  { at, dataset, version, rows, bytes, files }: Stamped<Committed>,
  { runId, pipeline }: NonNullable<Committed['recoveredFrom']>,
): OpenLineageEvent {
  const { started, facet } = run;
  const statistics = { rowCount: rows, size: bytes, fileCount: files };
  const parameters = [{ key: 'committed.by.run', value: started.runId }];
  return {
    ...eventEnvelope(run, 'OTHER', at),
    run: { runId, facets: { executionParameters: facet('executionParameters', { parameters }) } },
    job: { namespace: jobNamespace, name: pipeline, facets: { jobType: jobTypeFacet(facet, 'DAG') } },
    inputs: [],
    outputs: [
      {
        ...toTableDataset(started.lake, dataset, facet, {
          version: facet('version', { datasetVersion: String(version) }),
        }),
        outputFacets: { outputStatistics: facet('outputStatistics', statistics) },
      },
    ],
  };
}

/** The tables that quality rules examined, with the results as assertions. */
function buildExaminedTables(run: RunState): readonly OpenLineageInput[] {
  const { facet, started } = run;
  return [...groupBy(run.quality, ({ dataset }) => dataset)].map(([dataset, checks]) => ({
    ...tableId(started.lake, dataset),
    facets: versionFacet(run, dataset),
    inputFacets: {
      dataQualityAssertions: facet('dataQualityAssertions', {
        assertions: checks.map(({ rule, kind, column, severity, violations, problem }) => ({
          assertion: kind,
          name: rule,
          success: violations === 0 && problem === undefined,
          ...(column === null ? {} : { column }),
          ...(problem === undefined ? {} : { description: problem }),
          expected: '0',
          actual: String(violations),
          severity: severity === 'error' ? 'error' : 'warn',
        })),
      }),
    },
  }));
}

/** The steps that were up to date, which have no events. */
function stepsWithoutWork({ steps, customSteps }: RunState): readonly string[] {
  const idleFetchSteps = [...steps.values()].filter(
    (step) => step.state === 'waiting' && countEndedTasks(step) >= step.plan.tasks,
  );
  const idleCustomSteps = [...customSteps.values()].filter(
    ({ state, finished }) => state === 'waiting' && finished !== null,
  );
  return [...idleFetchSteps, ...idleCustomSteps].map(({ plan }) => plan.step);
}

/** The written tables that not exactly one step reports. */
function buildSharedOutputs(run: RunState): readonly OpenLineageOutput[] {
  return [...run.written]
    .filter(([dataset]) => stepsWriting(run, dataset).filter(({ state }) => state !== 'waiting').length !== 1)
    .map(([dataset, { rows, bytes, files }]) => ({
      ...toTableDataset(run.started.lake, dataset, run.facet, versionFacet(run, dataset)),
      outputFacets: {
        outputStatistics: run.facet('outputStatistics', { rowCount: rows, size: bytes, fileCount: files }),
      },
    }));
}

/** The steps that write to a table. */
function stepsWriting(run: RunState, dataset: Dataset): readonly StepProgress[] {
  return [...run.steps.values()].filter(({ plan }) => plan.dataset === dataset);
}

/**
 * Builds an event of the run of one step. START only identifies the run and its inputs; the end event is complete, for
 * consumers that read nothing else.
 */
export function buildStepEvent(
  run: RunState,
  step: StepProgress,
  eventType: OpenLineageEvent['eventType'],
  at: Instant,
): OpenLineageEvent {
  const { started, facet } = run;
  const { plan } = step;
  const isEnd = eventType !== 'START';
  const upstream = upstreamTables(run, step);
  const dependencies =
    isEnd && plan.needs.length > 0
      ? { jobDependencies: facet('jobDependencies', { upstream: plan.needs.map((need) => jobDependency(run, need)) }) }
      : {};
  const description = isFetched(step) ? `Fetches ${plan.dataset} from ${plan.provider}` : `Computes ${plan.dataset}`;
  return {
    ...eventEnvelope(run, eventType, at),
    run: {
      runId: stepRunId(started.runId, plan.step),
      facets: {
        ...(isEnd ? engineFacet(run) : {}),
        ...runFacets(run, step.requestedWindow ?? plan.span, isEnd ? describeStepEnd(step).message : null),
        parent: parentFacet(run),
        ...dependencies,
      },
    },
    job: {
      namespace: jobNamespace,
      name: jobName(started, plan.step),
      facets: {
        jobType: jobTypeFacet(facet, 'TASK'),
        ...(isEnd ? { documentation: facet('jobDocumentation', { description }) } : {}),
      },
    },
    inputs: isEnd
      ? [
          ...(isFetched(step) ? [buildProviderInput(run, step)] : []),
          ...upstream.map((dataset) => buildTableInput(run, dataset)),
        ]
      : [
          ...(isFetched(step) ? [providerTableId(plan.provider, plan.dataset)] : []),
          ...upstream.map((dataset) => tableId(started.lake, dataset)),
        ].map((name) => ({ ...name, facets: {}, inputFacets: {} })),
    outputs: isEnd ? [buildStepOutput(run, step, upstream)] : [],
  };
}

/** Returns whether the step fetches from a provider. */
function isFetched({ plan }: StepProgress): boolean {
  return plan.provider !== 'pipe';
}

/** The tables that a step reads: of a computed step those of its columns, else those of the steps that it needs. */
function upstreamTables(run: RunState, step: StepProgress): readonly Dataset[] {
  if (isComputed(step.plan.dataset)) return listComputedInputs(step.plan.dataset);
  const tables = step.plan.needs.flatMap((need) => run.steps.get(need)?.plan.dataset ?? []);
  return [...new Set(tables)].filter((dataset) => dataset !== step.plan.dataset);
}

function buildProviderInput(run: RunState, step: StepProgress): OpenLineageInput {
  const { facet } = run;
  const assertion = {
    assertion: 'requests_succeeded',
    success: step.failedRequests === 0,
    description: 'The provider answered every request',
    expected: String(step.completedRequests),
    actual: String(step.completedRequests - step.failedRequests),
    severity: 'error',
  };
  return {
    ...toProviderDataset(step.plan.provider, step.plan.dataset, facet),
    inputFacets: {
      ...(step.requestedWindow === null
        ? {}
        : { subset: facet('inputSubset', { inputCondition: toWindowCondition(step.requestedWindow) }) }),
      ...(step.completedRequests > 0
        ? { dataQualityAssertions: facet('dataQualityAssertions', { assertions: [assertion] }) }
        : {}),
    },
  };
}

/** Without a schema: the step that writes the table reports it. */
function buildTableInput(run: RunState, dataset: Dataset): OpenLineageInput {
  const { facet } = run;
  const damaged = run.damaged.get(dataset) ?? 0;
  const assertion = {
    assertion: 'files_intact',
    success: damaged === 0,
    description: 'Every file in the table log is on disk and intact',
    expected: '0',
    actual: String(damaged),
    severity: 'warn',
  };
  return {
    ...tableId(run.started.lake, dataset),
    facets: versionFacet(run, dataset),
    inputFacets: { dataQualityAssertions: facet('dataQualityAssertions', { assertions: [assertion] }) },
  };
}

function buildStepOutput(run: RunState, step: StepProgress, upstream: readonly Dataset[]): OpenLineageOutput {
  const { facet, started } = run;
  const { plan } = step;
  const written = run.written.get(plan.dataset);
  // Steps that share a table share its commits: only the rows can be attributed.
  const isOnlyWriter = stepsWriting(run, plan.dataset).length === 1;
  const statistics = {
    rowCount: step.rows,
    ...(isOnlyWriter ? { size: written?.bytes ?? 0, fileCount: written?.files ?? 0 } : {}),
  };
  return {
    ...toTableDataset(started.lake, plan.dataset, facet, {
      ...columnLineageFacet(started.lake, plan.provider, plan.dataset, upstream, facet),
      ...versionFacet(run, plan.dataset),
    }),
    outputFacets: {
      outputStatistics: facet('outputStatistics', statistics),
      ...(step.requestedWindow === null
        ? {}
        : { subset: facet('outputSubset', { outputCondition: toWindowCondition(step.requestedWindow) }) }),
    },
  };
}

/** The Delta version after the last commit of this run, if any. */
function versionFacet(run: RunState, dataset: Dataset): Facets {
  const written = run.written.get(dataset);
  return written === undefined ? {} : { version: run.facet('version', { datasetVersion: String(written.version) }) };
}

function boundingWindow(windows: readonly Window[]): Window | null {
  const [first, ...rest] = windows;
  if (first === undefined) return null;
  return rest.reduce(
    (sum, { start, end }) => ({ start: Math.min(sum.start, start), end: Math.max(sum.end, end) }),
    first,
  );
}
