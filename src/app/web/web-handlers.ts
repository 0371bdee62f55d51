import { parseSeriesName } from '../../core/series.js';
import { addDays } from '../../core/time/time.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { toLineageDocument } from '../../lineage/answers/json.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { closestMatch } from '../../platform/suggest.js';
import { getStepDataset } from '../../plan/tasks/planned-task.js';
import { planDocument } from '../../plan/plan-document.js';
import { defaultPlanOptions } from '../../plan/plan-options.js';
import type { PipelinesDocument } from '../../web/server/documents.js';
import { RequestProblem } from '../../web/server/routes.js';
import type { Handler, Handlers } from '../../web/server/routes.js';
import { readOpenAlerts } from '../alerts/open-alerts.js';
import type { AppContext } from '../context.js';
import { readLineageOrExit } from '../lineage/read-lineage.js';
import { readSentCalls } from '../lineage/read-sent-calls.js';
import { readPlan } from '../plan/read-plan.js';
import { toUpcomingDocument } from '../schedule/upcoming-document.js';
import { computeUpcomingRuns } from '../schedule/upcoming-runs.js';
import { readStatus } from '../status/collect-status.js';
import { toStatusDocument } from '../status/status-document.js';
import { createCoverageHandler, createSymbolsHandler, parseDataset } from './coverage-handler.js';
import { createBarsHandler, createChainHandler, createIvHandler, createOverviewsHandler } from './data-handlers.js';
import type { KnownPipelines } from './known-pipelines.js';
import type { LakeStateCache } from './lake-state.js';
import { createNowHandler } from './now-handler.js';
import type { NowContext } from './now-handler.js';
import { createReportHandler, createRunsHandler, createTimelineHandler } from './run-handlers.js';
import { createQueryHandler } from './query-handler.js';
import { createSourcesHandler } from './source-handlers.js';
import { createWhyHandler } from './why-handler.js';

export interface WebContext {
  readonly ctx: AppContext;
  readonly pipelines: KnownPipelines;
  readonly lake: LakeStateCache;
  readonly now: NowContext;
}

/** Reads what the API answers, with the functions of the commands. */
export function createHandlers({ ctx, pipelines, lake, now }: WebContext): Handlers {
  const coverage = { lake, pipelines, clock: ctx.clock };
  return {
    status: async () => ({ kind: 'json', document: toStatusDocument(await readStatus(null, ctx)) }),
    now: createNowHandler(now),
    alerts: async () => ({ kind: 'json', document: { alerts: await readOpenAlerts(ctx) } }),
    schedule: createScheduleHandler(pipelines, ctx),
    pipelines: createPipelinesHandler(pipelines),
    sources: createSourcesHandler(pipelines, ctx),
    symbols: createSymbolsHandler({ lake }),
    coverage: createCoverageHandler(coverage),
    plan: createPlanHandler(pipelines, ctx),
    runs: createRunsHandler(ctx),
    report: createReportHandler(ctx),
    timeline: createTimelineHandler(ctx),
    lineage: createLineageHandler(ctx),
    why: createWhyHandler(pipelines, ctx),
    bars: createBarsHandler(ctx, coverage),
    chain: createChainHandler(ctx, coverage),
    iv: createIvHandler(ctx),
    overviews: createOverviewsHandler(ctx),
    query: createQueryHandler(ctx),
  };
}

function createScheduleHandler(pipelines: KnownPipelines, { clock }: Pick<AppContext, 'clock'>): Handler {
  return async (values) => {
    const count = Math.max(1, values.count('count') ?? 3);
    const documents = (await pipelines.list()).flatMap((known) =>
      known.kind === 'valid' ? [toUpcomingDocument(computeUpcomingRuns(known.pipeline, clock.now(), count))] : [],
    );
    return { kind: 'json', document: documents };
  };
}

function createPipelinesHandler(pipelines: KnownPipelines): Handler {
  return async (values) => {
    const wanted = {
      symbol: values.text('symbol'),
      dataset: values.text('dataset'),
      provider: values.text('provider'),
    };
    const all = await pipelines.list();
    const isAnything = Object.values(wanted).every((value) => value === null);
    const listed = isAnything ? all : all.filter((known) => known.kind === 'valid' && fetches(known.pipeline, wanted));
    const document: PipelinesDocument = {
      pipelines: listed.map((known) =>
        known.kind === 'invalid'
          ? { file: known.file, ok: false, error: known.message }
          : describePipeline(known.pipeline),
      ),
    };
    return { kind: 'json', document };
  };
}

