import { readContract } from './contract.js';
import type { FieldReader } from './fields.js';
import { since } from './versions.js';

/** Requests without a contract, or about things that a market-data simulator does not have. */
export type SimpleRequest =
  | {
      readonly kind: 'cancel';
      readonly of: 'historical' | 'head-timestamp' | 'market-data' | 'real-time-bars';
      readonly id: number;
    }
  | { readonly kind: 'market-data-type'; readonly type: number }
  | { readonly kind: 'time' }
  | { readonly kind: 'ids' }
  | { readonly kind: 'positions' }
  | { readonly kind: 'positions-multi'; readonly id: number }
  | { readonly kind: 'account-updates'; readonly subscribe: boolean; readonly account: string }
  | { readonly kind: 'account-updates-multi'; readonly id: number; readonly account: string; readonly model: string }
  | { readonly kind: 'account-summary'; readonly id: number; readonly tags: string }
  | { readonly kind: 'executions'; readonly id: number }
  | { readonly kind: 'open-orders' }
  | { readonly kind: 'completed-orders' }
  | { readonly kind: 'place-order'; readonly id: number }
  | { readonly kind: 'cancel-order'; readonly id: number }
  | { readonly kind: 'managed-accounts' }
  | { readonly kind: 'family-codes' }
  | { readonly kind: 'user-info'; readonly id: number }
  | { readonly kind: 'matching-symbols'; readonly id: number; readonly pattern: string }
  | { readonly kind: 'market-rule'; readonly rule: number }
  /** Asks for a list that has nothing in it here; `answer` is the message that says so. */
  | { readonly kind: 'empty-list'; readonly answer: readonly (string | number)[] }
  /** Heard, and nothing has to be said. */
  | { readonly kind: 'noted' }
  /** Not to be had here; refused in the words of TWS. */
  | { readonly kind: 'unsupported'; readonly id: number; readonly code: number; readonly message: string };

const noted = (): SimpleRequest => ({ kind: 'noted' });

/** A request with a version number and an id. */
function idAfterVersion(fields: FieldReader): number {
  fields.skip(1);
  return fields.integer();
}

function unsupported(code: number, message: string, versioned: boolean): (fields: FieldReader) => SimpleRequest {
  return (fields) => ({
    kind: 'unsupported',
    id: versioned ? idAfterVersion(fields) : fields.integer(),
    code,
    message,
  });
}

function cancelOf(of: (SimpleRequest & { kind: 'cancel' })['of'], versioned: boolean) {
  return (fields: FieldReader): SimpleRequest => ({
    kind: 'cancel',
    of,
    id: versioned ? idAfterVersion(fields) : fields.integer(),
  });
}

const noTickByTick = 'Tick-by-tick market data is not available in this simulator.';

