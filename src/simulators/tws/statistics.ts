import type { TwsRequest as RequestType } from '../../config/scenario/capabilities.js';
import type { HistoricalRule } from './pacing/historical-pacing.js';
import type { SlotPool } from './pacing/slot-pool.js';

/** A rule of the source that clients can violate. */
export type TwsRule = HistoricalRule | 'open-historical' | 'lines' | 'message-rate';

/** Counters of a simulated gateway, for assertions about clients. */
export interface TwsStatistics {
  readonly connections: { readonly accepted: number; readonly open: number; readonly peak: number };
  /** Requests received, answered or not. */
  readonly requests: Readonly<Partial<Record<RequestType, number>>>;
  readonly violations: Readonly<Record<TwsRule, number>>;
  readonly openHistorical: { readonly now: number; readonly peak: number };
  readonly lines: { readonly now: number; readonly peak: number };
}

export interface TwsCounters {
  countConnected(): void;
  countDisconnected(): void;
  countRequest(requestType: RequestType): void;
  countViolation(rule: TwsRule): void;
  statistics(): TwsStatistics;
}

export function createTwsCounters(openHistorical: SlotPool, lines: SlotPool): TwsCounters {
  let accepted = 0;
  let open = 0;
  let peak = 0;
  const requests = new Map<RequestType, number>();
  const violations: Record<TwsRule, number> = {
    identical: 0,
    'same-contract': 0,
    total: 0,
    'open-historical': 0,
    lines: 0,
    'message-rate': 0,
  };
  return {
    countConnected() {
      accepted++;
      open++;
      peak = Math.max(peak, open);
    },
    countDisconnected() {
      open--;
    },
    countRequest(requestType) {
      requests.set(requestType, (requests.get(requestType) ?? 0) + 1);
    },
    countViolation(rule) {
      violations[rule]++;
    },
    statistics: () => ({
      connections: { accepted, open, peak },
      requests: Object.fromEntries(requests),
      violations: { ...violations },
      openHistorical: { now: openHistorical.inUse, peak: openHistorical.peak },
      lines: { now: lines.inUse, peak: lines.peak },
    }),
  };
}
