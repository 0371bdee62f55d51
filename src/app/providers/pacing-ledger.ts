import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

import type { Budget } from '../../core/budget.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { ProviderName } from '../../core/series.js';
import { makeFolderSync } from '../../platform/files/make-folder.js';
import { readFileSync } from '../../platform/files/read-file.js';
import { errorCode, errorMessage } from '../../platform/error-message.js';
import { replaceFile } from '../../platform/replace-file.js';
import { LedgerError } from '../../pacing/ledger.js';
import { formatLedgerName, openPacing } from '../../pacing/pacing.js';
import type { Pacing, PacingOptions } from '../../pacing/pacing.js';
import { readSpentBudgets } from '../../pacing/spent-budgets.js';
import type { SpentBudgets } from '../../pacing/spent-budgets.js';
import { pluralize } from '../../platform/format.js';
import { createOffsetClock } from '../../core/time/clock.js';
import type { Clock } from '../../core/time/clock.js';
import { minute } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { findStateFolder } from '../state-folder.js';
import { resolveKiteCredentials } from './kite-credentials.js';

/** Where the spent budgets of an account are counted. */
export interface LedgerLocation {
  readonly folder: string;
  readonly provider: ProviderName;
  /** Identifies the account without naming it. */
  readonly account: string;
  /** The ledger of the lake, in which earlier versions counted; null if it is this one. */
  readonly earlier: { readonly folder: string; readonly account: string } | null;
  /** Names a limited protection; null if the ledger is where it belongs. */
  readonly warning: string | null;
}

type LedgerContext = Pick<AppContext, 'dataFolder' | 'environment'>;

/** The account of a ledger in a lake. */
const lakeAccount = 'default';

/**
 * Finds the ledger of a provider. It belongs to the account, so that all lakes of the user share it; the embedded markets have
 * no account, and their budgets belong to the lake. `accounts` are those that the provider has named, null before.
 */
export async function findLedger(
  provider: ProviderName,
  pipeline: Pick<Pipeline, 'providers'>,
  ctx: LedgerContext,
  accounts: readonly string[] | null,
): Promise<LedgerLocation> {
  const lakeFolder = join(ctx.dataFolder, '_pacing');
  const inLake = { folder: lakeFolder, provider, account: lakeAccount, earlier: null };
  if (hasNoAccount(provider)) return { ...inLake, warning: null };
  const shared = openSharedFolder(ctx);
  if (!shared.ok) return { ...inLake, warning: shared.problem };
  const { folder } = shared;
  const account = await findAccount(provider, folder, pipeline, ctx, accounts);
  return { folder, provider, account, earlier: { folder: lakeFolder, account: lakeAccount }, warning: null };
}

function findAccount(
  provider: ProviderName,
  folder: string,
  pipeline: Pick<Pipeline, 'providers'>,
  ctx: LedgerContext,
  accounts: readonly string[] | null,
): Promise<string> {
  return provider === 'ib'
    ? getIbAccount(folder, pipeline, accounts)
    : getKiteAccount(pipeline.providers.kite.baseUrl, ctx);
}

/** What was spent of the budgets of a pipeline's accounts. */
export interface AccountSpending {
  /** The time of the machine, by which it counts. */
  readonly now: Instant;
  readonly byProvider: ReadonlyMap<ProviderName, SpentBudgets>;
}

/** Reads what was spent of the budgets of the accounts of a pipeline. Connects to nothing and creates nothing. */
export async function readAccountSpending(
  pipeline: Pick<Pipeline, 'providers' | 'steps'>,
  ctx: LedgerContext & Pick<AppContext, 'clock'>,
): Promise<AccountSpending> {
  const byProvider = new Map<ProviderName, SpentBudgets>();
  for (const provider of new Set(pipeline.steps.map((step) => step.provider))) {
    const { folder, account } = await findLedgerToRead(provider, pipeline, ctx);
    const spent = await reportLedgerErrors(async () => readSpentBudgets(folder, formatLedgerName(provider, account)));
    byProvider.set(provider, spent);
  }
  return { now: getMachineTime(ctx.clock), byProvider };
}

