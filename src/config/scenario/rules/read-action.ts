import type { Duration } from '../../../core/time/time.js';
import { problem } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import { findActionSyntax, findActionsAccepting } from '../action-syntax.js';
import { readError } from './read-error.js';
import { readRows } from './read-rows.js';
import type { Match, Action } from '../scenario.js';
import type { Action as RawAction, Do } from '../schema.generated.js';
import { isApplicable } from './is-applicable.js';
import type { ValidatedScenario } from '../validate-scenario.js';

/** Reads the action of a rule; null after a report. */
export function readAction(raw: Do, path: NodePath, match: Match | null, validated: ValidatedScenario): Action | null {
  const { root } = validated;
  if (typeof raw === 'string') {
    const action = bareActions[raw];
    return match === null || isApplicable(action.kind, match.kind, findLocation(root, path), validated) ? action : null;
  }
  const { key, isValid } = findActionKey(raw, path, validated);
  const syntax = key === null ? undefined : findActionSyntax(key);
  if (key === null || syntax === undefined) return null;
  const applies =
    match === null || isApplicable(syntax.kind, match.kind, findKeyLocation(root, [...path, key]), validated);
  const action = readActionMapping(raw, path, match, validated);
  return applies && isValid ? action : null;
}

const bareActions = {
  no_response: { kind: 'no-response' },
  empty: { kind: 'empty' },
  unknown: { kind: 'unknown' },
  expired: { kind: 'expired' },
  garbage: { kind: 'garbage' },
  drop: { kind: 'drop', midMessage: false },
  half_open: { kind: 'half-open' },
  refuse: { kind: 'refuse' },
  logged_out: { kind: 'logged-out' },
} as const satisfies Record<Extract<Do, string>, Action>;

function readActionMapping(
  raw: RawAction,
  path: NodePath,
  match: Match | null,
  validated: ValidatedScenario,
): Action | null {
  const readDuration = (text: string | undefined, key: string): Duration | null =>
    text === undefined ? null : validated.readDuration(text, [...path, key]);
  const { delay, slow_accept, restart, upstream_lost, farm_down, error, truncate, drop, rows, failure } = raw;
  if (delay !== undefined) return withDuration('delay', readDuration(delay, 'delay'));
  if (slow_accept !== undefined) return withDuration('slow-accept', readDuration(slow_accept, 'slow_accept'));
  if (restart !== undefined) return withDuration('restart', readDuration(restart, 'restart'));
  if (upstream_lost !== undefined) {
    const duration = readDuration(upstream_lost, 'upstream_lost');
    return duration === null ? null : { kind: 'upstream-lost', duration, dataKept: raw.data_kept ?? true };
  }
  if (farm_down !== undefined) {
    if (raw.for === undefined) {
      const location = findKeyLocation(validated.root, [...path, 'farm_down']);
      validated.report(
        problem('missing-key', location, '`farm_down` needs `for`', {
          suggestion: `write \`${findActionSyntax('farm_down')?.example ?? ''}\``,
        }),
      );
      return null;
    }
    const duration = readDuration(raw.for, 'for');
    return duration === null ? null : { kind: 'farm-down', farm: farm_down, duration };
  }
  if (error !== undefined) return readError(error, raw, path, validated);
  if (truncate !== undefined) return { kind: 'truncate', keepFraction: truncate };
  if (drop !== undefined) return { kind: 'drop', midMessage: drop === 'mid_message' };
  if (rows !== undefined) return readRows(rows, [...path, 'rows'], match, validated);
  if (failure === undefined) return null;
  const { retry_after, message = 'simulated failure' } = raw;
  if (retry_after !== undefined && failure !== 'retryable' && failure !== 'pacing') {
    const location = findKeyLocation(validated.root, [...path, 'retry_after']);
    validated.report(
      problem(
        'misplaced-setting',
        location,
        `a \`${failure}\` failure is not retried, so \`retry_after\` has no effect`,
      ),
    );
    return null;
  }
  return { kind: 'failure', failure, message, retryAfter: readDuration(retry_after, 'retry_after') };
}

function withDuration(kind: 'delay' | 'slow-accept' | 'restart', duration: Duration | null): Action | null {
  return duration === null ? null : { kind, duration };
}

/** The key that names the action; null if there is none. Not valid after a report. */
interface ActionKey {
  readonly key: string | null;
  readonly isValid: boolean;
}

/** Finds the key that names the action; reports other actions and settings beside it. */
function findActionKey(raw: RawAction, path: NodePath, { root, report }: ValidatedScenario): ActionKey {
  const keys = Object.keys(raw);
  const [actionKey, ...otherActions] = keys.filter((key) => findActionSyntax(key) !== undefined);
  if (actionKey === undefined) {
    for (const key of keys) {
      const message = `\`${key}\` is a setting of an action, but the rule has no action`;
      report(
        problem('missing-action', findKeyLocation(root, [...path, key]), message, {
          suggestion: `add ${joinQuoted(findActionsAccepting(key))}`,
        }),
      );
    }
    return { key: null, isValid: false };
  }
  for (const other of otherActions) {
    const message = `a rule has one action, but this one has \`${actionKey}\` and \`${other}\``;
    report(
      problem('ambiguous-action', findKeyLocation(root, [...path, other]), message, {
        suggestion: 'write a second rule with the same `when`: every matching rule acts',
        related: [{ message: 'the first action', location: findKeyLocation(root, [...path, actionKey]) }],
      }),
    );
  }
  const accepted = [actionKey, ...otherActions].flatMap((key) => [key, ...(findActionSyntax(key)?.extraKeys ?? [])]);
  const misplaced = keys.filter((key) => !accepted.includes(key));
  for (const key of misplaced) {
    const message = `\`${key}\` is not a setting of \`${actionKey}\``;
    report(
      problem('misplaced-setting', findKeyLocation(root, [...path, key]), message, {
        suggestion: `it is a setting of ${joinQuoted(findActionsAccepting(key))}`,
      }),
    );
  }
  return { key: actionKey, isValid: otherActions.length === 0 && misplaced.length === 0 };
}

function joinQuoted(words: readonly string[]): string {
  return joinList(
    words.map((word) => `\`${word}\``),
    'or',
  );
}
