import type { RunEvent } from '../core/events.js';
import type { Dataset } from '../core/tables.js';
import type { Instant } from '../core/time.js';
import type { Window } from '../core/window.js';
import {
  circumstances,
  dependency,
  engine,
  envelope,
  jobName,
  jobNamespace,
  jobType,
  parent,
} from './openlineage-parts.js';
import type { Told } from './openlineage-parts.js';
import { windowCondition } from './facets.js';
import { columnLineage, sourceDataset, sourceName, tableDataset, tableName } from './openlineage-datasets.js';
import type { Facets, OpenLineageEvent, OpenLineageInput, OpenLineageOutput } from './openlineage-types.js';
import { endedTasks, stepEnding } from './step-progress.js';
import type { StepProgress } from './step-progress.js';
import { stepRunId } from './step-run-id.js';

/**
 * An event of the pipeline's own run. Its datasets are those of its steps, which name it as their parent; here are only
 * tables of which no step can tell alone, such as one that got what a dead run had received.
 */
export function runEvent(
  run: Told,
  eventType: OpenLineageEvent['eventType'],
  at: Instant,
  finished: Extract<RunEvent, { type: 'run-finished' }> | null,
): OpenLineageEvent {
  const { started, facet } = run;
  const steps = [...run.steps.values()];
  const span = hull(steps.flatMap(({ plan }) => plan.span ?? []));
  const message =
    finished === null || finished.status === 'ok' ? null : (finished.reason ?? `the run ended as ${finished.status}`);
  const idle = finished === null ? [] : stepsWithoutWork(run);
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
    ...(idle.length === 0 ? {} : { 'steps.without.work': idle.join(', ') }),
  };
  return {
    ...envelope(run, eventType, at),
    run: {
      runId: started.runId,
      facets: {
        ...(finished === null ? {} : engine(run)),
        ...circumstances(run, span, message),
        executionParameters: facet('executionParameters', {
          parameters: Object.entries(parameters).map(([key, value]) => ({ key, value })),
        }),
      },
    },
    job: {
      namespace: jobNamespace,
      name: started.pipeline.name,
      facets: {
        jobType: jobType(facet, 'DAG'),
        ...(finished === null
          ? {}
          : {
              documentation: facet('jobDocumentation', {
                description: started.pipeline.description ?? `The pipeline in ${started.pipeline.file}`,
              }),
            }),
      },
    },
    inputs: [],
    outputs: finished === null ? [] : sharedTables(run),
  };
}

/** The steps that had everything already: no event is about them. */
function stepsWithoutWork({ steps, own }: Told): readonly string[] {
  const asked = [...steps.values()].filter((step) => step.state === 'waiting' && endedTasks(step) >= step.plan.tasks);
  const theirs = [...own.values()].filter(({ state, end }) => state === 'waiting' && end !== null);
  return [...asked, ...theirs].map(({ plan }) => plan.step);
}

/** Tables that were written to and that no step or more than one has told of. */
function sharedTables(run: Told): readonly OpenLineageOutput[] {
  return [...run.written]
    .filter(([dataset]) => tellers(run, dataset).filter(({ state }) => state !== 'waiting').length !== 1)
    .map(([dataset, { rows, bytes, files }]) => ({
      ...tableDataset(run.started.lake, dataset, run.facet, versionFacet(run, dataset)),
      outputFacets: {
        outputStatistics: run.facet('outputStatistics', { rowCount: rows, size: bytes, fileCount: files }),
      },
    }));
}

/** The steps that fill a table. */
function tellers(run: Told, dataset: Dataset): readonly StepProgress[] {
  return [...run.steps.values()].filter(({ plan }) => plan.dataset === dataset);
}

/**
 * An event of the run of one step. The START says which run it is and what it reads; everything else is said once, at the
 * end, which so is whole for those who look at nothing else.
 */