async function findLedgerToRead(
  provider: ProviderName,
  pipeline: Pick<Pipeline, 'providers'>,
  ctx: LedgerContext,
): Promise<Pick<LedgerLocation, 'folder' | 'account'>> {
  const state = findStateFolder(ctx.environment);
  if (state === null || hasNoAccount(provider))
    return { folder: join(ctx.dataFolder, '_pacing'), account: lakeAccount };
  const folder = join(state.path, 'pacing');
  return { folder, account: await findAccount(provider, folder, pipeline, ctx, null) };
}

/** Returns true for the embedded markets. */
function hasNoAccount(provider: ProviderName): boolean {
  return provider === 'mock' || provider === 'synthetic';
}

type SharedFolder = { readonly ok: true; readonly folder: string } | { readonly ok: false; readonly problem: string };

/** Creates the folder of the ledgers. If the user has named it, it has to be usable; otherwise the lake replaces it. */
function openSharedFolder({ environment }: LedgerContext): SharedFolder {
  const state = findStateFolder(environment);
  const consequence = 'request limits are counted for this lake only';
  const advice = 'set PIPE_STATE to a folder that all runs can write';
  if (state === null) return { ok: false, problem: `there is no home folder: ${consequence}; ${advice}` };
  const folder = join(state.path, 'pacing');
  try {
    makeFolderSync(folder, 0o700);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return { ok: true, folder };
  } catch (error) {
    const reason = `cannot write the state folder ${state.path} (${errorCode(error) ?? errorMessage(error)})`;
    if (state.variable === 'PIPE_STATE')
      throw new CliError(exitCode.usage, reason, `${advice}, or unset it to use ~/.local/state/pipe`);
    return { ok: false, problem: `${reason}: ${consequence}; ${advice}` };
  }
}

/** The gateway names its accounts when it is connected; until then, those that it named last, or its address. */
async function getIbAccount(
  folder: string,
  { providers: { ib } }: Pick<Pipeline, 'providers'>,
  accounts: readonly string[] | null,
): Promise<string> {
  const address = hashKey('address', `${ib.host}:${String(ib.port)}`);
  const file = join(folder, `ib-${address}.account`);
  const known = readAccount(file);
  if (accounts === null || accounts.length === 0) return known ?? address;
  const account = hashKey('account', [...accounts].sort().join(','));
  // Only a plan reads the file, before the gateway is connected.
  if (account !== known) await replaceFile(file, `${account}\n`).catch(() => undefined);
  return account;
}

async function getKiteAccount(baseUrl: string, { environment }: LedgerContext): Promise<string> {
  const credentials = await resolveKiteCredentials(baseUrl, environment);
  return credentials.ok ? hashKey('key', credentials.value.apiKey) : hashKey('address', baseUrl);
}

function readAccount(file: string): string | null {
  try {
    const text = readFileSync(file).toString('utf8').trim();
    return /^account-[\w-]{16}$/.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** Accounts and keys are not for everyone who may list the folder. */
function hashKey(kind: string, text: string): string {
  return `${kind}-${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
}

/** The time by which requests are counted, also in a run with `--now`. */
export function getMachineTime(clock: Clock): Instant {
  return clock.now() - (clock.offset ?? 0);
}

/**
 * Opens the budgets of an account; a ledger that cannot be used ends the command. Limits follow the time of the machine, also
 * in a run with `--now`: other runs would otherwise not count its requests.
 */
export async function openLedgerPacing(options: PacingOptions): Promise<Pacing> {
  const { offset = 0 } = options.clock;
  const clock = offset === 0 ? options.clock : createOffsetClock(options.clock, -offset);
  const pacing = await reportLedgerErrors(() => openPacing({ ...options, clock }));
  if (offset === 0) return pacing;
  return {
    ...pacing,
    hold: (until, dataset) => {
      pacing.hold(until - offset, dataset);
    },
  };
}

async function reportLedgerErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LedgerError) throw new CliError(exitCode.storage, error.message);
    throw error;
  }
}

/** Names the requests of other runs that delay this one; null when there are none, or they count for moments only. */
export function describeForeignRequests(
  provider: ProviderName,
  requests: number,
  budgets: readonly Budget[],
): string | null {
  const hasLongWindow = budgets.some((budget) => budget.kind === 'rolling' && budget.span >= minute);
  if (requests === 0 || !hasLongWindow) return null;
  return `${provider}: ${pluralize(requests, 'request')} of other runs ${requests === 1 ? 'counts' : 'count'} against this account`;
}
