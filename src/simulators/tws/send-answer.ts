import type { Fault } from '../../config/scenario/engine/plan-faults.js';
import { encodeFrame } from './wire/frames.js';
import type { ClientWriter } from './client-writer.js';

/** A frame that is not a message of the protocol. */
const garbageFrame = encodeFrame(['\u0001\u0002not a message', 'of', 'this protocol', '♥']);

/** Sends an answer as the fault demands. Returns whether the client received an answer that it can parse. */
export function sendAnswer(writer: ClientWriter, fault: Fault | null, frames: readonly Buffer[]): boolean {
  switch (fault?.kind) {
    case 'no-response':
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
    case undefined:
    case 'empty':
    case 'truncate':
    case 'unknown':
    case 'expired':
    case 'error':
    // The validation of scenarios rejects these for TWS.
    case 'refuse':
    case 'rows':
    case 'failure':
      writer.send(frames);
      return true;
  }
}
