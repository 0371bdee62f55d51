import { styleSequences } from '../platform/style.js';
import { escapeText } from '../platform/text/escape.js';

/** A stream that a command writes to. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
  on?(event: 'error' | 'drain', listener: (error?: Error) => void): unknown;
  off?(event: 'error' | 'drain', listener: (error?: Error) => void): unknown;
}

const styleSequence = new RegExp(`(${styleSequences.map((text) => text.replace('[', '\\[')).join('|')})`);

/** Escapes everything that could control a terminal, except line breaks and, on a terminal with colours, the styles. */
export function escapeForTerminal(text: string, hasColor: boolean): string {
  if (!hasColor || !text.includes('\u001b')) return escapeText(text);
  return text
    .split(styleSequence)
    .map((part, index) => (index % 2 === 1 ? part : escapeText(part)))
    .join('');
}

/** Streams that failed, such as a pipe whose reader ended. Node reports that only once, and accepts later writes. */
const failedStreams = new WeakSet<OutputStream>();
const watchedStreams = new WeakSet<OutputStream>();

/** Writes a text and waits until the stream takes more; false if the stream failed. */
export async function writeAll(stream: OutputStream, text: string): Promise<boolean> {
  if (!watchedStreams.has(stream)) {
    watchedStreams.add(stream);
    stream.on?.('error', () => failedStreams.add(stream));
  }
  if (failedStreams.has(stream)) return false;
  if (stream.write(text) === false) await waitUntilDrained(stream);
  // A failed write is reported after the current turn of the event loop.
  else await new Promise((resolve) => setImmediate(resolve));
  return !failedStreams.has(stream);
}

async function waitUntilDrained(stream: OutputStream): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      stream.off?.('drain', end);
      stream.off?.('error', end);
      resolve();
    };
    if (stream.on === undefined) {
      resolve();
      return;
    }
    stream.on('drain', end);
    stream.on('error', end);
  });
}
