import type { Duration } from '../../../core/time/time.js';
import { problem } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import { findActionSyntax, findActionsAccepting, toYamlName } from '../action-syntax.js';
import { readError } from './read-error.js';
import { readRows } from './read-rows.js';
import type { Match, Action } from '../scenario.js';
import type { Action as RawAction, Do } from '../schema.generated.js';
import { isApplicable } from './is-applicable.js';
import type { ValidatedScenario } from '../validate-scenario.js';

/** Reads the action of a rule; null after a report. */
export function readAction(raw: Do, path: NodePath, match: Match | null, validated: ValidatedScenario): Action | null {
  const action = typeof raw === 'string' ? bareActions[raw] : readActionMapping(raw, path, match, validated);
  if (action === null || match === null) return action;
  const { root } = validated;
  const location =
    typeof raw === 'string' ? findLocation(root, path) : findKeyLocation(root, [...path, toYamlName(action.kind)]);
  return isApplicable(action.kind, match.kind, location, validated) ? action : null;
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
  const actionKey = findActionKey(raw, path, validated);
  if (actionKey === null) return null;
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

/** Finds the key that names the action; null after a report if there is none, several, or one with unsupported settings. */
function findActionKey(raw: RawAction, path: NodePath, { root, report }: ValidatedScenario): string | null {
  const keys = Object.keys(raw);
  const [actionKey, secondKey] = keys.filter((key) => findActionSyntax(key) !== undefined);
  if (actionKey === undefined) {
    const [key = ''] = keys;
    const owners = findActionsAccepting(key);
    report(
      problem(
        'missing-action',
        findKeyLocation(root, [...path, key]),
        `\`${key}\` is a setting of an action, but the rule has no action`,
        {
          suggestion: `add ${joinList(
            owners.map((word) => `\`${word}\``),
            'or',
          )}`,
        },
      ),
    );
    return null;
  }
  if (secondKey !== undefined) {
    report(
      problem(
        'ambiguous-action',
        findKeyLocation(root, [...path, secondKey]),
        `a rule has one action, but this one has \`${actionKey}\` and \`${secondKey}\``,
        {
          suggestion: 'write a second rule with the same `when`: every matching rule acts',
          related: [{ message: 'the first action', location: findKeyLocation(root, [...path, actionKey]) }],
        },
      ),
    );
    return null;
  }
  const extraKeys = findActionSyntax(actionKey)?.extraKeys ?? [];
  const misplaced = keys.find((key) => key !== actionKey && !extraKeys.includes(key));
  if (misplaced === undefined) return actionKey;
  report(
    problem(
      'misplaced-setting',
      findKeyLocation(root, [...path, misplaced]),
      `\`${misplaced}\` is not a setting of \`${actionKey}\``,
      {
        suggestion: `it is a setting of ${joinList(
          findActionsAccepting(misplaced).map((word) => `\`${word}\``),
          'or',
        )}`,
      },
    ),
  );
  return null;
}
