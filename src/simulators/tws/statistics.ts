import type { TwsRequest as RequestWord } from '../../scenario/words.js';
import type { HistoricalRule } from './pacing/historical-pacing.js';
import type { PlacesTaken } from './pacing/places-taken.js';

/** A rule of the source that clients can break. */
export type TwsRule = HistoricalRule | 'open-historical' | 'lines' | 'message-rate';

/** What a simulated gateway has seen so far, for tests to hold clients to. */
export interface TwsStatistics {
  readonly connections: { readonly accepted: number; readonly open: number; readonly peak: number };
  /** Requests that came in, answered or not. */
  readonly requests: Readonly<Partial<Record<RequestWord, number>>>;
  readonly violations: Readonly<Record<TwsRule, number>>;
  readonly openHistorical: { readonly now: number; readonly peak: number };
  readonly lines: { readonly now: number; readonly peak: number };
}

/** Counts what happens. */
export interface Tally {
  connected(): void;
  disconnected(): void;
  request(word: RequestWord): void;
  violation(rule: TwsRule): void;
  statistics(): TwsStatistics;
}

export function tally(openHistorical: PlacesTaken, lines: PlacesTaken): Tally {
  let accepted = 0;
  let open = 0;
  let peak = 0;
  const requests = new Map<RequestWord, number>();
  const violations: Record<TwsRule, number> = {
    identical: 0,
    'same-contract': 0,
    total: 0,
    'open-historical': 0,
    lines: 0,
    'message-rate': 0,
  };
  return {
    connected() {
      accepted++;
      open++;
      peak = Math.max(peak, open);
    },
    disconnected() {
      open--;
    },
    request(word) {
      requests.set(word, (requests.get(word) ?? 0) + 1);
    },
    violation(rule) {
      violations[rule]++;
    },
    statistics: () => ({
      connections: { accepted, open, peak },
      requests: Object.fromEntries(requests),
      violations: { ...violations },
      openHistorical: { now: openHistorical.taken, peak: openHistorical.peak },
      lines: { now: lines.taken, peak: lines.peak },
    }),
  };
}
