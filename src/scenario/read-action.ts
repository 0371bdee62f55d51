import type { Duration } from '../core/time.js';
import { problem } from '../yaml/problem.js';
import { enumerate } from '../yaml/text.js';
import { keyPlaceAt, placeAt } from '../yaml/tree.js';
import type { Path } from '../yaml/tree.js';
import { actionWord, ownersOf, wordOf } from './action-words.js';
import { readError } from './read-error.js';
import { readRows } from './read-rows.js';
import type { About, Action } from './scenario.js';
import type { Action as WrittenAction, Do } from './schema.generated.js';
import { makesSense } from './sense.js';
import type { Validated } from './validate.js';

/** What a rule does; null after a report. */
export function readAction(written: Do, path: Path, about: About | null, validated: Validated): Action | null {
  const action = typeof written === 'string' ? aloneAs[written] : readMapping(written, path, about, validated);
  if (action === null || about === null) return action;
  const { root } = validated;
  const place = typeof written === 'string' ? placeAt(root, path) : keyPlaceAt(root, [...path, wordOf(action.kind)]);
  return makesSense(action.kind, about.kind, place, validated) ? action : null;
}

const aloneAs = {
  silence: { kind: 'silence' },
  empty: { kind: 'empty' },
  unknown: { kind: 'unknown' },
  expired: { kind: 'expired' },
  garbage: { kind: 'garbage' },
  drop: { kind: 'drop', midMessage: false },
  half_open: { kind: 'half-open' },
  refuse: { kind: 'refuse' },
  logged_out: { kind: 'logged-out' },
} as const satisfies Record<Extract<Do, string>, Action>;

function readMapping(written: WrittenAction, path: Path, about: About | null, validated: Validated): Action | null {
  const head = headOf(written, path, validated);
  if (head === null) return null;
  const length = (text: string | undefined, key: string): Duration | null =>
    text === undefined ? null : validated.duration(text, [...path, key]);
  const { delay, slow_accept, restart, link_lost, farm_down, error, truncate, drop, rows, failure } = written;
  if (delay !== undefined) return lasting('delay', length(delay, 'delay'));
  if (slow_accept !== undefined) return lasting('slow-accept', length(slow_accept, 'slow_accept'));
  if (restart !== undefined) return lasting('restart', length(restart, 'restart'));
  if (link_lost !== undefined) {
    const duration = length(link_lost, 'link_lost');
    return duration === null ? null : { kind: 'link-lost', for: duration, dataKept: written.data_kept ?? true };
  }
  if (farm_down !== undefined) {
    if (written.for === undefined) {
      const place = keyPlaceAt(validated.root, [...path, 'farm_down']);
      validated.report(
        problem('missing-key', place, '`farm_down` needs `for`', {
          suggestion: `write \`${actionWord('farm_down')?.example ?? ''}\``,
        }),
      );
      return null;
    }
    const duration = length(written.for, 'for');
    return duration === null ? null : { kind: 'farm-down', farm: farm_down, for: duration };
  }
  if (error !== undefined) return readError(error, written, path, validated);
  if (truncate !== undefined) return { kind: 'truncate', keep: truncate };
  if (drop !== undefined) return { kind: 'drop', midMessage: drop === 'mid_message' };
  if (rows !== undefined) return readRows(rows, [...path, 'rows'], about, validated);
  if (failure === undefined) return null;
  const { retry_after, message = 'rehearsed failure' } = written;
  if (retry_after !== undefined && failure !== 'retryable' && failure !== 'pacing') {
    const place = keyPlaceAt(validated.root, [...path, 'retry_after']);
    validated.report(
      problem(
        'misplaced-setting',
        place,
        `a \`${failure}\` failure is not tried again, so \`retry_after\` means nothing`,
      ),
    );
    return null;
  }
  return { kind: 'failure', failure, message, retryAfter: length(retry_after, 'retry_after') };
}

function lasting(kind: 'delay' | 'slow-accept' | 'restart', duration: Duration | null): Action | null {
  return duration === null ? null : { kind, for: duration };
}

/** The one key that names the action; null after a report, for a mapping that names none, several, or what does not fit. */
function headOf(written: WrittenAction, path: Path, { root, report }: Validated): string | null {
  const keys = Object.keys(written);
  const [head, second] = keys.filter((key) => actionWord(key) !== undefined);
  if (head === undefined) {
    const [key = ''] = keys;
    const owners = ownersOf(key);
    report(
      problem(
        'no-action',
        keyPlaceAt(root, [...path, key]),
        `\`${key}\` says more about an action, and there is none`,
        {
          suggestion: `add ${enumerate(
            owners.map((word) => `\`${word}\``),
            'or',
          )}`,
        },
      ),
    );
    return null;
  }
  if (second !== undefined) {
    report(
      problem(
        'two-actions',
        keyPlaceAt(root, [...path, second]),
        `a rule does one thing, and this is \`${second}\` after \`${head}\``,
        {
          suggestion: 'write a second rule with the same `when`: all that match act',
          related: [{ message: 'the first one', place: keyPlaceAt(root, [...path, head]) }],
        },
      ),
    );
    return null;
  }
  const companions = actionWord(head)?.companions ?? [];
  const strange = keys.find((key) => key !== head && !companions.includes(key));
  if (strange === undefined) return head;
  report(
    problem('misplaced-setting', keyPlaceAt(root, [...path, strange]), `\`${strange}\` does not go with \`${head}\``, {
      suggestion: `it goes with ${enumerate(
        ownersOf(strange).map((word) => `\`${word}\``),
        'or',
      )}`,
    }),
  );
  return null;
}
