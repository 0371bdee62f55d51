import type { Action } from './scenario.js';

/** Notation of an action in a scenario file: a word, a mapping that starts with the word, or both. */
export interface ActionSyntax {
  readonly kind: Action['kind'];
  /** Can be written as a word without a mapping. */
  readonly canStandAlone: boolean;
  /** Settings beside it in a mapping; null if it cannot be a mapping. */
  readonly extraKeys: readonly string[] | null;
  readonly example: string;
}

/** All actions by their word in scenario files. */
export const actionSyntaxes: Readonly<Record<string, ActionSyntax>> = {
  delay: { kind: 'delay', canStandAlone: false, extraKeys: [], example: '{ delay: 2s }' },
  no_response: { kind: 'no-response', canStandAlone: true, extraKeys: null, example: 'no_response' },
  empty: { kind: 'empty', canStandAlone: true, extraKeys: null, example: 'empty' },
  error: { kind: 'error', canStandAlone: false, extraKeys: ['message', 'status'], example: '{ error: 162 }' },
  truncate: { kind: 'truncate', canStandAlone: false, extraKeys: [], example: '{ truncate: 0.5 }' },
  unknown: { kind: 'unknown', canStandAlone: true, extraKeys: null, example: 'unknown' },
  expired: { kind: 'expired', canStandAlone: true, extraKeys: null, example: 'expired' },
  garbage: { kind: 'garbage', canStandAlone: true, extraKeys: null, example: 'garbage' },
  drop: { kind: 'drop', canStandAlone: true, extraKeys: [], example: '{ drop: mid_message }' },
  half_open: { kind: 'half-open', canStandAlone: true, extraKeys: null, example: 'half_open' },
  refuse: { kind: 'refuse', canStandAlone: true, extraKeys: null, example: 'refuse' },
  slow_accept: { kind: 'slow-accept', canStandAlone: false, extraKeys: [], example: '{ slow_accept: 2s }' },
  restart: { kind: 'restart', canStandAlone: false, extraKeys: [], example: '{ restart: 30s }' },
  upstream_lost: {
    kind: 'upstream-lost',
    canStandAlone: false,
    extraKeys: ['data_kept'],
    example: '{ upstream_lost: 1m, data_kept: false }',
  },
  farm_down: {
    kind: 'farm-down',
    canStandAlone: false,
    extraKeys: ['for'],
    example: '{ farm_down: historical, for: 2m }',
  },
  logged_out: { kind: 'logged-out', canStandAlone: true, extraKeys: null, example: 'logged_out' },
  rows: { kind: 'rows', canStandAlone: false, extraKeys: [], example: '{ rows: [{ close: 190.5 }] }' },
  failure: {
    kind: 'failure',
    canStandAlone: false,
    extraKeys: ['message', 'retry_after'],
    example: '{ failure: retryable, message: no answer }',
  },
};

/** Returns the syntax of a word; undefined for others, including `constructor`. */
export function findActionSyntax(word: string): ActionSyntax | undefined {
  return Object.hasOwn(actionSyntaxes, word) ? actionSyntaxes[word] : undefined;
}

/** Returns the word of an action in scenario files. */
export function toYamlName(kind: Action['kind']): string {
  return kind.replaceAll('-', '_');
}

/** Returns the actions that accept a setting beside them. */
export function findActionsAccepting(extraKey: string): readonly string[] {
  return Object.keys(actionSyntaxes).filter((word) => actionSyntaxes[word]?.extraKeys?.includes(extraKey) === true);
}