/** Returns whether a pipeline requests a symbol, a table or both together; null for any. */
function fetches(
  { symbols, steps }: Pipeline,
  wanted: { readonly symbol: string | null; readonly dataset: string | null; readonly provider: string | null },
): boolean {
  return steps.some(
    (step) =>
      (wanted.dataset === null || getStepDataset(step) === wanted.dataset) &&
      (wanted.provider === null || step.provider === wanted.provider) &&
      symbols.some(
        ({ instrument, steps: own }) =>
          (wanted.symbol === null || instrument.symbol === wanted.symbol) && (own === null || own.includes(step.name)),
      ),
  );
}

function describePipeline({
  name,
  file,
  description,
  symbols,
  steps,
  customSteps,
}: Pipeline): PipelinesDocument['pipelines'][number] {
  return {
    ok: true,
    name,
    file,
    description,
    symbols: symbols.length,
    firstSymbols: symbols.slice(0, 50).map(({ instrument }) => instrument.symbol),
    steps: [
      ...steps.map((step) => ({ name: step.name, uses: step.uses, provider: step.provider, needs: step.needs })),
      ...customSteps.map((step) => ({ name: step.name, uses: step.uses, provider: 'pipe', needs: step.needs })),
    ],
  };
}

/** A pipeline by its name, or the only one; a wrong name is an error with the likely one. */
export async function findPipeline(name: string | null, pipelines: KnownPipelines): Promise<Pipeline> {
  const all = await pipelines.list();
  const valid = all.flatMap((known) => (known.kind === 'valid' ? [known.pipeline] : []));
  const found = name === null && valid.length === 1 ? valid[0] : valid.find((pipeline) => pipeline.name === name);
  if (found !== undefined) return found;
  const names = valid.map((pipeline) => pipeline.name);
  if (names.length === 0)
    throw new RequestProblem(
      404,
      'this server has no valid pipeline',
      'name pipeline files at its start: pipe ui pipelines/',
    );
  if (name === null) throw new RequestProblem(400, 'missing pipeline: there are several', `known: ${names.join(', ')}`);
  const suggestion = closestMatch(name, names);
  throw new RequestProblem(
    404,
    `no pipeline ${name}`,
    suggestion === null ? `known: ${names.join(', ')}` : `did you mean ${suggestion}?`,
  );
}

function createPlanHandler(pipelines: KnownPipelines, ctx: AppContext): Handler {
  return async (values) => {
    const pipeline = await findPipeline(values.text('pipeline'), pipelines);
    const limit = values.count('tasks');
    const { plan, accountNotes } = await readPlan(pipeline, defaultPlanOptions, ctx);
    if (limit === null || plan.tasks.length <= limit)
      return { kind: 'json', document: { ...planDocument(plan), accountNotes } };
    // Tasks with work first: those that are up to date are what a reader can do without.
    const ordered = [...plan.tasks].sort(
      (a, b) => Number(a.status === 'up-to-date') - Number(b.status === 'up-to-date'),
    );
    const document = planDocument({ ...plan, tasks: ordered.slice(0, limit) });
    return { kind: 'json', document: { ...document, accountNotes, moreTasks: plan.tasks.length - limit } };
  };
}

function createLineageHandler(ctx: AppContext): Handler {
  return async (values) => {
    const symbol = values.text('symbol') ?? '';
    const dataset = values.text('dataset');
    const from = values.text('from');
    const to = values.text('to');
    const { result: found } = await readLineageOrExit(
      {
        symbol,
        ...(dataset === null ? {} : { datasets: [parseDataset(dataset)] }),
        ...(from === null ? {} : { from: Date.parse(`${from}T00:00:00Z`) }),
        ...(to === null ? {} : { to: Date.parse(`${addDays(to, 1)}T00:00:00Z`) }),
        ...omitUndefined({ runId: values.text('run') ?? undefined }),
      },
      ctx,
    );
    const provider = values.text('provider');
    const series = values.text('series');
    const result = {
      ...found,
      datasets: found.datasets.filter(
        (one) =>
          (provider === null || one.provider === provider) &&
          (series === null || one.series === series || parseSeriesName(one.series).parameters === series),
      ),
    };
    return { kind: 'json', document: toLineageDocument({ ...result, sent: await readSentCalls(result, ctx) }) };
  };
}
