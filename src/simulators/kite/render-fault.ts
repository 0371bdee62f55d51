import type { Fault } from '../../config/scenario/engine/plan-faults.js';
import { createScenarioError } from './errors.js';
import { emptyContent, notFoundContent, toErrorContent, truncateContent } from './http/response-content.js';
import type { ResponseContent } from './http/response-content.js';

/** Effect of a fault on the bytes of a response; `none` sends them unchanged. */
export type WireFault = 'none' | 'garbage' | 'no-response' | 'half-open' | 'drop' | 'drop-mid-message';

export function getWireFault(fault: Fault | null): WireFault {
  switch (fault?.kind) {
    case 'garbage':
    case 'no-response':
    case 'half-open':
      return fault.kind;
    case 'drop':
      return fault.midMessage ? 'drop-mid-message' : 'drop';
    case 'refuse':
      return 'drop';
    default:
      return 'none';
  }
}

/** Returns the content as the fault changes it. */
export function applyFault(content: ResponseContent, fault: Fault | null): ResponseContent {
  switch (fault?.kind) {
    case 'empty':
      return emptyContent(content);
    case 'unknown':
    case 'expired':
      return notFoundContent(content);
    case 'truncate':
      return truncateContent(content, fault.keepFraction);
    case 'error':
      return toErrorContent(createScenarioError(fault.code, fault.message, fault.status));
    default:
      return content;
  }
}
