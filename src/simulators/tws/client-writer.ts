import type { TwsRequest as RequestType } from '../../config/scenario/capabilities.js';

/** Sends messages to one client. */
export interface ClientWriter {
  readonly connectionNumber: number;
  readonly version: number;
  /** Whether the client reads more slowly than the simulator writes. */
  readonly isBackpressured: () => boolean;
  send(frames: readonly Buffer[]): void;
  /** Sends an error. Emits it as an event too, unless `requestType` is null (a message that answers no request). */
  sendError(id: number, code: number, message: string, requestType: RequestType | null): void;
  /** Sends the first half of the frames and closes the connection. */
  sendHalfAndClose(frames: readonly Buffer[]): void;
  /** Stops reading and writing; the connection stays open. */
  freeze(): void;
  /** Closes the connection after sending what is buffered. */
  close(): void;
}
