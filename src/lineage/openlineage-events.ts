import type { RunEvent } from '../core/events.js';
import type { Dataset } from '../core/tables.js';
import type { Instant } from '../core/time.js';
import type { Window } from '../core/window.js';
import { ownOutput } from './openlineage-own.js';
import { commonRunFacets, dependency, envelope, jobName, jobNamespace, jobType } from './openlineage-parts.js';
import type { Told } from './openlineage-parts.js';
import { windowCondition } from './facets.js';
import { columnLineage, sourceDataset, tableDataset } from './openlineage-datasets.js';
import type { Facets, OpenLineageEvent, OpenLineageInput, OpenLineageOutput } from './openlineage-types.js';
import { stepEnding } from './step-progress.js';
import type { StepProgress, TableWritten } from './step-progress.js';
import { stepRunId } from './step-run-id.js';

/** An event of the pipeline's own run. */
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
  const sources = new Map(steps.filter(isAsked).map(({ plan }) => [`${plan.provider}/${plan.dataset}`, plan]));
  const tables = new Set([...steps.map(({ plan }) => plan.dataset), ...run.written.keys()]);
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
  };
  return {
    ...envelope(run, eventType, at),
    run: {
      runId: started.runId,
      facets: {
        ...commonRunFacets(run, span, message),
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
        documentation: facet('jobDocumentation', {
          description: started.pipeline.description ?? `The pipeline in ${started.pipeline.file}`,
        }),
      },
    },
    inputs: [...sources.values()].map(({ provider, dataset }) => ({
      ...sourceDataset(provider, dataset, facet),
      inputFacets: {},
    })),
    outputs: [
      ...[...tables].map((dataset) => ({
        ...tableDataset(started.lake, dataset, facet, versionFacet(run, dataset)),
        outputFacets:
          finished === null
            ? {}
            : { outputStatistics: facet('outputStatistics', wholeTable(run.written.get(dataset))) },
      })),
      ...[...run.own.values()].flatMap((step) => ownOutput(run, step, finished !== null)),
    ],
  };
}

/** An event of the run of one step. */
export function stepEvent(
  run: Told,
  step: StepProgress,
  eventType: OpenLineageEvent['eventType'],
  at: Instant,
): OpenLineageEvent {
  const { started, facet } = run;
  const { plan } = step;
  const over = eventType !== 'START';
  const pipeline = { run: { runId: started.runId }, job: { namespace: jobNamespace, name: started.pipeline.name } };
  return {
    ...envelope(run, eventType, at),
    run: {
      runId: stepRunId(started.runId, plan.step),
      facets: {
        ...commonRunFacets(run, step.asked ?? plan.span, over ? stepEnding(step).message : null),
        parent: facet('parent', { ...pipeline, root: pipeline }),
        ...(plan.needs.length === 0
          ? {}
          : {
              jobDependencies: facet('jobDependencies', { upstream: plan.needs.map((need) => dependency(run, need)) }),
            }),
      },
    },
    job: {
      namespace: jobNamespace,
      name: jobName(started, plan.step),
      facets: {
        jobType: jobType(facet, 'TASK'),
        documentation: facet('jobDocumentation', {
          description: isAsked(step) ? `Fetches ${plan.dataset} from ${plan.provider}` : `Computes ${plan.dataset}`,
        }),
      },
    },
    inputs: [
      ...(isAsked(step) ? [sourceInput(run, step, over)] : []),
      ...upstreamTables(run, step).map((dataset) => tableInput(run, dataset, over)),
    ],
    outputs: [stepOutput(run, step, over)],
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

function sourceInput(run: Told, step: StepProgress, over: boolean): OpenLineageInput {
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
      ...(over && step.answered > 0
        ? { dataQualityAssertions: facet('dataQualityAssertions', { assertions: [assertion] }) }
        : {}),
    },
  };
}

function tableInput(run: Told, dataset: Dataset, over: boolean): OpenLineageInput {
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
    ...tableDataset(run.started.lake, dataset, facet, over ? versionFacet(run, dataset) : {}),
    inputFacets: over ? { dataQualityAssertions: facet('dataQualityAssertions', { assertions: [assertion] }) } : {},
  };
}

function stepOutput(run: Told, step: StepProgress, over: boolean): OpenLineageOutput {
  const { facet, started } = run;
  const { plan } = step;
  const alone = [...run.steps.values()].filter((other) => other.plan.dataset === plan.dataset).length === 1;
  const written = run.written.get(plan.dataset);
  // Steps that share a table share its commits too: only the rows can be told apart.
  const statistics = {
    rowCount: step.rows,
    ...(alone ? { size: written?.bytes ?? 0, fileCount: written?.files ?? 0 } : {}),
  };
  return {
    ...tableDataset(started.lake, plan.dataset, facet, {
      ...columnLineage(started.lake, plan.provider, plan.dataset, upstreamTables(run, step), facet),
      ...(over ? versionFacet(run, plan.dataset) : {}),
    }),
    outputFacets: {
      ...(over ? { outputStatistics: facet('outputStatistics', statistics) } : {}),
      ...(step.asked === null
        ? {}
        : { subset: facet('outputSubset', { outputCondition: windowCondition(step.asked) }) }),
    },
  };
}

function wholeTable(written: TableWritten | undefined): { rowCount: number; size: number; fileCount: number } {
  return { rowCount: written?.rows ?? 0, size: written?.bytes ?? 0, fileCount: written?.files ?? 0 };
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
