import type { Failure } from '../../../core/failure.js';
import { minute, second } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';

/** Which part of IB a request needs; each has farms of its own that may be down. */
export type FarmClass = 'historical' | 'market' | 'definitions';

/** What a message of the gateway means to whoever waits for an answer. */
export type CodeMeaning =
  /** The request is over and has failed. */
  | { readonly kind: 'failure'; readonly failure: Exclude<Failure['kind'], 'fatal'>; readonly retryAfter?: Duration }
  /** The source says that there is nothing. */
  | { readonly kind: 'no-data' }
  /** There is no such contract, or none any more. */
  | { readonly kind: 'no-contract' }
  /** More than one contract fits what was asked for. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'expired' }
  /** Data may follow all the same; if none does, this was the refusal. */
  | { readonly kind: 'may-follow' }
  | { readonly kind: 'competing' }
  | { readonly kind: 'link-lost' }
  | { readonly kind: 'link-restored'; readonly dataKept: boolean }
  | { readonly kind: 'farm-down'; readonly farm: FarmClass }
  | { readonly kind: 'farm-up'; readonly farm: FarmClass }
  | { readonly kind: 'client-id-taken' }
  | { readonly kind: 'port-changed' }
  | { readonly kind: 'disconnected' }
  /** Says something and changes nothing. */
  | { readonly kind: 'notice' }
  /** A collector must never see it. */
  | { readonly kind: 'alarm' };

const retryable: CodeMeaning = { kind: 'failure', failure: 'retryable' };
const invalid: CodeMeaning = { kind: 'failure', failure: 'invalid' };
const denied: CodeMeaning = { kind: 'failure', failure: 'denied' };
const notice: CodeMeaning = { kind: 'notice' };
const pacing = (retryAfter: Duration): CodeMeaning => ({ kind: 'failure', failure: 'pacing', retryAfter });

/** How long a competing session is waited for: its user is looking at the screen. */
export const competingSessionDelay: Duration = 3 * minute;

/** Every code of the gateway that means something to a collector. */
export const codeMeanings: ReadonlyMap<number, CodeMeaning> = new Map<number, CodeMeaning>([
  [100, pacing(5 * second)],
  [101, { kind: 'failure', failure: 'retryable', retryAfter: 10 * second }],
  [102, retryable],
  [165, notice],
  [166, { kind: 'expired' }],
  [200, { kind: 'no-contract' }],
  [201, { kind: 'alarm' }],
  [202, { kind: 'alarm' }],
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
  [1100, { kind: 'link-lost' }],
  [1101, { kind: 'link-restored', dataKept: false }],
  [1102, { kind: 'link-restored', dataKept: true }],
  [1300, { kind: 'port-changed' }],
  [2103, { kind: 'farm-down', farm: 'market' }],
  [2104, { kind: 'farm-up', farm: 'market' }],
  [2105, { kind: 'farm-down', farm: 'historical' }],
  [2106, { kind: 'farm-up', farm: 'historical' }],
  // Inactive farms wake up when they are asked.
  [2107, { kind: 'farm-up', farm: 'historical' }],
  [2108, { kind: 'farm-up', farm: 'market' }],
  [2110, { kind: 'link-lost' }],
  [2119, notice],
  [2157, { kind: 'farm-down', farm: 'definitions' }],
  [2158, { kind: 'farm-up', farm: 'definitions' }],
  [10089, { kind: 'may-follow' }],
  [10090, { kind: 'may-follow' }],
  [10091, { kind: 'may-follow' }],
  [10167, { kind: 'may-follow' }],
  [10168, denied],
  [10186, denied],
  [10187, denied],
  [10189, denied],
  [10197, { kind: 'competing' }],
  [10314, invalid],
]);

/** What the historical service says is told apart by its words, in this order. */
const historicalErrorPatterns: readonly (readonly [RegExp, CodeMeaning])[] = [
  [/different ip address|competing/i, { kind: 'competing' }],
  [/pacing violation/i, pacing(minute)],
  [/no .*permission|not subscribed|not entitled/i, denied],
  [/cancell?ed/i, retryable],
  [/expired/i, { kind: 'expired' }],
  [/\bno data\b|no head ?time ?stamp/i, { kind: 'no-data' }],
  [/invalid|unsupported|not supported|exceed|rejected|must occur|unknown contract/i, invalid],
];

/** What a message means, by its code and where that does not tell by its words. */
export function interpretCode(code: number, text: string): CodeMeaning {
  if (code === 162) return historicalErrorPatterns.find(([pattern]) => pattern.test(text))?.[1] ?? retryable;
  if (code === 200 && /ambiguous/i.test(text)) return { kind: 'ambiguous' };
  const known = codeMeanings.get(code);
  if (known !== undefined) return known;
  return code >= 2100 && code < 3000 ? notice : retryable;
}
