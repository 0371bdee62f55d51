import { formatInstant, minute } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { readLocks } from '../../lake/locks/lock.js';
import { readOpenAlerts } from '../alerts/open-alerts.js';
import type { PipelineAlert } from '../alerts/open-alerts.js';
import { pluralize } from '../../platform/format.js';
import type { LiveRun, NowDocument } from '../../web/server/documents.js';
import type { Handler } from '../../web/server/routes.js';
import type { Folders, AppContext } from '../context.js';
import { readOpenBreakers } from '../providers/open-breakers.js';
import { computeUpcomingRuns } from '../schedule/upcoming-runs.js';
import { toUpcomingDocument } from '../schedule/upcoming-document.js';
import { countOpenWindows } from '../status/collect-status.js';
import { readCollectorStatus } from '../status/read-collector-status.js';
import type { CollectorStatus } from '../status/read-collector-status.js';
import type { KnownPipelines } from './known-pipelines.js';
import type { KnownLakeState, LakeStateCache } from './lake-state.js';
import type { LiveRuns } from './live-runs.js';

export interface NowContext {
  readonly folders: Folders;
  readonly clock: AppContext['clock'];
  readonly lake: LakeStateCache;
  readonly pipelines: KnownPipelines;
  readonly liveRuns: LiveRuns;
}

/** What may become a loss if nothing is done, and what to do. */
type Risk = NowDocument['risks'][number];

/** Answers with what a user asks first: is it well, what runs, what is next, what needs attention. */
export function createNowHandler(context: NowContext): Handler {
  return async () => ({ kind: 'json', document: await buildNow(context) });
}

export async function buildNow({ folders, clock, lake, pipelines, liveRuns }: NowContext): Promise<NowDocument> {
  const now = clock.now();
  const known = await lake.read();
  const collector = await readCollectorStatus(folders.dataFolder);
  const alerts = await readOpenAlerts(folders);
  const breakers = await readOpenBreakers(folders.dataFolder, now);
  const runs = await liveRuns.poll();
  const files = await pipelines.list();
  const invalid = files.flatMap((file) => (file.kind === 'invalid' ? [file.file] : []));
  const due = files.flatMap((file) =>
    file.kind === 'valid' && file.pipeline.schedule !== null
      ? [toUpcomingDocument(computeUpcomingRuns(file.pipeline, now, 1))]
      : [],
  );
  const risks = listRisks(known, breakers);
  return {
    at: formatInstant(now),
    health: describeHealth({ collector, alerts, invalid, runs, risks, now }),
    collector: collector === null ? null : { alive: collector.alive, ...collector.document },
    running: runs,
    due,
    alerts,
    risks,
    locks: (await readLocks(folders.dataFolder)).map(({ since, ...lock }) => ({
      ...lock,
      since: formatInstant(since),
    })),
    openBreakers: breakers.map(({ until, ...breaker }) => ({ ...breaker, until: formatInstant(until) })),
    isEmpty: Object.values(known.state.versions).every((version) => version === null),
  };
}

/** The document of a lake that cannot be read. */
export function describeUnreadable(problem: string, hint: string | null, now: Instant): NowDocument {
  const reasons = [problem, ...(hint === null ? [] : [hint])];
  return {
    at: formatInstant(now),
    health: { status: 'unhealthy', sentence: `The lake cannot be read: ${problem}`, reasons },
    collector: null,
    running: [],
    due: [],
    alerts: [],
    risks: [{ subject: 'lake', text: problem, action: hint ?? '' }],
    locks: [],
    openBreakers: [],
    isEmpty: false,
  };
}

interface HealthFacts {
  readonly collector: CollectorStatus | null;
  readonly alerts: readonly PipelineAlert[];
  readonly invalid: readonly string[];
  readonly runs: readonly LiveRun[];
  readonly risks: readonly Risk[];
  readonly now: Instant;
}

