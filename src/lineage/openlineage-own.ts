import type { RunEvent } from '../core/events.js';
import type { ColumnName, ColumnOrigin } from '../core/own-tables.js';
import type { Instant } from '../core/time.js';
import { tableName } from './openlineage-datasets.js';
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
import type { OwnProgress, Told } from './openlineage-parts.js';
import type { Facets, OpenLineageEvent, OpenLineageOutput } from './openlineage-types.js';
import { stepRunId } from './step-run-id.js';

type OwnEvent = Extract<RunEvent, { type: 'task-started' | 'task-finished' | 'replaced' }>;

/** Takes what happens to a step of the user's own, and tells it. */
export function noteOwn(run: Told, event: OwnEvent): readonly OpenLineageEvent[] {
  const step = run.own.get(event.type === 'replaced' ? event.task : event.step);
  if (step === undefined || step.state === 'ended') return [];
  if (event.type === 'replaced') {
    step.made = event;
    return [];
  }
  if (event.type === 'task-finished' && event.status === 'satisfied' && step.state === 'waiting') {
    step.end = event;
    return [];
  }
  const begun = step.state === 'waiting' ? [ownEvent(run, step, 'START', event.at)] : [];
  step.state = 'started';
  if (event.type === 'task-started') return begun;
  step.state = 'ended';
  step.end = event;
  return [...begun, ownEvent(run, step, endings[event.status], event.at)];
}

/** Ends what has begun when the run ends. */
export function ownEndings(run: Told, at: Instant): readonly OpenLineageEvent[] {
  const left = [...run.own.values()].filter(({ state }) => state === 'started');
  for (const step of left) step.state = 'ended';
  return left.map((step) => ownEvent(run, step, 'ABORT', at));
}

const endings = {
  ok: 'COMPLETE',
  satisfied: 'COMPLETE',
  partial: 'FAIL',
  failed: 'FAIL',
  skipped: 'ABORT',
  interrupted: 'ABORT',
} as const;

function ownEvent(
  run: Told,
  step: OwnProgress,
  eventType: OpenLineageEvent['eventType'],
  at: Instant,
): OpenLineageEvent {
  const { started, facet } = run;
  const { plan, end, made } = step;
  const over = eventType !== 'START';
  const upstream = !over ? [] : plan.needs.map((need) => dependency(run, need));
  const what = plan.uses === 'sql' ? 'Computes' : 'Runs a command that makes';
  const description = plan.dataset === null ? 'Runs a command' : `${what} ${plan.dataset}`;
  return {
    ...envelope(run, eventType, at),
    run: {
      runId: stepRunId(started.runId, plan.step),
      facets: {
        ...(over ? engine(run) : {}),
        ...circumstances(run, null, end?.reason ?? null),
        parent: parent(run),
        ...(upstream.length === 0 ? {} : { jobDependencies: facet('jobDependencies', { upstream }) }),
      },
    },
    job: {
      namespace: jobNamespace,
      name: jobName(started, plan.step),
      facets: {
        jobType: jobType(facet, 'TASK'),
        ...(over ? { documentation: facet('jobDocumentation', { description }) } : {}),
        ...(!over || plan.query === undefined ? {} : { sql: facet('sql', { query: plan.query, dialect: 'duckdb' }) }),
      },
    },
    inputs: Object.entries(made?.inputs ?? {}).map(([dataset, version]) => ({
      ...tableName(started.lake, dataset),
      facets: { version: facet('version', { datasetVersion: String(version) }) },
      inputFacets: {},
    })),
    outputs: over ? ownOutput(run, step) : [],
  };
}

/** The table that a step of the user's own makes; none for a command that makes none. */
function ownOutput({ started, facet }: Told, { plan, made }: OwnProgress): OpenLineageOutput[] {
  if (plan.dataset === null) return [];
  const facets: Facets =
    made === null
      ? {}
      : {
          schema: facet('schema', {
            fields: made.columns.map(({ name, type }, index) => ({ name, type, ordinal_position: index + 1 })),
          }),
          version: facet('version', { datasetVersion: String(made.version) }),
          ...(made.origins === null
            ? {}
            : {
                columnLineage: facet('columnLineage', {
                  fields: Object.fromEntries(
                    made.origins.columns.map((origin) => [origin.column, { inputFields: inputs(origin) }]),
                  ),
                  dataset: made.origins.rows.map((name) => field(name, { type: 'INDIRECT', subtype: 'FILTER' })),
                }),
              }),
        };
  const statistics = { rowCount: made?.rows ?? 0, size: made?.bytes ?? 0, fileCount: made?.files ?? 0 };
  return [
    {
      ...tableName(started.lake, plan.dataset),
      facets: { storage: facet('storage', { storageLayer: 'delta', fileFormat: 'parquet' }), ...facets },
      outputFacets: made !== null ? { outputStatistics: facet('outputStatistics', statistics) } : {},
    },
  ];

  function inputs({ kind, from }: ColumnOrigin): readonly object[] {
    return from.map((name) => field(name, { type: 'DIRECT', subtype: kind.toUpperCase() }));
  }

  function field({ dataset, column }: ColumnName, how: { readonly type: string; readonly subtype: string }): object {
    return { ...tableName(started.lake, dataset), field: column, transformations: [how] };
  }
}
