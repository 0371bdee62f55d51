import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { addDays, toUtcDate } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { LakeReader } from '../../lake/api.js';
import { listRuns } from '../../lineage/records/read-runs.js';
import { defaultPlanOptions } from '../../plan/plan-options.js';
import type { Plan } from '../../plan/plan.js';
import { isNotFound } from '../../platform/error-message.js';
import { nodeFiles } from '../../platform/file-store.js';
import { pluralize } from '../../platform/format.js';
import { isFiniteNumber, isRecord, parseJson } from '../../platform/json.js';
import { getTokenExpiry } from '../../providers/kite/auth/credentials.js';
import { createDueTimes } from '../../scheduler/schedule/due-times.js';
import { findRunRisks } from '../../scheduler/monitoring/run-risks.js';
import type { PossibleLoss, RiskInput, RunRisk } from '../../scheduler/monitoring/run-risks.js';
import type { AppContext, Folders } from '../context.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { withLakeReader } from '../lake-reader.js';
import { withLineageFolder } from '../lineage-folder.js';
import { planPipeline } from '../plan/plan-pipeline.js';
import { resolveKiteCredentials } from '../providers/kite-credentials.js';
import { readOpenBreakersOf } from '../providers/open-breakers.js';

type RiskContext = Folders & Pick<AppContext, 'clock' | 'environment'>;

/** What threatens the next run of a pipeline, and what is lost if no run succeeds in time. */
export interface Foresight {
  readonly pipeline: string;
  /** Null without a schedule. */
  readonly nextRun: Instant | null;
  readonly risks: readonly RunRisk[];
  readonly losses: readonly PossibleLoss[];
}

/** The last runs whose growth is measured. */
const measuredRuns = 10;

/** Looks ahead to the next run, with what the lake and its plan say. */
export function readForesight(pipeline: Pipeline, ctx: RiskContext): Promise<Foresight> {
  return withLakeReader(ctx, async (reader) => {
    const now = ctx.clock.now();
    const { plan } = await planPipeline(pipeline, reader, defaultPlanOptions, now, false);
    const nextRun = findNextRun(pipeline, now);
    const risks = findRunRisks(await readRiskInput(pipeline, plan, ctx));
    return { pipeline: pipeline.name, nextRun, risks, losses: await findLosses(pipeline, reader, now) };
  });
}

/** The risks that are known without a plan: cheap enough for every evaluation of alerts. */
export async function readQuickRisks(pipeline: Pipeline, ctx: RiskContext): Promise<readonly RunRisk[]> {
  return findRunRisks(await readRiskInput(pipeline, null, ctx));
}

function findNextRun({ name, schedule }: Pipeline, now: Instant): Instant | null {
  return schedule === null ? null : createDueTimes({ schedule, name, calendar: getCalendarOrExit }).next(now);
}

async function readRiskInput(pipeline: Pipeline, plan: Plan | null, ctx: RiskContext): Promise<RiskInput> {
  const now = ctx.clock.now();
  const nextRun = findNextRun(pipeline, now) ?? now;
  const used = new Set(pipeline.steps.map(({ provider }) => provider));
  const runs = await withLineageFolder(ctx.lineageFolder, () =>
    listRuns(ctx.lineageFolder, { files: nodeFiles, limit: measuredRuns, pipeline: pipeline.name }),
  );
  const answered = runs.find(({ rows, finishedAt }) => rows > 0 && finishedAt !== null);
  const growth: { readonly at: Instant; readonly bytes: number }[] = [];
  for (const { folder, startedAt } of runs) {
    const bytes = await readGrowth(folder);
    if (bytes !== null) growth.push({ at: startedAt, bytes });
  }
  const breakers = await readOpenBreakersOf(pipeline.name, ctx.dataFolder, now);
  return {
    now,
    nextRun,
    estimatedEnd: nextRun + (plan?.estimatedMs ?? 0),
    kite: used.has('kite') ? await readKite(pipeline, now, ctx) : { kind: 'unused' },
    ib: { isUsed: used.has('ib'), lastAnswer: answered?.finishedAt ?? null },
    disk: { folder: ctx.dataFolder, freeBytes: await readFreeBytes(ctx.dataFolder), growth },
    readOnlyFolders: await findReadOnly([ctx.dataFolder, ctx.lineageFolder]),
    circuits: breakers
      .filter(({ symbol }) => symbol === null)
      .map(({ provider, until, cause = null }) => ({ provider, until, cause })),
    denied: (plan?.tasks ?? [])
      .filter(({ absences }) => absences.some(({ kind, isAccepted }) => kind === 'denied' && !isAccepted))
      .map(({ id }) => id),
  };
}

