import type { Fault } from './fault-plan.js';
import { encodeFrame } from './wire/frames.js';
import type { ClientWriter } from './client-writer.js';

/** A message that no client knows. */
const garbageFrame = encodeFrame(['\u0001\u0002not a message', 'of', 'this protocol', '♥']);

/** Sends an answer the way the scenario wants it sent. True when the client has been told something it can understand. */
export function sendAnswer(writer: ClientWriter, fault: Fault, frames: readonly Buffer[]): boolean {
  switch (fault.kind) {
    case 'silence':
      return false;
    case 'garbage':
      writer.send([garbageFrame]);
      return false;
    case 'drop':
      writer.sendHalfAndClose(fault.midMessage ? frames : []);
      return false;
    case 'half-open':
      writer.freeze();
      return false;
    case 'answer':
    case 'empty':
    case 'truncate':
    case 'unknown':
    case 'expired':
    case 'error':
      writer.send(frames);
      return true;
  }
}
