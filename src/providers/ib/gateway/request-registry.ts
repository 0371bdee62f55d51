import type { Failure } from '../../../core/failure.js';
import { err } from '../../../core/result.js';
import type { FarmClass } from './codes.js';
import { noReply } from './ib-request.js';
import type { IbReply, IbRequest } from './ib-request.js';
import type { GatewayMessage, Wire } from './wire.js';

/** The open requests of one connection. */
export interface RequestRegistry {
  /** Sends a request, and cancels it at the gateway when the signal aborts. */
  send<T>(wire: Wire, request: IbRequest<T>, signal: AbortSignal): Promise<IbReply<T>>;
  /** Passes a message to its request; messages to finished requests are dropped. */
  onMessage(id: number, message: GatewayMessage): void;
  /**
   * Fails the open requests of one class, or all of them. With a wire it also cancels them at the gateway, because a request
   * that the gateway keeps open counts against the limits of the account.
   */
  failAll(failure: Failure, farm: FarmClass | null, wire: Wire | null): void;
  /** Fails one request, and cancels it if the gateway would go on with it. */
  fail(id: number, failure: Failure, wire: Wire): void;
  /** Cancels every open request at the gateway and fails it; returns their number. */
  cancelAll(wire: Wire, failure: Failure): number;
}

interface OpenRequest {
  readonly farm: FarmClass;
  onMessage(message: GatewayMessage): void;
  fail(failure: Failure): void;
  cancel(wire: Wire): void;
  readonly needsCancel: boolean;
}

/** Request ids are unique across connections, so that a late reply cannot reach another request. */
export function createRequestRegistry(nextId: () => number): RequestRegistry {
  const openRequests = new Map<number, OpenRequest>();
  return {
    send(wire, request, signal) {
      if (signal.aborted) return Promise.resolve(noReply('cancelled before the request was sent', 'cancelled'));
      return new Promise((resolve) => {
        const id = nextId();
        const finish = (reply: Parameters<typeof resolve>[0], shouldCancel: boolean): void => {
          if (!openRequests.delete(id)) return;
          signal.removeEventListener('abort', onAbort);
          if (shouldCancel) request.cancel?.(wire, id);
          resolve(reply);
        };
        const onAbort = (): void => finish(noReply('cancelled before the response arrived', 'cancelled'), true);
        signal.addEventListener('abort', onAbort, { once: true });
        openRequests.set(id, {
          farm: request.farm,
          onMessage(message) {
            const reply = request.onMessage(message);
            if (reply !== null) finish(reply, request.needsCancel);
          },
          fail: (failure) => finish(err({ kind: 'connection', failure }), false),
          cancel: () => request.cancel?.(wire, id),
          needsCancel: request.needsCancel,
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
    fail(id, failure, wire) {
      const request = openRequests.get(id);
      if (request?.needsCancel === true) request.cancel(wire);
      request?.fail(failure);
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
