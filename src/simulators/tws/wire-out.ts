import type { TwsRequest as RequestWord } from '../../scenario/words.js';

/** The way back to one client. */
export interface WireOut {
  /** The number of the connection. */
  readonly number: number;
  readonly version: number;
  /** Whether the client reads more slowly than it is written to. */
  readonly isBehind: () => boolean;
  send(frames: readonly Buffer[]): void;
  /** An error for a request, told to whoever watches as well; `word` is null for news that is nobody's answer. */
  refuse(id: number, code: number, message: string, word: RequestWord | null): void;
  /** Sends the first half of the frames and breaks off. */
  breakOff(frames: readonly Buffer[]): void;
  /** From now on neither reads nor writes, and stays open. */
  freeze(): void;
  /** Ends the connection in good order. */
  close(): void;
}
