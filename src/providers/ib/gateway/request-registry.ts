import type { Failure } from '../../../core/failure.js';
import { err } from '../../../core/result.js';
import type { FarmClass } from './codes.js';
import { noReply } from './ib-request.js';
import type { IbReply, IbRequest } from './ib-request.js';
import type { GatewayMessage, Wire } from './wire.js';

/** The requests that are open on one connection. */
export interface RequestRegistry {
  /** Asks, and stops the gateway when the signal aborts. */
  send<T>(wire: Wire, request: IbRequest<T>, signal: AbortSignal): Promise<IbReply<T>>;
  /** Hands on what the gateway says; about a request that is over it is dropped. */
  onMessage(id: number, message: GatewayMessage): void;
  /**
   * Ends the open requests of some class, or all of them, as failed. Given a wire it also tells the gateway to stop them:
   * what it goes on with would keep one of the few places that an account has.
   */
  failAll(failure: Failure, farm: FarmClass | null, wire: Wire | null): void;
  /** Tells the gateway to stop every open request, and ends them. */
  cancelAll(wire: Wire, failure: Failure): number;
}

interface OpenRequest {
  readonly farm: FarmClass;
  onMessage(message: GatewayMessage): void;
  fail(failure: Failure): void;
  cancel(wire: Wire): void;
}

/** Numbers go on from one connection to the next, so that no late answer can ever be taken for another's. */
export function createRequestRegistry(nextId: () => number): RequestRegistry {
  const openRequests = new Map<number, OpenRequest>();
  return {
    send(wire, request, signal) {
      if (signal.aborted) return Promise.resolve(noReply('stopped before it was asked', 'stopped'));
      return new Promise((resolve) => {
        const id = nextId();
        const finish = (reply: Parameters<typeof resolve>[0], shouldCancel: boolean): void => {
          if (!openRequests.delete(id)) return;
          signal.removeEventListener('abort', onAbort);
          if (shouldCancel) request.cancel?.(wire, id);
          resolve(reply);
        };
        const onAbort = (): void => finish(noReply('stopped before the answer came', 'stopped'), true);
        signal.addEventListener('abort', onAbort, { once: true });
        openRequests.set(id, {
          farm: request.farm,
          onMessage(message) {
            const reply = request.onMessage(message);
            if (reply !== null) finish(reply, request.needsCancel);
          },
          fail: (failure) => finish(err({ kind: 'connection', failure }), false),
          cancel: () => request.cancel?.(wire, id),
        });
        request.send(wire, id, (reply) => finish(reply, request.needsCancel));
      });
    },
    onMessage(id, message) {
      openRequests.get(id)?.onMessage(message);
    },
    failAll(failure, farm, wire) {
      for (const request of [...openRequests.values()]) {
        if (farm !== null && request.farm !== farm) continue;
        if (wire !== null) request.cancel(wire);
        request.fail(failure);
      }
    },
    cancelAll(wire, failure) {
      const requests = [...openRequests.values()];
      for (const request of requests) {
        request.cancel(wire);
        request.fail(failure);
      }
      return requests.length;
    },
  };
}
