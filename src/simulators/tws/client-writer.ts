import type { TwsRequest as RequestType } from '../../config/scenario/capabilities.js';

/** The way back to one client. */
export interface ClientWriter {
  /** The number of the connection. */
  readonly connectionNumber: number;
  readonly version: number;
  /** Whether the client reads more slowly than it is written to. */
  readonly isBackpressured: () => boolean;
  send(frames: readonly Buffer[]): void;
  /** An error for a request, told to whoever watches as well; `word` is null for news that is nobody's answer. */
  sendError(id: number, code: number, message: string, requestType: RequestType | null): void;
  /** Sends the first half of the frames and breaks off. */
  sendHalfAndClose(frames: readonly Buffer[]): void;
  /** From now on neither reads nor writes, and stays open. */
  freeze(): void;
  /** Ends the connection in good order. */
  close(): void;
}