/** How each of them is read, by message id. */
export const simpleRequests: Readonly<Record<number, (fields: FieldReader, version: number) => SimpleRequest>> = {
  2: cancelOf('market-data', true),
  3: (fields) => ({ kind: 'place-order', id: fields.integer() }),
  4: (fields, version) => {
    if (version < since.cancelWithoutVersion) fields.skip(1);
    return { kind: 'cancel-order', id: fields.integer() };
  },
  5: () => ({ kind: 'open-orders' }),
  6: (fields) => {
    fields.skip(1);
    return { kind: 'account-updates', subscribe: fields.boolean(), account: fields.text() };
  },
  7: (fields) => ({ kind: 'executions', id: idAfterVersion(fields) }),
  8: () => ({ kind: 'ids' }),
  10: unsupported(10092, 'Deep market data is not supported for this combination of security type/exchange', true),
  11: noted,
  12: noted,
  13: noted,
  14: noted,
  // Manual orders of this gateway would be bound to the client; there are none, and no list is asked for.
  15: noted,
  16: () => ({ kind: 'open-orders' }),
  17: () => ({ kind: 'managed-accounts' }),
  18: (fields) => {
    fields.skip(1);
    return {
      kind: 'unsupported',
      id: -1,
      code: 321,
      message: "Error validating request.-'bI' : cause - FA data operations ignored for non FA customers.",
    };
  },
  19: () => ({
    kind: 'unsupported',
    id: -1,
    code: 321,
    message: "Error validating request.-'bI' : cause - FA data operations ignored for non FA customers.",
  }),
  21: unsupported(201, 'Order rejected - reason:This is a market-data simulator', true),
  22: unsupported(
    162,
    'Historical Market Data Service error message:Scanner is not available in this simulator',
    false,
  ),
  23: noted,
  24: () => ({ kind: 'empty-list', answer: [19, 1, '<?xml version="1.0" encoding="UTF-8"?><ScanParameterResponse/>'] }),
  25: cancelOf('historical', true),
  49: () => ({ kind: 'time' }),
  51: cancelOf('real-time-bars', true),
  52: unsupported(430, 'The fundamentals data for the security specified is not available.', true),
  53: noted,
  54: (fields) => {
    const id = idAfterVersion(fields);
    readContract(fields);
    return {
      kind: 'unsupported',
      id,
      code: 321,
      message: "Error validating request.-'bU' : cause - Option calculations are not available",
    };
  },
  55: (fields) => {
    const id = idAfterVersion(fields);
    readContract(fields);
    return {
      kind: 'unsupported',
      id,
      code: 321,
      message: "Error validating request.-'bU' : cause - Option calculations are not available",
    };
  },
  56: noted,
  57: noted,
  58: noted,
  59: (fields) => {
    fields.skip(1);
    return { kind: 'market-data-type', type: fields.integer() };
  },
  61: () => ({ kind: 'positions' }),
  62: (fields) => {
    const id = idAfterVersion(fields);
    fields.skip(1);
    return { kind: 'account-summary', id, tags: fields.text() };
  },
  63: noted,
  64: noted,
  65: noted,
  66: noted,
  67: (fields) => ({ kind: 'empty-list', answer: [67, 1, idAfterVersion(fields), ''] }),
  68: noted,
  69: noted,
  70: noted,
  72: noted,
  73: noted,
  74: (fields) => ({ kind: 'positions-multi', id: idAfterVersion(fields) }),
  75: noted,
  76: (fields) => {
    const id = idAfterVersion(fields);
    return { kind: 'account-updates-multi', id, account: fields.text(), model: fields.text() };
  },
  77: noted,
  79: (fields) => ({ kind: 'empty-list', answer: [77, fields.integer(), 0] }),
  80: () => ({ kind: 'family-codes' }),
  81: (fields) => ({ kind: 'matching-symbols', id: fields.integer(), pattern: fields.text() }),
  82: () => ({ kind: 'empty-list', answer: [80, 0] }),
  83: (fields) => ({ kind: 'empty-list', answer: [82, fields.integer(), 0] }),
  84: unsupported(10172, 'Failed to request news article:No data available', false),
  85: () => ({ kind: 'empty-list', answer: [85, 0] }),
  86: (fields) => ({ kind: 'empty-list', answer: [87, fields.integer(), 0] }),
  88: (fields) => ({ kind: 'empty-list', answer: [89, fields.integer(), 0] }),
  89: noted,
  90: cancelOf('head-timestamp', false),
  91: (fields) => ({ kind: 'market-rule', rule: fields.integer() }),
  92: noted,
  93: noted,
  94: noted,
  95: noted,
  96: unsupported(10187, 'Failed to request historical ticks:No market data permissions', false),
  97: unsupported(10189, `Failed to request tick-by-tick data.${noTickByTick}`, false),
  98: noted,
  99: () => ({ kind: 'completed-orders' }),
  100: unsupported(10276, 'News feed is not allowed', false),
  101: noted,
  102: unsupported(10276, 'News feed is not allowed', false),
  103: noted,
  104: (fields) => ({ kind: 'user-info', id: fields.integer() }),
};
