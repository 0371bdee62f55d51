import type { ContractDetails, SecType } from '@stoqey/ib';

import type { BarSize, Hours, What } from '../../core/bars.js';
import type { Clock } from '../../core/clock.js';
import { err, ok } from '../../core/result.js';
import type { Duration } from '../../core/time.js';
import { second } from '../../core/time.js';
import type { OptionParameters } from './chain.js';
import type { HistorySpan } from './history.js';
import { troubleIn, unheard } from './question.js';
import type { Answer, Question, Trouble } from './question.js';
import type { TickBook } from './ticks.js';
import type { Heard, WireBar, WireContract } from './wire.js';

/** A question whose answer comes in pieces, with a mark at its end. */
function inPieces<T>(
  question: Pick<Question<readonly T[]>, 'farm' | 'ask' | 'stop'>,
  end: Heard['kind'],
  pieceOf: (what: Heard) => T | null,
): Question<readonly T[]> {
  const pieces: T[] = [];
  return {
    ...question,
    lingers: false,
    hear(what) {
      if (what.kind === 'error') return troubleIn(what);
      if (what.kind === end) return ok(pieces);
      const piece = pieceOf(what);
      if (piece !== null) pieces.push(piece);
      return null;
    },
  };
}

/** All contracts that fit a description. */
export function detailsQuestion(contract: WireContract): Question<readonly ContractDetails[]> {
  return inPieces(
    { farm: 'definitions', ask: (wire, id) => wire.details(id, contract), stop: null },
    'details-end',
    (what) => (what.kind === 'details' ? what.details : null),
  );
}

/** The options listed on something. */
export function parametersQuestion(underlying: {
  readonly symbol: string;
  readonly exchange: string;
  readonly secType: SecType;
  readonly conId: number;
}): Question<readonly OptionParameters[]> {
  const { symbol, exchange, secType, conId } = underlying;
  return inPieces(
    { farm: 'definitions', ask: (wire, id) => wire.parameters(id, symbol, exchange, secType, conId), stop: null },
    'parameters-end',
    (what) => (what.kind === 'parameters' ? what : null),
  );
}

/** Bars of a stretch of time. */
export function historyQuestion(
  contract: WireContract,
  span: HistorySpan,
  about: { readonly barSize: BarSize; readonly what: What; readonly hours: Hours },
): Question<readonly WireBar[]> {
  const { barSize, what, hours } = about;
  return inPieces(
    {
      farm: 'historical',
      ask: (wire, id) => wire.history(id, contract, { ...span, barSize, what, regularHours: hours === 'rth' }),
      stop: (wire, id) => wire.cancelHistory(id),
    },
    'bars-end',
    (heard) => (heard.kind === 'bar' ? heard.bar : null),
  );
}

/** When history begins. The request counts as open at IB until it is stopped. */
export function headQuestion(contract: WireContract, what: What, hours: Hours): Question<string> {
  // Quotes of bid and ask have no beginning of their own.
  const asked = what === 'BID_ASK' ? 'BID' : what;
  return {
    farm: 'historical',
    ask: (wire, id) => wire.head(id, contract, asked, hours === 'rth'),
    stop: (wire, id) => wire.cancelHead(id),
    lingers: true,
    hear(heard) {
      if (heard.kind === 'error') return troubleIn(heard);
      return heard.kind === 'head' ? ok(heard.time) : null;
    },
  };
}

/** How long market data is listened to. */
export interface Patience {
  readonly clock: Clock;
  /** Without news of a new kind for so long, there is no more to come. */
  readonly quiet: Duration;
  readonly atMost: Duration;
  /** Ends with the question, however that ends. */
  readonly over: AbortSignal;
}

/**
 * Listens to market data until the book is complete, nothing new comes, or time is up. A snapshot of the gateway's own would
 * not tell open interest, and takes eleven seconds whenever something is missing.
 */
export function ticksQuestion(
  contract: WireContract,
  genericTicks: string,
  book: TickBook,
  isComplete: () => boolean,
  { clock, quiet, atMost, over }: Patience,
): Question<TickBook> {
  let lastNews: number | null = null;
  let refusal: Trouble | null = null;
  const conclusion = (): Answer<TickBook> => {
    if (book.hasNews()) return ok(book);
    return refusal === null
      ? unheard(`no market data within ${Math.round(atMost / second)} s`, 'no-answer')
      : err(refusal);
  };
  return {
    farm: 'market',
    ask(wire, id, finish) {
      wire.ticks(id, contract, genericTicks);
      const until = clock.now() + atMost;
      const listen = async (): Promise<void> => {
        for (;;) {
          const next = lastNews === null ? until : Math.min(until, lastNews + quiet);
          // News may come while this waits, and then the end is nearer than it was.
          await clock.sleepUntil(Math.min(next, clock.now() + quiet), over);
          const now = clock.now();
          if (now < until && (lastNews === null || now < lastNews + quiet)) continue;
          finish(conclusion());
          return;
        }
      };
      listen().catch(() => undefined);
    },
    stop: (wire, id) => wire.cancelTicks(id),
    lingers: true,
    hear(what) {
      if (what.kind === 'error') {
        const trouble = troubleIn(what);
        if (trouble === null || trouble.ok) return null;
        if (trouble.error.kind !== 'gateway' || trouble.error.meaning.kind !== 'may-follow') return trouble;
        refusal = trouble.error;
        return null;
      }
      if (book.take(what)) lastNews = clock.now();
      return isComplete() ? ok(book) : null;
    },
  };
}
