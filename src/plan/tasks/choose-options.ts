import type { StrikeSelection } from '../../core/option-selection.js';
import { formatSeriesName } from '../../core/series.js';
import type { OptionContract } from '../../core/series.js';
import { day } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import type { Task } from '../task-graph.js';
import type { OptionsStep, SnapshotsStep } from '../../config/pipeline/pipeline.js';
import type { PlanContext } from '../plan-context.js';
import { selectContracts } from './select-contracts.js';

/** The options that a step wants, or why there are none. */
export type OptionChoice =
  | { readonly kind: 'chosen'; readonly contracts: readonly OptionContract[] }
  | { readonly kind: 'no-options' }
  | { readonly kind: 'no-chain' }
  | { readonly kind: 'no-price' };

/**
 * Providers list every expiry with every strike, and many of those pairs do not exist. An option that the provider did not
 * know is requested again after this time, because it may have been listed since.
 */
const unlistedRetryInterval: Duration = 7 * day;

/** The maximum factor by which adaptive strikes widen a chain. */
const maxWidening = 2;

/** Widens a number or a per cent of strikes in proportion to the volatility; never takes fewer than configured. */
export function widenStrikes(
  { strikes, adaptiveStrikes }: { readonly strikes: StrikeSelection; readonly adaptiveStrikes: boolean },
  volatilityRatio: number | undefined,
): StrikeSelection {
  if (!adaptiveStrikes || volatilityRatio === undefined || strikes === 'all') return strikes;
  const factor = Math.min(volatilityRatio, maxWidening);
  const widen = (count: number): number => Math.max(count, Math.ceil(count * factor - 1e-9));
  if (typeof strikes === 'number') return widen(strikes);
  const { nearest, percent } = strikes;
  return {
    ...strikes,
    nearest: nearest === null ? null : widen(nearest),
    percent: percent === null ? null : Math.max(percent, percent * factor),
  };
}

/** Chooses options from the latest chain by the latest price, without those that the provider lists but does not know. */
export function chooseOptions(task: Task, step: OptionsStep | SnapshotsStep, context: PlanContext): OptionChoice {
  const { instrument } = task.symbol;
  const { provider } = step;
  const { knownState, options, now } = context;
  const listedContracts = findLatestContracts(task, step, context);
  if (listedContracts === null) return { kind: 'no-chain' };
  if (listedContracts.length === 0) return { kind: 'no-options' };
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
  const strikes = widenStrikes(step, knownState.volatilityRatio(provider, instrument.symbol));
  const spot = lastPrice.price;
  const delta = (contract: OptionContract): number | null => context.delta(provider, instrument, contract, spot);
  const contracts = selectContracts(listedContracts, { spot, today, delta }, { ...step, strikes }).filter(isListed);
  return { kind: 'chosen', contracts };
}

/** Returns the contracts of the latest chain: none when the provider answered that no options are listed; null without a chain. */
function findLatestContracts(
  task: Task,
  { provider }: OptionsStep | SnapshotsStep,
  context: PlanContext,
): readonly OptionContract[] | null {
  const { instrument } = task.symbol;
  const chain = context.knownState.chain(provider, instrument.symbol);
  const latest = context.coverage(provider, formatSeriesName({ dataset: 'chains', provider, instrument })).at(-1);
  if (latest?.state !== 'empty' || (chain !== undefined && chain.asOf > latest.start)) return chain?.contracts ?? null;
  return [];
}
