import { readContract } from './wire-contract.js';
import type { FieldReader } from './field-reader.js';
import { minVersions } from './versions.js';

/** Requests without a contract, or about features that a market-data simulator does not have. */
export type SimpleRequest =
  | {
      readonly kind: 'cancel';
      readonly target: 'historical' | 'head-timestamp' | 'market-data' | 'real-time-bars';
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
  /** Requests a list that is always empty in the simulator. */
  | { readonly kind: 'empty-list'; readonly answer: readonly (string | number)[] }
  /** Needs no reply. */
  | { readonly kind: 'noted' }
  /** Not supported by the simulator; rejected with TWS's error. */
  | { readonly kind: 'unsupported'; readonly id: number; readonly code: number; readonly message: string };

const ignored = (): SimpleRequest => ({ kind: 'noted' });

/** Decodes a request that has a version number and an id. */
function readIdAfterVersion(fields: FieldReader): number {
  fields.skip(1);
  return fields.integer();
}

function createUnsupportedDecoder(
  code: number,
  message: string,
  hasVersionField: boolean,
): (fields: FieldReader) => SimpleRequest {
  return (fields) => ({
    kind: 'unsupported',
    id: hasVersionField ? readIdAfterVersion(fields) : fields.integer(),
    code,
    message,
  });
}

function createCancelDecoder(target: (SimpleRequest & { kind: 'cancel' })['target'], hasVersionField: boolean) {
  return (fields: FieldReader): SimpleRequest => ({
    kind: 'cancel',
    target,
    id: hasVersionField ? readIdAfterVersion(fields) : fields.integer(),
  });
}

const noTickByTickMessage = 'Tick-by-tick market data is not available in this simulator.';

/** Decoders by message id. */
export const simpleRequestDecoders: Readonly<Record<number, (fields: FieldReader, version: number) => SimpleRequest>> =
  {
    2: createCancelDecoder('market-data', true),
    3: (fields) => ({ kind: 'place-order', id: fields.integer() }),
    4: (fields, version) => {
      if (version < minVersions.cancelWithoutVersion) fields.skip(1);
      return { kind: 'cancel-order', id: fields.integer() };
    },
    5: () => ({ kind: 'open-orders' }),
    6: (fields) => {
      fields.skip(1);
      return { kind: 'account-updates', subscribe: fields.boolean(), account: fields.text() };
    },
    7: (fields) => ({ kind: 'executions', id: readIdAfterVersion(fields) }),
    8: () => ({ kind: 'ids' }),
    10: createUnsupportedDecoder(
      10092,
      'Deep market data is not supported for this combination of security type/exchange',
      true,
    ),
    11: ignored,
    12: ignored,
    13: ignored,
    14: ignored,
    // TWS would bind manual orders to the client; the simulator has none and sends nothing.
    15: ignored,
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
    21: createUnsupportedDecoder(201, 'Order rejected - reason:This is a market-data simulator', true),
    22: createUnsupportedDecoder(
      162,
      'Historical Market Data Service error message:Scanner is not available in this simulator',
      false,
    ),
    23: ignored,
    24: () => ({
      kind: 'empty-list',
      answer: [19, 1, '<?xml version="1.0" encoding="UTF-8"?><ScanParameterResponse/>'],
    }),
    25: createCancelDecoder('historical', true),
    49: () => ({ kind: 'time' }),
    51: createCancelDecoder('real-time-bars', true),
    52: createUnsupportedDecoder(430, 'The fundamentals data for the security specified is not available.', true),
    53: ignored,
    54: (fields) => {
      const id = readIdAfterVersion(fields);
      readContract(fields);
      return {
        kind: 'unsupported',
        id,
        code: 321,
        message: "Error validating request.-'bU' : cause - Option calculations are not available",
      };
    },
    55: (fields) => {
      const id = readIdAfterVersion(fields);
      readContract(fields);
      return {
        kind: 'unsupported',
        id,
        code: 321,
        message: "Error validating request.-'bU' : cause - Option calculations are not available",
      };
    },
    56: ignored,
    57: ignored,
    58: ignored,
    59: (fields) => {
      fields.skip(1);
      return { kind: 'market-data-type', type: fields.integer() };
    },
    61: () => ({ kind: 'positions' }),
    62: (fields) => {
      const id = readIdAfterVersion(fields);
      fields.skip(1);
      return { kind: 'account-summary', id, tags: fields.text() };
    },
    63: ignored,
    64: ignored,
    65: ignored,
    66: ignored,
    67: (fields) => ({ kind: 'empty-list', answer: [67, 1, readIdAfterVersion(fields), ''] }),
    68: ignored,
    69: ignored,
    70: ignored,
    72: ignored,
    73: ignored,
    74: (fields) => ({ kind: 'positions-multi', id: readIdAfterVersion(fields) }),
    75: ignored,
    76: (fields) => {
      const id = readIdAfterVersion(fields);
      return { kind: 'account-updates-multi', id, account: fields.text(), model: fields.text() };
    },
    77: ignored,
    79: (fields) => ({ kind: 'empty-list', answer: [77, fields.integer(), 0] }),
    80: () => ({ kind: 'family-codes' }),
    81: (fields) => ({ kind: 'matching-symbols', id: fields.integer(), pattern: fields.text() }),
    82: () => ({ kind: 'empty-list', answer: [80, 0] }),
    83: (fields) => ({ kind: 'empty-list', answer: [82, fields.integer(), 0] }),
    84: createUnsupportedDecoder(10172, 'Failed to request news article:No data available', false),
    85: () => ({ kind: 'empty-list', answer: [85, 0] }),
    86: (fields) => ({ kind: 'empty-list', answer: [87, fields.integer(), 0] }),
    88: (fields) => ({ kind: 'empty-list', answer: [89, fields.integer(), 0] }),
    89: ignored,
    90: createCancelDecoder('head-timestamp', false),
    91: (fields) => ({ kind: 'market-rule', rule: fields.integer() }),
    92: ignored,
    93: ignored,
    94: ignored,
    95: ignored,
    96: createUnsupportedDecoder(10187, 'Failed to request historical ticks:No market data permissions', false),
    97: createUnsupportedDecoder(10189, `Failed to request tick-by-tick data.${noTickByTickMessage}`, false),
    98: ignored,
    99: () => ({ kind: 'completed-orders' }),
    100: createUnsupportedDecoder(10276, 'News feed is not allowed', false),
    101: ignored,
    102: createUnsupportedDecoder(10276, 'News feed is not allowed', false),
    103: ignored,
    104: (fields) => ({ kind: 'user-info', id: fields.integer() }),
  };
