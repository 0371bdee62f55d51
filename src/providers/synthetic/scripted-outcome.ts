import type { Calendar } from '../../core/time/calendar.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import type { Instant } from '../../core/time/time.js';
import type { Market } from '../../market/market.js';
import type { Action } from '../../config/scenario/scenario.js';
import { marketOutcome } from '../market-responses.js';
import { toMarketFailure } from '../market-failures.js';
import { createFailure, toErrorFailure } from './action-failures.js';
import { rowsOutcome } from './rows-outcome.js';
import { truncateOutcome } from './truncate-outcome.js';

/** Where answers come from when nothing goes wrong. */
export interface ScriptDeps {
  readonly market: Market;
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  /** What the source's clock shows. */
  readonly now: Instant;
}

/** The market's answer and what each action in turn makes of it; what an action does to the whole source is not seen here. */
export function scriptedOutcome(actions: readonly Action[], request: Request, deps: ScriptDeps): FetchOutcome {
  const calendar = deps.calendarOf(request.series.instrument.calendar);
  return actions.reduce<() => FetchOutcome>(
    (getOutcome, action) => () => applyAction(getOutcome, action, request, calendar, deps.now),
    () => marketOutcome(deps.market, request, deps.now),
  )();
}

/** `before` is only asked for where it matters: the market's answer may be costly, and is mostly replaced. */
function applyAction(
  getOutcome: () => FetchOutcome,
  action: Action,
  request: Request,
  calendar: Calendar | undefined,
  now: Instant,
): FetchOutcome {
  switch (action.kind) {
    case 'empty':
      return { kind: 'empty' };
    case 'truncate':
      return truncateOutcome(getOutcome(), action.keepFraction, request, calendar);
    case 'rows':
      return rowsOutcome(request, action.rows, { calendar, now });
    case 'unknown':
      return unknownOutcome(request);
    case 'expired':
      return { kind: 'failure', failure: { kind: 'lost', code: 'expired', message: 'the contract has expired' } };
    case 'error':
      return { kind: 'failure', failure: toErrorFailure(action) };
    case 'failure':
      return {
        kind: 'failure',
        failure: createFailure(action.failure, action.message, undefined, action.retryAfter),
      };
    case 'garbage':
      return { kind: 'failure', failure: createFailure('retryable', 'the answer cannot be read', 'malformed') };
    case 'drop': {
      const position = action.midMessage ? 'in the middle of the answer' : 'before the answer';
      return {
        kind: 'failure',
        failure: createFailure('retryable', `the connection was dropped ${position}`, 'dropped'),
      };
    }
    default:
      return getOutcome();
  }
}

function unknownOutcome({ series }: Request): FetchOutcome {
  switch (series.dataset) {
    case 'option_bars':
      return { kind: 'empty', unlisted: [series.contract] };
    case 'option_snapshots':
      return { kind: 'empty', unlisted: series.contracts };
    default:
      return { kind: 'failure', failure: toMarketFailure('no-symbol', series.instrument) };
  }
}
