import type { Failure } from '../../core/failure.js';
import { err } from '../../core/result.js';
import type { FarmClass } from './codes.js';
import { unheard } from './question.js';
import type { Answer, Question } from './question.js';
import type { Heard, Wire } from './wire.js';

/** The requests that are open on one connection. */
export interface Registry {
  /** Asks, and stops the gateway when the signal aborts. */
  ask<T>(wire: Wire, question: Question<T>, signal: AbortSignal): Promise<Answer<T>>;
  /** Hands on what the gateway says; about a request that is over it is dropped. */
  hear(id: number, what: Heard): void;
  /**
   * Ends the open requests of some class, or all of them, as failed. Given a wire it also tells the gateway to stop them:
   * what it goes on with would keep one of the few places that an account has.
   */
  failAll(failure: Failure, farm: FarmClass | null, wire: Wire | null): void;
  /** Tells the gateway to stop every open request, and ends them. */
  stopAll(wire: Wire, failure: Failure): number;
}

interface Open {
  readonly farm: FarmClass;
  hear(what: Heard): void;
  end(failure: Failure): void;
  stop(wire: Wire): void;
}

/** Numbers go on from one connection to the next, so that no late answer can ever be taken for another's. */
export function createRegistry(nextId: () => number): Registry {
  const open = new Map<number, Open>();
  return {
    ask(wire, question, signal) {
      if (signal.aborted) return Promise.resolve(unheard('stopped before it was asked', 'stopped'));
      return new Promise((resolve) => {
        const id = nextId();
        const finish = (answer: Parameters<typeof resolve>[0], stops: boolean): void => {
          if (!open.delete(id)) return;
          signal.removeEventListener('abort', abort);
          if (stops) question.stop?.(wire, id);
          resolve(answer);
        };
        const abort = (): void => finish(unheard('stopped before the answer came', 'stopped'), true);
        signal.addEventListener('abort', abort, { once: true });
        open.set(id, {
          farm: question.farm,
          hear(what) {
            const answer = question.hear(what);
            if (answer !== null) finish(answer, question.lingers);
          },
          end: (failure) => finish(err({ kind: 'connection', failure }), false),
          stop: () => question.stop?.(wire, id),
        });
        question.ask(wire, id, (answer) => finish(answer, question.lingers));
      });
    },
    hear(id, what) {
      open.get(id)?.hear(what);
    },
    failAll(failure, farm, wire) {
      for (const request of [...open.values()]) {
        if (farm !== null && request.farm !== farm) continue;
        if (wire !== null) request.stop(wire);
        request.end(failure);
      }
    },
    stopAll(wire, failure) {
      const requests = [...open.values()];
      for (const request of requests) {
        request.stop(wire);
        request.end(failure);
      }
      return requests.length;
    },
  };
}
