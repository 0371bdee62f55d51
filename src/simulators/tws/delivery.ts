import type { Deed } from './course.js';
import { frame } from './wire/frames.js';
import type { WireOut } from './wire-out.js';

/** A message that no client knows. */
const garbage = frame(['\u0001\u0002not a message', 'of', 'this protocol', '♥']);

/** Sends an answer the way the scenario wants it sent. True when the client has been told something it can understand. */
export function deliver(out: WireOut, deed: Deed, frames: readonly Buffer[]): boolean {
  switch (deed.kind) {
    case 'silence':
      return false;
    case 'garbage':
      out.send([garbage]);
      return false;
    case 'drop':
      out.breakOff(deed.midMessage ? frames : []);
      return false;
    case 'half-open':
      out.freeze();
      return false;
    case 'answer':
    case 'empty':
    case 'truncate':
    case 'unknown':
    case 'expired':
    case 'error':
      out.send(frames);
      return true;
  }
}
