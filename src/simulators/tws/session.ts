import type { Instant } from '../../core/time.js';
import type { TwsRequest as RequestWord } from '../../scenario/words.js';
import { accountAnswer } from './account-answers.js';
import type { Looked } from './contracts/book.js';
import { courseOf } from './course.js';
import type { Course } from './course.js';
import { deliver } from './delivery.js';
import type { Gateway } from './gateway.js';
import { realTimeBarService } from './history/real-time-bars.js';
import { errorOf, historicalService } from './history/service.js';
import { aboutOf, contractIn, occasionOf } from './occasion.js';
import type { Outages } from './outages.js';
import { quoteService } from './quotes/service.js';
import { detailsReply, parametersReply, priceSteps, samplesReply, underlyingOf } from './reference-answers.js';
import type { ReferenceReply } from './reference-answers.js';
import { whenDue } from './waiting.js';
import type { WireOut } from './wire-out.js';
import { wordFor } from './wire/requests.js';
import type { TwsRequest } from './wire/requests.js';

/** What one client has going on, from its first request until it leaves. */
export interface Session {
  handle(request: Exclude<TwsRequest, { kind: 'start' }>): void;
  /** Forgets subscriptions and everything under way, as when the link was lost with its data. */
  drop(): void;
  end(): void;
}

type Handled = Parameters<Session['handle']>[0];

export function openSession(gateway: Gateway, out: WireOut): Session {
  const { parts, book, outages } = gateway;
  const { clock } = parts;
  const history = historicalService(gateway, out);
  const quotes = quoteService(gateway, out);
  const realTimeBars = realTimeBarService(gateway, out);
  const ended = new AbortController();

  function look(request: Handled, now: Instant): Looked | null {
    if (request.kind === 'option-parameters') return book.look(underlyingOf(request), now);
    const contract = contractIn(request);
    return contract === null ? null : book.look(contract, now);
  }

  /** Holds a request against the scenario; what happens to the gateway happens now. */
  function courseFor(word: RequestWord, request: Handled, looked: Looked | null): Course {
    const actions = parts.director.direct(occasionOf(word, request, looked), gateway.elapsed());
    for (const action of actions) {
      parts.emit({ kind: 'action', at: clock.now(), connection: out.number, action: action.kind, request: word });
    }
    const course = courseOf(actions);
    for (const event of course.events) gateway.perform(event, out.number, word);
    return course;
  }

  /** Answers what is answered once, by whatever `reply` finds when its time has come. */
  function answerOnce(word: RequestWord, id: number, course: Course, reply: (now: Instant) => ReferenceReply): void {
    whenDue({ clock, outages, signal: ended.signal }, course.delay, null, () => {
      const { deed } = course;
      const found = reply(parts.marketTime());
      if (found.kind === 'error') {
        if (deliver(out, deed, [])) out.refuse(id, found.code, found.message, word);
      } else if (deliver(out, deed, found.frames)) {
        parts.emit({ kind: 'answered', at: clock.now(), connection: out.number, request: word, rows: found.rows });
      }
    });
  }

  function replyTo(request: Handled, looked: Looked | null, course: Course, now: Instant): ReferenceReply {
    const { deed } = course;
    switch (request.kind) {
      case 'contract-details':
        return detailsReply(gateway, out.version, request.id, looked ?? { kind: 'none' }, deed, now);
      case 'option-parameters':
        return parametersReply(gateway, request, looked ?? { kind: 'none' }, deed, now);
      case 'historical':
      case 'head-timestamp':
      case 'market-data':
      case 'real-time-bars':
        throw new Error(`${request.kind} is answered by a service of its own`);
      default:
        break;
    }
    if (deed.kind === 'error') return { kind: 'error', ...errorOf(deed, '') };
    switch (request.kind) {
      case 'unsupported':
        return { kind: 'error', code: request.code, message: request.message };
      case 'place-order':
        return { kind: 'error', code: 201, message: 'Order rejected - reason:This is a market-data simulator' };
      case 'cancel-order':
        return {
          kind: 'error',
          code: 10147,
          message: `OrderId ${request.id} that needs to be cancelled is not found.`,
        };
      case 'matching-symbols':
        return samplesReply(gateway, out.version, request.id, request.pattern, now);
      case 'market-rule':
        return { kind: 'frames', frames: priceSteps(request.rule), rows: 1 };
      default:
        return { kind: 'frames', frames: accountAnswer(request, parts.account, now) ?? [], rows: 0 };
    }
  }

  function drop(): void {
    history.drop();
    quotes.drop();
    realTimeBars.drop();
  }

  return {
    handle(request) {
      switch (request.kind) {
        case 'cancel':
          if (request.of === 'market-data') quotes.cancel(request.id);
          else if (request.of === 'real-time-bars') realTimeBars.cancel(request.id);
          else history.cancel(request.id, request.of);
          return;
        case 'market-data-type':
          quotes.setType(request.type);
          return;
        default:
          break;
      }
      const word = wordFor(request);
      if (word === null) return;
      const looked = look(request, parts.marketTime());
      gateway.tally.request(word);
      const about = aboutOf(occasionOf(word, request, looked));
      parts.emit({ kind: 'request', at: clock.now(), connection: out.number, request: word, about });
      if ((request.kind === 'historical' || request.kind === 'head-timestamp') && !history.admit(request)) return;
      const course = courseFor(word, request, looked);
      switch (request.kind) {
        case 'historical':
        case 'head-timestamp':
          history.answer(request, looked ?? { kind: 'none' }, course);
          return;
        case 'market-data':
          quotes.answer(request, looked ?? { kind: 'none' }, course);
          return;
        case 'real-time-bars':
          realTimeBars.answer(request, looked ?? { kind: 'none' }, course);
          return;
        default:
          answerOnce(word, 'id' in request ? request.id : -1, course, (now) => replyTo(request, looked, course, now));
      }
    },
    drop,
    end() {
      ended.abort();
      drop();
    },
  };
}

/** The news that every client gets when it comes in: which data farms are there. */
export function farmNews({ isDown }: Outages): readonly number[] {
  return [isDown('market') ? 2103 : 2104, isDown('historical') ? 2105 : 2106, 2158];
}
