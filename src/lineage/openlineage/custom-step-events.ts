import type { Stamped, TableReplaced, TaskFinished, TaskStarted } from '../../core/events.js';
import type { ColumnRef, ColumnOrigin } from '../../core/tables/user-tables.js';
import type { Instant } from '../../core/time/time.js';
import { tableId } from './datasets.js';
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
import type { CustomStepProgress, RunState } from './run-state.js';
import type { Facets, OpenLineageEvent, OpenLineageOutput } from './types.js';
import { stepRunId } from './step-run-id.js';

type CustomStepEvent = Stamped<TaskStarted | TaskFinished | TableReplaced>;

/** Translates an event of a custom step. */
export function recordCustomStep(run: RunState, event: CustomStepEvent): readonly OpenLineageEvent[] {
  const step = run.customSteps.get(event.type === 'table-replaced' ? event.task : event.step);
  if (step === undefined || step.state === 'ended') return [];
  if (event.type === 'table-replaced') {
    step.replaced = event;
    return [];
  }
  if (event.type === 'task-finished' && event.status === 'up-to-date' && step.state === 'waiting') {
    step.finished = event;
    return [];
  }
  if (event.type === 'task-started') step.inputs = event.inputs ?? null;
  const startEvents = step.state === 'waiting' ? [buildCustomStepEvent(run, step, 'START', event.at)] : [];
  step.state = 'started';
  if (event.type === 'task-started') return startEvents;
  step.state = 'ended';
  step.finished = event;
  return [...startEvents, buildCustomStepEvent(run, step, endEventTypes[event.status], event.at)];
}

/** Aborts the custom steps in progress at the end of the run. */
export function endCustomSteps(run: RunState, at: Instant): readonly OpenLineageEvent[] {
  const unfinished = [...run.customSteps.values()].filter(({ state }) => state === 'started');
  for (const step of unfinished) step.state = 'ended';
  return unfinished.map((step) => buildCustomStepEvent(run, step, 'ABORT', at));
}

const endEventTypes = {
  ok: 'COMPLETE',
  'up-to-date': 'COMPLETE',
  partial: 'FAIL',
  failed: 'FAIL',
  skipped: 'ABORT',
  cancelled: 'ABORT',
} as const;

function buildCustomStepEvent(
  run: RunState,
  step: CustomStepProgress,
  eventType: OpenLineageEvent['eventType'],
  at: Instant,
): OpenLineageEvent {
  const { started, facet } = run;
  const { plan, finished, replaced } = step;
  const isEnd = eventType !== 'START';
  const upstream = !isEnd ? [] : plan.needs.map((need) => jobDependency(run, need));
  const verb = { sql: 'Computes', exec: 'Runs a command that writes', import: 'Imports files into' }[plan.uses];
  const description = plan.dataset === null ? 'Runs a command' : `${verb} ${plan.dataset}`;
  return {
    ...eventEnvelope(run, eventType, at),
    run: {
      runId: stepRunId(started.runId, plan.step),
      facets: {
        ...(isEnd ? engineFacet(run) : {}),
        ...runFacets(run, null, finished?.reason ?? null),
        parent: parentFacet(run),
        ...(upstream.length === 0 ? {} : { jobDependencies: facet('jobDependencies', { upstream }) }),
      },
    },
    job: {
      namespace: jobNamespace,
      name: jobName(started, plan.step),
      facets: {
        jobType: jobTypeFacet(facet, 'TASK'),
        ...(isEnd ? { documentation: facet('jobDocumentation', { description }) } : {}),
        ...(!isEnd || plan.query === undefined ? {} : { sql: facet('sql', { query: plan.query, dialect: 'duckdb' }) }),
      },
    },
    inputs: Object.entries(replaced?.inputs ?? step.inputs ?? {}).map(([dataset, version]) => ({
      ...tableId(started.lake, dataset),
      facets: version === null ? {} : { version: facet('version', { datasetVersion: String(version) }) },
      inputFacets: {},
    })),
    outputs: isEnd ? buildCustomStepOutputs(run, step) : [],
  };
}

/** The table of a custom step; empty for a command without a table. */
function buildCustomStepOutputs(
  { started, facet }: RunState,
  { plan, replaced }: CustomStepProgress,
): OpenLineageOutput[] {
  if (plan.dataset === null) return [];
  const facets: Facets =
    replaced === null
      ? {}
      : {
          schema: facet('schema', {
            fields: replaced.columns.map(({ name, type }, index) => ({ name, type, ordinal_position: index + 1 })),
          }),
          version: facet('version', { datasetVersion: String(replaced.version) }),
          ...(replaced.columnLineage === null
            ? {}
            : {
                columnLineage: facet('columnLineage', {
                  fields: Object.fromEntries(
                    replaced.columnLineage.columns.map((origin) => [
                      origin.column,
                      { inputFields: toInputFields(origin) },
                    ]),
                  ),
                  dataset: replaced.columnLineage.rows.map((name) =>
                    toInputField(name, { type: 'INDIRECT', subtype: 'FILTER' }),
                  ),
                }),
              }),
        };
  const statistics = { rowCount: replaced?.rows ?? 0, size: replaced?.bytes ?? 0, fileCount: replaced?.files ?? 0 };
  return [
    {
      ...tableId(started.lake, plan.dataset),
      facets: { storage: facet('storage', { storageLayer: 'delta', fileFormat: 'parquet' }), ...facets },
      outputFacets: replaced !== null ? { outputStatistics: facet('outputStatistics', statistics) } : {},
    },
  ];

  function toInputFields({ kind, from }: ColumnOrigin): readonly object[] {
    return from.map((name) => toInputField(name, { type: 'DIRECT', subtype: kind.toUpperCase() }));
  }

  function toInputField(
    { dataset, column }: ColumnRef,
    transformation: { readonly type: string; readonly subtype: string },
  ): object {
    return { ...tableId(started.lake, dataset), field: column, transformations: [transformation] };
  }
}