/** A collector that has not written its status for this long hangs, or runs on another machine that cannot be reached. */
const maxStatusAge = 5 * minute;

/** The health in one sentence, with its reasons; the worst of the collector, the alerts and the coverage. */
function describeHealth({ collector, alerts, invalid, runs, risks, now }: HealthFacts): NowDocument['health'] {
  const critical = alerts.filter(({ severity }) => severity === 'critical');
  const bad: string[] = [];
  const poor: string[] = [];
  if (collector?.alive === false) bad.push('the collector was killed; start it again with: pipe serve');
  if (collector?.document.health === 'unhealthy')
    bad.push(
      ...collector.document.problems.map(({ about, problem }) => (about === null ? problem : `${about}: ${problem}`)),
    );
  if (collector?.document.health === 'degraded')
    poor.push(
      ...collector.document.problems.map(({ about, problem }) => (about === null ? problem : `${about}: ${problem}`)),
    );
  if (collector?.alive === true && now - Date.parse(collector.document.at) > maxStatusAge)
    poor.push(`the collector last reported at ${collector.document.at}`);
  if (critical.length > 0) bad.push(pluralize(critical.length, 'critical alert'));
  if (alerts.length > critical.length) poor.push(pluralize(alerts.length - critical.length, 'warning'));
  for (const file of invalid) poor.push(`${file} is invalid; see: pipe lint ${file}`);
  const crashed = runs.filter(({ status }) => status === 'crashed' || status === 'failed');
  for (const run of crashed)
    poor.push(`the last run of ${run.pipeline} ${run.status === 'failed' ? 'failed' : 'crashed'}`);
  for (const { subject, text } of risks) poor.push(`${subject}: ${text}`);
  const status = bad.length > 0 ? 'unhealthy' : poor.length > 0 ? 'degraded' : 'healthy';
  const running = runs.filter((run) => run.status === 'running').length;
  const activity = running > 0 ? `; ${pluralize(running, 'run')} in progress` : '';
  const mode = collector === null ? 'No collector is running for this lake' : 'The collector is running';
  const [first = ''] = [...bad, ...poor];
  const more = bad.length + poor.length > 1 ? `, and ${pluralize(bad.length + poor.length - 1, 'more reason')}` : '';
  const sentence =
    status === 'healthy'
      ? `${mode}, and nothing needs attention${activity}.`
      : `Needs attention: ${first}${more}${activity}.`;
  return { status, sentence, reasons: [...bad, ...poor] };
}

/** What requests the windows of a state again; the next run leaves denied ones out. */
const suggestions = {
  failed: 'the next run requests failed windows again',
  missing: 'the next run requests missing windows as far as it wants them',
  denied: '`pipe run --retry-denied` requests denied windows once the permission is there',
  lost: '`pipe run --missing` requests lost windows',
} as const;

function listRisks(
  { state }: KnownLakeState,
  breakers: readonly { readonly provider: string; readonly symbol: string | null; readonly pipeline: string }[],
): readonly Risk[] {
  const risks: Risk[] = [];
  for (const [dataset, open] of countOpenWindows(state)) {
    const parts = (['failed', 'missing', 'denied', 'lost'] as const).filter((kind) => open[kind] > 0);
    if (parts.length === 0) continue;
    risks.push({
      subject: dataset,
      text: parts.map((kind) => `${pluralize(open[kind], 'window')} ${kind}`).join(', '),
      action: parts.map((kind) => suggestions[kind]).join('; '),
    });
  }
  for (const { dataset, problem, hint } of [...state.unreadable, ...state.readOnly])
    risks.push({ subject: dataset, text: problem, action: hint });
  for (const { provider, symbol, pipeline } of breakers)
    risks.push({
      subject: symbol === null ? provider : `${provider}/${symbol}`,
      text: `the circuit of ${pipeline} is open`,
      action: `pipe doctor ${provider} checks the connection`,
    });
  return risks;
}
