import { seriesName } from '../core/series.js';
import type { OptionContract } from '../core/series.js';
import { day } from '../core/time.js';
import type { Duration } from '../core/time.js';
import type { Task } from '../graph/task-graph.js';
import type { KnownChain } from '../lake/contract.js';
import type { OptionsStep, SnapshotsStep } from '../pipeline/pipeline.js';
import type { PlanContext } from './context.js';
import { selectContracts } from './select.js';
import { strikeDepth } from './strike-depth.js';

/** What can be said about the options that a step wants. */
export type Choice =
  | { readonly kind: 'chosen'; readonly contracts: readonly OptionContract[] }
  | { readonly kind: 'nothing-listed' }
  | { readonly kind: 'no-chain' }
  | { readonly kind: 'no-price' };

/**
 * Sources list every expiry with every strike, and many of those pairs do not exist. One that the source did not know is
 * left alone for so long; then it may have been listed after all.
 */
const unlistedFor: Duration = 7 * day;

/** Chooses options from the latest chain by the latest price, without those that the source lists but does not know. */
export function chooseOptions(task: Task, step: OptionsStep | SnapshotsStep, context: PlanContext): Choice {
  const { instrument } = task.symbol;
  const { provider } = step;
  const { knowledge, options, now } = context;
  const chain = listedOptions(task, step, context);
  if (chain === undefined) return { kind: 'no-chain' };
  if (chain.contracts.length === 0) return { kind: 'nothing-listed' };
  const known = knowledge.price(provider, instrument.symbol);
  if (known === undefined) return { kind: 'no-price' };
  const isListed = (contract: OptionContract): boolean => {
    if (options.force) return true;
    if (knowledge.isUnlisted(provider, instrument, contract)) return false;
    const series = seriesName({ dataset: 'chains', provider, instrument, contract });
    const latest = context.coverage(provider, series).at(-1);
    return latest?.state !== 'empty' || now - latest.start >= unlistedFor;
  };
  const today = context.calendar(instrument.calendar).dateAt(now);
  const strikes = strikeDepth(step, knowledge.unrest(provider, instrument.symbol));
  const contracts = selectContracts(chain.contracts, known.price, today, { ...step, strikes }).filter(isListed);
  return { kind: 'chosen', contracts };
}

/** The latest chain: one without a contract when the source has said that no options are listed. */
function listedOptions(
  task: Task,
  { provider }: OptionsStep | SnapshotsStep,
  context: PlanContext,
): KnownChain | undefined {
  const { instrument } = task.symbol;
  const chain = context.knowledge.chain(provider, instrument.symbol);
  const latest = context.coverage(provider, seriesName({ dataset: 'chains', provider, instrument })).at(-1);
  if (latest?.state !== 'empty' || (chain !== undefined && chain.asOf > latest.start)) return chain;
  return { asOf: latest.start, requestId: '', contracts: [] };
}
