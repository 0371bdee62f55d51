import { request as requestHttp } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';

/** The part of Node's modules `http` and `https` that the library's HTTP client uses. */
export interface Transport {
  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
}

/**
 * Creates a transport that reports when the last byte of a request has been handed to the network: the limits of Kite count
 * requests when they arrive, which a busy process may send long after it decided to. It follows no redirect, because Kite sends
 * none and a token must not reach another server.
 */
export function createTransport(onSent: () => void): Transport {
  return {
    request(options, onResponse) {
      const send = options.protocol === 'https:' ? requestHttps : requestHttp;
      return send(options, onResponse).once('finish', onSent);
    },
  };
}
