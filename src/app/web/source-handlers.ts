import type { Budget } from '../../core/budget.js';
import type { ProviderName } from '../../core/series.js';
import { formatInstant, hour, minute, second } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { listRuns, readEvents } from '../../lineage/records/read-runs.js';
import { nonBlockingFiles } from '../../platform/file-store.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { SourcesDocument } from '../../web/server/documents.js';
import type { Handler } from '../../web/server/routes.js';
import type { AppContext } from '../context.js';
import { withLineageFolder } from '../lineage-folder.js';
import { getProviderLimits } from '../providers/create-provider.js';
import { readOpenBreakers } from '../providers/open-breakers.js';
import { measureBudgets } from '../serve/budget-usage.js';
import { readCollectorStatus } from '../status/read-collector-status.js';
import type { KnownPipelines } from './known-pipelines.js';

/** The strip of requests: the last ten minutes in parts of ten seconds. */
const stripSpan = 10 * minute;
const stripStep = 10 * second;

/** Records of runs that ended earlier are not read for the strip. */
const maxRuns = 20;

interface Activity {
  readonly requests: number[];
  answers: number;
  failures: number;
  lastAnswerAt: Instant | null;
  lastFailure: { readonly at: Instant; readonly message: string } | null;
}

/** Answers with the providers of all pipelines: their state, budgets and activity. */
export function createSourcesHandler(pipelines: KnownPipelines, ctx: AppContext): Handler {
  let kept: { readonly at: Instant; readonly activity: ReadonlyMap<string, Activity> } | null = null;
  const readActivity = async (now: Instant): Promise<ReadonlyMap<string, Activity>> => {
    if (kept !== null && now - kept.at < 5 * second) return kept.activity;
    kept = { at: now, activity: await collectActivity(now, ctx) };
    return kept.activity;
  };
  return async () => {
    const now = ctx.clock.now();
    const valid = (await pipelines.list()).flatMap((known) => (known.kind === 'valid' ? [known.pipeline] : []));
    const users = new Map<ProviderName, Pipeline[]>();
    for (const pipeline of valid)
      for (const provider of new Set(pipeline.steps.map((step) => step.provider)))
        users.set(provider, [...(users.get(provider) ?? []), pipeline]);
    const usage = await measureBudgets(valid, ctx);
    const breakers = await readOpenBreakers(ctx.dataFolder, now);
    const collector = await readCollectorStatus(ctx.dataFolder);
    const activity = await readActivity(now);
    const sources = [...users].map(([provider, using]): SourcesDocument['sources'][number] => {
      const recent = activity.get(provider);
      const evidence =
        collector?.document.pipelines.flatMap((pipeline) => pipeline.providerEvidence?.[provider] ?? []) ?? [];
      const states = collector?.document.pipelines.flatMap((pipeline) => pipeline.providers[provider] ?? []) ?? [];
      const limits = using[0] === undefined ? [] : getProviderLimits(using[0], provider).budgets;
      return {
        provider,
        pipelines: using.map(({ name }) => name),
        state: states.includes('unhealthy')
          ? 'unhealthy'
          : states.includes('healthy')
            ? 'healthy'
            : describeRecent(recent),
        evidence,
        lastAnswerAt: toText(recent?.lastAnswerAt ?? null),
        lastFailure:
          recent?.lastFailure === null || recent === undefined
            ? null
            : { at: formatInstant(recent.lastFailure.at), message: recent.lastFailure.message },
        answers: recent?.answers ?? 0,
        failures: recent?.failures ?? 0,
        breakers: breakers
          .filter((breaker) => breaker.provider === provider)
          .map(({ until, ...breaker }) => ({ ...breaker, until: formatInstant(until) })),
        budgets: usage
          .filter((budget) => budget.provider === provider)
          .map(({ budget, limit, left }) => ({ budget, limit, left, spanSeconds: findSpan(budget, limits) })),
        strip: { stepSeconds: stripStep / 1000, requests: recent?.requests ?? emptyStrip() },
        canDiagnose: provider === 'ib' || provider === 'kite',
      };
    });
    const document: SourcesDocument = { at: formatInstant(now), sources };
    return { kind: 'json', document };
  };
}

function describeRecent(activity: Activity | undefined): string {
  if (activity === undefined || activity.answers + activity.failures === 0) return 'unknown';
  return activity.answers > 0 ? 'healthy' : 'unhealthy';
}

function findSpan(name: string, budgets: readonly Budget[]): number | null {
  const found = budgets.find((budget) => budget.name === name);
  return found?.kind === 'rolling' ? found.span / 1000 : null;
}

function emptyStrip(): number[] {
  return new Array<number>(stripSpan / stripStep).fill(0);
}

function toText(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}

async function collectActivity(
  now: Instant,
  { lineageFolder }: Pick<AppContext, 'lineageFolder'>,
): Promise<ReadonlyMap<string, Activity>> {
  const since = now - stripSpan;
  const activity = new Map<string, Activity>();
  const runs = await withLineageFolder(lineageFolder, () =>
    listRuns(lineageFolder, {
      files: nonBlockingFiles,
      isAlive: isProcessAlive,
      limit: maxRuns,
      since: now - 12 * hour,
    }),
  );
  for (const run of runs) {
    if (run.finishedAt !== null && run.finishedAt < since) continue;
    for (const event of await readEvents(run, nonBlockingFiles)) {
      if (event.at < since || (event.type !== 'request-sent' && event.type !== 'request-completed')) continue;
      let found = activity.get(event.provider);
      if (found === undefined) {
        found = { requests: emptyStrip(), answers: 0, failures: 0, lastAnswerAt: null, lastFailure: null };
        activity.set(event.provider, found);
      }
      if (event.type === 'request-sent') {
        const part = Math.min(found.requests.length - 1, Math.floor((event.at - since) / stripStep));
        found.requests[part] = (found.requests[part] ?? 0) + 1;
      } else if (['rows', 'empty', 'partial', 'no-data'].includes(event.outcome)) {
        found.answers++;
        found.lastAnswerAt = Math.max(found.lastAnswerAt ?? 0, event.at);
      } else {
        found.failures++;
        found.lastFailure = { at: event.at, message: event.message ?? event.outcome };
      }
    }
  }
  return activity;
}
