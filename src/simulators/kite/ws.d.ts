/** The part of the WebSocket server that is used here; the package has no types of its own. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage } from 'node:http';
  import type { Duplex } from 'node:stream';

  class WebSocket extends EventEmitter {
    send(data: string | Buffer): void;
    close(code?: number, reason?: string): void;
    on(event: 'message', listener: (data: unknown) => void): this;
    on(event: 'close', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  namespace WebSocket {
    class Server extends EventEmitter {
      constructor(options: {
        readonly noServer: true;
        readonly perMessageDeflate: boolean;
        readonly maxPayload: number;
      });
      handleUpgrade(
        request: IncomingMessage,
        socket: Duplex,
        head: Buffer,
        callback: (socket: WebSocket) => void,
      ): void;
    }
  }

  export = WebSocket;
}
