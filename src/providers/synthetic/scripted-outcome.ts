import type { Calendar } from '../../core/time/calendar.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import type { Instant } from '../../core/time/time.js';
import type { Market } from '../../market/market.js';
import type { Fault } from '../../config/scenario/engine/plan-faults.js';
import type { Failure } from '../../core/failure.js';
import { marketOutcome } from '../market-responses.js';
import { toMarketFailure } from '../market-failures.js';
import { createFailure, toErrorFailure } from './action-failures.js';
import { rowsOutcome } from './rows-outcome.js';
import { truncateOutcome } from './truncate-outcome.js';

/** The sources of answers when no rule matches. */
export interface ScriptDeps {
  readonly market: Market;
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  /** The time of the clock of the source. */
  readonly now: Instant;
}

/** The outcome of a request: the market's answer, or what the fault makes of it. */
export function scriptedOutcome(fault: Fault | null, request: Request, deps: ScriptDeps): FetchOutcome {
  const calendar = deps.calendarOf(request.series.instrument.calendar);
  switch (fault?.kind) {
    case 'empty':
      return { kind: 'empty' };
    case 'truncate':
      return truncateOutcome(marketOutcome(deps.market, request, deps.now), fault.keepFraction, request, calendar);
    case 'rows':
      return rowsOutcome(request, fault.rows, { calendar, now: deps.now });
    case 'unknown':
      return unknownOutcome(request);
    case 'expired':
      return failureOutcome({ kind: 'unavailable', code: 'expired', message: 'the contract has expired' });
    case 'error':
      return failureOutcome(toErrorFailure(fault));
    case 'failure':
      return failureOutcome(createFailure(fault.failure, fault.message, undefined, fault.retryAfter));
    case 'garbage':
      return failureOutcome(createFailure('retryable', 'the response cannot be parsed', 'malformed'));
    case 'drop': {
      const position = fault.midMessage ? 'in the middle of the response' : 'before the response';
      return failureOutcome(createFailure('retryable', `the connection was dropped ${position}`, 'dropped'));
    }
    default:
      return marketOutcome(deps.market, request, deps.now);
  }
}

function failureOutcome(failure: Failure): FetchOutcome {
  return { kind: 'failure', failure };
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
