import type { Action } from './scenario.js';

/** How a scenario file writes an action: alone as a word, as the first key of a mapping, or both. */
export interface ActionWord {
  readonly kind: Action['kind'];
  /** May stand alone. */
  readonly alone: boolean;
  /** What may stand beside it; null when it is only ever a word. */
  readonly companions: readonly string[] | null;
  readonly example: string;
}

/** Every action as scenario files write it. */
export const actionWords: Readonly<Record<string, ActionWord>> = {
  delay: { kind: 'delay', alone: false, companions: [], example: '{ delay: 2s }' },
  silence: { kind: 'silence', alone: true, companions: null, example: 'silence' },
  empty: { kind: 'empty', alone: true, companions: null, example: 'empty' },
  error: { kind: 'error', alone: false, companions: ['message', 'status'], example: '{ error: 162 }' },
  truncate: { kind: 'truncate', alone: false, companions: [], example: '{ truncate: 0.5 }' },
  unknown: { kind: 'unknown', alone: true, companions: null, example: 'unknown' },
  expired: { kind: 'expired', alone: true, companions: null, example: 'expired' },
  garbage: { kind: 'garbage', alone: true, companions: null, example: 'garbage' },
  drop: { kind: 'drop', alone: true, companions: [], example: '{ drop: mid_message }' },
  half_open: { kind: 'half-open', alone: true, companions: null, example: 'half_open' },
  refuse: { kind: 'refuse', alone: true, companions: null, example: 'refuse' },
  slow_accept: { kind: 'slow-accept', alone: false, companions: [], example: '{ slow_accept: 2s }' },
  restart: { kind: 'restart', alone: false, companions: [], example: '{ restart: 30s }' },
  link_lost: {
    kind: 'link-lost',
    alone: false,
    companions: ['data_kept'],
    example: '{ link_lost: 1m, data_kept: false }',
  },
  farm_down: { kind: 'farm-down', alone: false, companions: ['for'], example: '{ farm_down: historical, for: 2m }' },
  logged_out: { kind: 'logged-out', alone: true, companions: null, example: 'logged_out' },
  rows: { kind: 'rows', alone: false, companions: [], example: '{ rows: [{ close: 190.5 }] }' },
  failure: {
    kind: 'failure',
    alone: false,
    companions: ['message', 'retry_after'],
    example: '{ failure: retryable, message: no answer }',
  },
};

/** The word of a file, or undefined; safe for words such as `constructor`. */
export function actionWord(word: string): ActionWord | undefined {
  return Object.hasOwn(actionWords, word) ? actionWords[word] : undefined;
}

/** How a file writes an action of a kind. */
export function wordOf(kind: Action['kind']): string {
  return kind.replaceAll('-', '_');
}

/** The words that a setting beside an action may go with. */
export function ownersOf(companion: string): readonly string[] {
  return Object.keys(actionWords).filter((word) => actionWords[word]?.companions?.includes(companion) === true);
}
