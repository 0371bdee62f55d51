import type { ProviderName } from '../core/series.js';
import { minute } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';
import { formatTimeSeconds } from '../core/time/zoned-time.js';
import { pluralize } from '../platform/format.js';

/** The circuit of a provider that an earlier run left open. */
export interface OpenCircuit {
  readonly provider: string;
  /** The end of the cooldown: the next attempt after it probes the provider. */
  readonly until: Instant;
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** The first failure; absent if it is unknown. */
  readonly cause?: string;
}

/**
 * A cycle is skipped while a circuit is open if the next one comes this soon after the cooldown. A run that is due once a day
 * starts and waits for the end of the cooldown itself.
 */
const maxSkippedGap: Duration = 15 * minute;

/**
 * Returns the circuit that ends last if none of the providers can be used now and the next cycle comes soon after it; null
 * otherwise.
 */
export function findBlockingCircuit(
  circuits: readonly OpenCircuit[],
  providers: readonly ProviderName[],
  now: Instant,
  next: Instant | null,
): OpenCircuit | null {
  const open = circuits.filter(({ until }) => until > now);
  const isBlocked = providers.every((provider) => open.some((one) => one.provider === provider));
  const [longest] = open.toSorted((a, b) => b.until - a.until);
  return isBlocked && longest !== undefined && next !== null && next - longest.until <= maxSkippedGap ? longest : null;
}

export function describeCircuit({ provider, until, failures, cause }: OpenCircuit): string {
  const reason = cause === undefined ? '' : `: ${cause}`;
  return `circuit open for ${provider} until ${formatTimeSeconds(until)} after ${pluralize(failures, 'failure')} in a row${reason}`;
}
