import { formatSeriesName } from '../../core/series.js';
import type { OptionContract } from '../../core/series.js';
import { day } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import type { Task } from '../task-graph.js';
import type { KnownChain } from '../../lake/api.js';
import type { OptionsStep, SnapshotsStep } from '../../config/pipeline/pipeline.js';
import type { PlanContext } from '../plan-context.js';
import { selectContracts } from './select-contracts.js';
import { strikeDepth } from './strike-depth.js';

/** What can be said about the options that a step wants. */
export type OptionChoice =
  | { readonly kind: 'chosen'; readonly contracts: readonly OptionContract[] }
  | { readonly kind: 'nothing-listed' }
  | { readonly kind: 'no-chain' }
  | { readonly kind: 'no-price' };

/**
 * Sources list every expiry with every strike, and many of those pairs do not exist. One that the source did not know is
 * left alone for so long; then it may have been listed after all.
 */
const unlistedRetryInterval: Duration = 7 * day;

/** Chooses options from the latest chain by the latest price, without those that the source lists but does not know. */
export function chooseOptions(task: Task, step: OptionsStep | SnapshotsStep, context: PlanContext): OptionChoice {
  const { instrument } = task.symbol;
  const { provider } = step;
  const { knownState, options, now } = context;
  const chain = findLatestChain(task, step, context);
  if (chain === undefined) return { kind: 'no-chain' };
  if (chain.contracts.length === 0) return { kind: 'nothing-listed' };
  const lastPrice = knownState.price(provider, instrument.symbol);
  if (lastPrice === undefined) return { kind: 'no-price' };
  const isListed = (contract: OptionContract): boolean => {
    if (options.force) return true;
    if (knownState.isUnlisted(provider, instrument, contract)) return false;
    const series = formatSeriesName({ dataset: 'chains', provider, instrument, contract });
    const latest = context.coverage(provider, series).at(-1);
    return latest?.state !== 'empty' || now - latest.start >= unlistedRetryInterval;
  };
  const today = context.calendar(instrument.calendar).dateAt(now);
  const strikes = strikeDepth(step, knownState.volatilityRatio(provider, instrument.symbol));
  const contracts = selectContracts(chain.contracts, lastPrice.price, today, { ...step, strikes }).filter(isListed);
  return { kind: 'chosen', contracts };
}

/** The latest chain: one without a contract when the source has said that no options are listed. */
function findLatestChain(
  task: Task,
  { provider }: OptionsStep | SnapshotsStep,
  context: PlanContext,
): KnownChain | undefined {
  const { instrument } = task.symbol;
  const chain = context.knownState.chain(provider, instrument.symbol);
  const latest = context.coverage(provider, formatSeriesName({ dataset: 'chains', provider, instrument })).at(-1);
  if (latest?.state !== 'empty' || (chain !== undefined && chain.asOf > latest.start)) return chain;
  return { asOf: latest.start, requestId: '', contracts: [] };
}