async function readKite(pipeline: Pipeline, now: Instant, ctx: RiskContext): Promise<RiskInput['kite']> {
  const credentials = await resolveKiteCredentials(pipeline.providers.kite.baseUrl, ctx.environment);
  if (!credentials.ok) return { kind: 'no-credentials', ...credentials.error };
  return { kind: 'token', expiresAt: getTokenExpiry(credentials.value, now) };
}

/** The bytes that a run has written and not removed, by its report; null without one. */
async function readGrowth(folder: string): Promise<number | null> {
  const text = await nodeFiles.read(join(folder, 'report.json'));
  const report = text === null ? null : parseJson(text);
  if (!isRecord(report) || !Array.isArray(report['tables'])) return null;
  return report['tables'].reduce((sum: number, table: unknown) => sum + readTableGrowth(table), 0);
}

function readTableGrowth(table: unknown): number {
  if (!isRecord(table) || !isFiniteNumber(table['bytes'])) return 0;
  const removed = isRecord(table['removed']) ? table['removed']['bytes'] : 0;
  return table['bytes'] - (isFiniteNumber(removed) ? removed : 0);
}

/** The folder itself may not exist yet. */
async function findExisting(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      await access(path);
      return path;
    } catch (error) {
      if (!isNotFound(error) || dirname(path) === path) return path;
    }
  }
}

async function readFreeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(await findExisting(folder));
    return bavail * bsize;
  } catch {
    return null;
  }
}

async function findReadOnly(folders: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    try {
      await access(await findExisting(folder), constants.W_OK);
    } catch {
      found.push(folder);
    }
  }
  return found;
}

/** Options whose expiry is this close are named. */
const expiryHorizonDays = 3;

async function findLosses(pipeline: Pipeline, reader: LakeReader, now: Instant): Promise<readonly PossibleLoss[]> {
  const losses: PossibleLoss[] = [];
  for (const step of pipeline.steps) {
    if (step.uses === 'options') losses.push(...(await findExpiringOptions(step.name, pipeline, reader, now)));
    if (step.uses === 'snapshots' || step.uses === 'quotes') losses.push(...findSnapshotLoss(step.name, pipeline, now));
  }
  return losses;
}

async function findExpiringOptions(
  step: string,
  { symbols }: Pipeline,
  reader: LakeReader,
  now: Instant,
): Promise<readonly PossibleLoss[]> {
  const today = toUtcDate(now);
  const { rows } = await reader.query(
    `SELECT CAST(expiry AS VARCHAR) AS expiry, count(DISTINCT symbol)::INTEGER AS symbols, list_sort(list(DISTINCT symbol))[1:3] AS first
     FROM chains WHERE expiry >= DATE '${today}' AND expiry < DATE '${addDays(today, expiryHorizonDays)}' GROUP BY ALL ORDER BY 1`,
  );
  const calendar = getCalendarOrExit(symbols[0]?.instrument.calendar ?? 'XNYS');
  return rows.map((row) => {
    const expiry = String(row['expiry']);
    const [session] = calendar.sessions(expiry, addDays(expiry, 1));
    const named = Array.isArray(row['first']) ? row['first'].map(String).join(', ') : '';
    const count = Number(row['symbols']);
    const symbolsText = count > 3 ? `${named} and ${String(count - 3)} more` : named;
    return {
      kind: 'expiring-options',
      step,
      message: `bars of the options of ${symbolsText} that expire ${expiry}: providers return none after the expiry`,
      until: session?.dayEnd ?? Date.parse(`${addDays(expiry, 1)}T00:00:00Z`),
    };
  });
}

/** The snapshot of the last session can be taken until the next one opens. */
function findSnapshotLoss(step: string, { symbols }: Pipeline, now: Instant): readonly PossibleLoss[] {
  const calendars = new Set(symbols.map(({ instrument }) => instrument.calendar));
  return [...calendars].flatMap((name): readonly PossibleLoss[] => {
    const calendar = getCalendarOrExit(name);
    const today = calendar.dateAt(now);
    const next = calendar.sessions(today, addDays(today, 12)).find(({ open }) => open > now);
    const count = symbols.filter(({ instrument }) => instrument.calendar === name).length;
    if (next === undefined) return [];
    return [
      {
        kind: 'snapshots',
        step,
        message: `the prices of ${pluralize(count, 'symbol')} as of the last session of ${name}: no later request returns them`,
        until: next.open,
      },
    ];
  });
}
