import type { Calendar } from '../../core/calendar.js';
import type { Outcome, Request } from '../../core/request.js';
import type { Instant } from '../../core/time.js';
import type { Market } from '../../market/market.js';
import type { Action } from '../../scenario/scenario.js';
import { marketAnswer } from '../market-answers.js';
import { failureFor } from '../market-refusals.js';
import { failureOf, failureOfError } from './errors.js';
import { ownAnswer } from './own-answer.js';
import { truncated } from './truncated.js';

/** Where answers come from when nothing goes wrong. */
export interface AnswerParts {
  readonly market: Market;
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  /** What the source's clock shows. */
  readonly now: Instant;
}

/** The market's answer and what each action in turn makes of it; what an action does to the whole source is not seen here. */
export function directedAnswer(actions: readonly Action[], request: Request, parts: AnswerParts): Outcome {
  const calendar = parts.calendarOf(request.series.instrument.calendar);
  return actions.reduce<() => Outcome>(
    (before, action) => () => changed(before, action, request, calendar, parts.now),
    () => marketAnswer(parts.market, request, parts.now),
  )();
}

/** `before` is only asked for where it matters: the market's answer may be costly, and is mostly replaced. */
function changed(
  before: () => Outcome,
  action: Action,
  request: Request,
  calendar: Calendar | undefined,
  now: Instant,
): Outcome {
  switch (action.kind) {
    case 'empty':
      return { kind: 'empty' };
    case 'truncate':
      return truncated(before(), action.keep, request, calendar);
    case 'rows':
      return ownAnswer(request, action.rows, { calendar, now });
    case 'unknown':
      return unknown(request);
    case 'expired':
      return { kind: 'failure', failure: { kind: 'lost', code: 'expired', message: 'the contract has expired' } };
    case 'error':
      return { kind: 'failure', failure: failureOfError(action) };
    case 'failure':
      return {
        kind: 'failure',
        failure: failureOf(action.failure, action.message, undefined, action.retryAfter),
      };
    case 'garbage':
      return { kind: 'failure', failure: failureOf('retryable', 'the answer cannot be read', 'malformed') };
    case 'drop': {
      const when = action.midMessage ? 'in the middle of the answer' : 'before the answer';
      return { kind: 'failure', failure: failureOf('retryable', `the connection was dropped ${when}`, 'dropped') };
    }
    default:
      return before();
  }
}

function unknown({ series }: Request): Outcome {
  switch (series.dataset) {
    case 'option_bars':
      return { kind: 'empty', unlisted: [series.contract] };
    case 'option_snapshots':
      return { kind: 'empty', unlisted: series.contracts };
    default:
      return { kind: 'failure', failure: failureFor('no-symbol', series.instrument) };
  }
}