export function stepEvent(
  run: Told,
  step: StepProgress,
  eventType: OpenLineageEvent['eventType'],
  at: Instant,
): OpenLineageEvent {
  const { started, facet } = run;
  const { plan } = step;
  const over = eventType !== 'START';
  const upstream = upstreamTables(run, step);
  const dependencies =
    over && plan.needs.length > 0
      ? { jobDependencies: facet('jobDependencies', { upstream: plan.needs.map((need) => dependency(run, need)) }) }
      : {};
  const description = isAsked(step) ? `Fetches ${plan.dataset} from ${plan.provider}` : `Computes ${plan.dataset}`;
  return {
    ...envelope(run, eventType, at),
    run: {
      runId: stepRunId(started.runId, plan.step),
      facets: {
        ...(over ? engine(run) : {}),
        ...circumstances(run, step.asked ?? plan.span, over ? stepEnding(step).message : null),
        parent: parent(run),
        ...dependencies,
      },
    },
    job: {
      namespace: jobNamespace,
      name: jobName(started, plan.step),
      facets: {
        jobType: jobType(facet, 'TASK'),
        ...(over ? { documentation: facet('jobDocumentation', { description }) } : {}),
      },
    },
    inputs: over
      ? [...(isAsked(step) ? [sourceInput(run, step)] : []), ...upstream.map((dataset) => tableInput(run, dataset))]
      : [
          ...(isAsked(step) ? [sourceName(plan.provider, plan.dataset)] : []),
          ...upstream.map((dataset) => tableName(started.lake, dataset)),
        ].map((name) => ({ ...name, facets: {}, inputFacets: {} })),
    outputs: over ? [stepOutput(run, step, upstream)] : [],
  };
}

/** Whether a source is asked for what the step brings. */
function isAsked({ plan }: StepProgress): boolean {
  return plan.provider !== 'pipe';
}

/** The tables of the steps that this one needs. */
function upstreamTables(run: Told, step: StepProgress): readonly Dataset[] {
  const tables = step.plan.needs.flatMap((need) => run.steps.get(need)?.plan.dataset ?? []);
  return [...new Set(tables)].filter((dataset) => dataset !== step.plan.dataset);
}

function sourceInput(run: Told, step: StepProgress): OpenLineageInput {
  const { facet } = run;
  const assertion = {
    assertion: 'answered',
    success: step.refused === 0,
    description: 'The source answered every request',
    expected: String(step.answered),
    actual: String(step.answered - step.refused),
    severity: 'error',
  };
  return {
    ...sourceDataset(step.plan.provider, step.plan.dataset, facet),
    inputFacets: {
      ...(step.asked === null ? {} : { subset: facet('inputSubset', { inputCondition: windowCondition(step.asked) }) }),
      ...(step.answered > 0
        ? { dataQualityAssertions: facet('dataQualityAssertions', { assertions: [assertion] }) }
        : {}),
    },
  };
}

/** What the table is like is said by the step that fills it. */
function tableInput(run: Told, dataset: Dataset): OpenLineageInput {
  const { facet } = run;
  const damaged = run.damaged.get(dataset) ?? 0;
  const assertion = {
    assertion: 'files_as_written',
    success: damaged === 0,
    description: 'Every file that the log names is on disk as it was written',
    expected: '0',
    actual: String(damaged),
    severity: 'warn',
  };
  return {
    ...tableName(run.started.lake, dataset),
    facets: versionFacet(run, dataset),
    inputFacets: { dataQualityAssertions: facet('dataQualityAssertions', { assertions: [assertion] }) },
  };
}

function stepOutput(run: Told, step: StepProgress, upstream: readonly Dataset[]): OpenLineageOutput {
  const { facet, started } = run;
  const { plan } = step;
  const written = run.written.get(plan.dataset);
  // Steps that share a table share its commits too: only the rows can be told apart.
  const alone = tellers(run, plan.dataset).length === 1;
  const statistics = {
    rowCount: step.rows,
    ...(alone ? { size: written?.bytes ?? 0, fileCount: written?.files ?? 0 } : {}),
  };
  return {
    ...tableDataset(started.lake, plan.dataset, facet, {
      ...columnLineage(started.lake, plan.provider, plan.dataset, upstream, facet),
      ...versionFacet(run, plan.dataset),
    }),
    outputFacets: {
      outputStatistics: facet('outputStatistics', statistics),
      ...(step.asked === null
        ? {}
        : { subset: facet('outputSubset', { outputCondition: windowCondition(step.asked) }) }),
    },
  };
}

/** The version of the Delta log after the last commit of this run, when it made one. */
function versionFacet(run: Told, dataset: Dataset): Facets {
  const written = run.written.get(dataset);
  return written === undefined ? {} : { version: run.facet('version', { datasetVersion: String(written.version) }) };
}

function hull(windows: readonly Window[]): Window | null {
  const [first, ...rest] = windows;
  if (first === undefined) return null;
  return rest.reduce(
    (sum, { start, end }) => ({ start: Math.min(sum.start, start), end: Math.max(sum.end, end) }),
    first,
  );
}
