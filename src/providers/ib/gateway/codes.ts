import type { Failure } from '../../../core/failure.js';
import { minute, second } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';

/** The service of IB that answers a request; each service has data farms that may be down. */
export type FarmClass = 'historical' | 'market' | 'definitions';

/** The meaning of a message of the gateway for the request that it belongs to. */
export type CodeMeaning =
  /** The request has failed. */
  | { readonly kind: 'failure'; readonly failure: Exclude<Failure['kind'], 'fatal'>; readonly retryAfter?: Duration }
  /** There is no data. */
  | { readonly kind: 'no-data' }
  /** There is no such contract, or it has been delisted. */
  | { readonly kind: 'no-contract' }
  /** More than one contract matches the description. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'expired' }
  /** Data may still follow; if none does, the request was denied. */
  | { readonly kind: 'data-may-follow' }
  | { readonly kind: 'competing' }
  | { readonly kind: 'upstream-lost' }
  | { readonly kind: 'upstream-restored'; readonly dataKept: boolean }
  | { readonly kind: 'farm-down'; readonly farm: FarmClass }
  | { readonly kind: 'farm-up'; readonly farm: FarmClass }
  | { readonly kind: 'client-id-taken' }
  | { readonly kind: 'port-changed' }
  | { readonly kind: 'disconnected' }
  /** Information only. */
  | { readonly kind: 'notice' }
  /** A message that a program without orders must never receive. */
  | { readonly kind: 'unexpected' };

const retryable: CodeMeaning = { kind: 'failure', failure: 'retryable' };
const invalid: CodeMeaning = { kind: 'failure', failure: 'invalid' };
const denied: CodeMeaning = { kind: 'failure', failure: 'denied' };
const notice: CodeMeaning = { kind: 'notice' };
const pacing = (retryAfter: Duration): CodeMeaning => ({ kind: 'failure', failure: 'pacing', retryAfter });

/** The delay after a competing session took the market data: its user is probably working in it. */
export const competingSessionDelay: Duration = 3 * minute;

/** Every code of the gateway that matters to market data. */
export const codeMeanings: ReadonlyMap<number, CodeMeaning> = new Map<number, CodeMeaning>([
  [100, pacing(5 * second)],
  [101, { kind: 'failure', failure: 'retryable', retryAfter: 10 * second }],
  [102, retryable],
  [165, notice],
  [166, { kind: 'expired' }],
  [200, { kind: 'no-contract' }],
  [201, { kind: 'unexpected' }],
  [202, { kind: 'unexpected' }],
  [203, denied],
  [300, retryable],
  [320, invalid],
  [321, invalid],
  [322, retryable],
  [323, retryable],
  [326, { kind: 'client-id-taken' }],
  [354, denied],
  [366, retryable],
  [386, retryable],
  [420, pacing(minute)],
  [502, { kind: 'disconnected' }],
  [504, { kind: 'disconnected' }],
  [1100, { kind: 'upstream-lost' }],
  [1101, { kind: 'upstream-restored', dataKept: false }],
  [1102, { kind: 'upstream-restored', dataKept: true }],
  [1300, { kind: 'port-changed' }],
  [2103, { kind: 'farm-down', farm: 'market' }],
  [2104, { kind: 'farm-up', farm: 'market' }],
  [2105, { kind: 'farm-down', farm: 'historical' }],
  [2106, { kind: 'farm-up', farm: 'historical' }],
  // Inactive farms become active on the first request.
  [2107, { kind: 'farm-up', farm: 'historical' }],
  [2108, { kind: 'farm-up', farm: 'market' }],
  [2110, { kind: 'upstream-lost' }],
  [2119, notice],
  [2157, { kind: 'farm-down', farm: 'definitions' }],
  [2158, { kind: 'farm-up', farm: 'definitions' }],
  [10089, { kind: 'data-may-follow' }],
  [10090, { kind: 'data-may-follow' }],
  [10091, { kind: 'data-may-follow' }],
  [10167, { kind: 'data-may-follow' }],
  [10168, denied],
  [10186, denied],
  [10187, denied],
  [10189, denied],
  [10197, { kind: 'competing' }],
  [10314, invalid],
]);

/** The historical service reports every error as code 162; the first pattern that matches its text decides. */
const historicalErrorPatterns: readonly (readonly [RegExp, CodeMeaning])[] = [
  // The texts of a TWS in another language keep these words.
  [/different ip|ip.?adress?e|competing/i, { kind: 'competing' }],
  [/pacing/i, pacing(minute)],
  [/no .{0,80}permission|not subscribed|not entitled/i, denied],
  [/cancell?ed/i, retryable],
  [/expired/i, { kind: 'expired' }],
  [/\bno data\b|no head ?time ?stamp/i, { kind: 'no-data' }],
  [/invalid|unsupported|not supported|exceed|rejected|must occur|unknown contract/i, invalid],
];

export function interpretCode(code: number, text: string): CodeMeaning {
  if (code === 162) return historicalErrorPatterns.find(([pattern]) => pattern.test(text))?.[1] ?? retryable;
  if (code === 200 && /ambiguous/i.test(text)) return { kind: 'ambiguous' };
  const known = codeMeanings.get(code);
  if (known !== undefined) return known;
  return code >= 2100 && code < 3000 ? notice : retryable;
}
