import { describe, expect, it } from 'vitest';
import { interpretCode, codeMeanings } from '../../../../src/providers/ib/gateway/codes.js';
import { toIbFailure } from '../../../../src/providers/ib/failures.js';
import { maskAccounts } from '../../../../src/providers/ib/notice.js';

/** Every code of the reference with its kind of failure or its other meaning. */
const golden: readonly (readonly [number, string, string])[] = [
  [100, 'Max rate of messages per second has been exceeded', 'pacing'],
  [101, 'Max number of tickers has been reached', 'retryable'],
  [102, 'Duplicate ticker ID', 'retryable'],
  [162, 'Historical Market Data Service error message:API historical data pacing violation', 'pacing'],
  [162, 'Historical Market Data Service error message:HMDS query returned no data: AAPL@SMART Trades', 'no-data'],
  [162, 'Historical Market Data Service error message:No data of type EODChart is available', 'no-data'],
  [162, 'Historical Market Data Service error message:No market data permissions for NYSE STK', 'denied'],
  [162, 'Historical Market Data Service error message:API historical data query cancelled: 12', 'retryable'],
  [162, 'Historical Market Data Service error message:Invalid time length', 'invalid'],
  [162, 'Historical Market Data Service error message:Time length exceed max.', 'invalid'],
  [162, 'Historical data request for greater than 365 days rejected.', 'invalid'],
  [
    162,
    'Historical Market Data Service error message:Trading TWS session is connected from a different IP address',
    'competing',
  ],
  [162, 'Historical Market Data Service error message:The contract has expired', 'expired'],
  [162, 'Historical Market Data Service error message:HMDS server disconnect occurred.', 'retryable'],
  [162, 'something new', 'retryable'],
  [165, 'Historical Market Data Service query message:HMDS server connection was successful.', 'notice'],
  [166, 'HMDS Expired Contract Violation:Historical data for expired contracts is not available', 'expired'],
  [200, 'No security definition has been found for the request', 'no-contract'],
  [200, 'The contract description specified for SPX is ambiguous.', 'ambiguous'],
  [201, 'Order rejected', 'unexpected'],
  [202, 'Order cancelled', 'unexpected'],
  [203, 'The security X is not available or allowed for this account', 'denied'],
  [300, "Can't find EId with tickerId:12", 'retryable'],
  [320, 'Error reading request', 'invalid'],
  [321, 'Error validating request', 'invalid'],
  [322, 'Error processing request', 'retryable'],
  [323, 'server error', 'retryable'],
  [326, 'Unable to connect as the client id is already in use', 'client-id-taken'],
  [354, 'Requested market data is not subscribed', 'denied'],
  [366, 'No historical data query found for ticker id:12', 'retryable'],
  [386, 'Duplicate ticker id for API historical data request', 'retryable'],
  [420, 'Invalid Real-time Query: pacing violation', 'pacing'],
  [502, "Couldn't connect to TWS", 'disconnected'],
  [504, 'Not connected', 'disconnected'],
  [1100, 'Connectivity between IB and TWS has been lost', 'upstream-lost'],
  [1101, 'Connectivity restored, data lost', 'upstream-restored'],
  [1102, 'Connectivity restored, data maintained', 'upstream-restored'],
  [1300, 'TWS socket port has been reset', 'port-changed'],
  [2103, 'Market data farm connection is broken:usfarm', 'farm-down'],
  [2104, 'Market data farm connection is OK:usfarm', 'farm-up'],
  [2105, 'HMDS data farm connection is broken:ushmds', 'farm-down'],
  [2106, 'HMDS data farm connection is OK:ushmds', 'farm-up'],
  [2107, 'HMDS data farm connection is inactive', 'farm-up'],
  [2108, 'Market data farm connection is inactive', 'farm-up'],
  [2110, 'Connectivity between TWS and server is broken', 'upstream-lost'],
  [2119, 'Market data farm is connecting', 'notice'],
  [2157, 'Sec-def data farm connection is broken:secdefnj', 'farm-down'],
  [2158, 'Sec-def data farm connection is OK:secdefnj', 'farm-up'],
  [10089, 'Requested market data requires additional subscription for API', 'data-may-follow'],
  [10090, 'Part of requested market data is not subscribed', 'data-may-follow'],
  [10091, 'Part of requested market data requires additional subscription for API', 'data-may-follow'],
  [10167, 'Requested market data is not subscribed. Displaying delayed market data', 'data-may-follow'],
  [10168, 'Requested market data is not subscribed. Delayed market data is not enabled', 'denied'],
  [10186, 'Requested market data is not subscribed. Delayed market data is not available', 'denied'],
  [10187, 'Failed to request historical ticks:No market data permissions', 'denied'],
  [10189, 'Failed to request tick-by-tick data:No market data permissions', 'denied'],
  [10197, 'No market data during competing live session', 'competing'],
  [10314, 'End Date/Time: The date, time, or time-zone entered is invalid', 'invalid'],
  [2174, 'Warning: you submitted a time without a time zone', 'notice'],
  [2999, 'anything', 'notice'],
  [99_999, 'anything', 'retryable'],
];

describe('error codes of the gateway', () => {
  it.each(golden)('%i (%s) means %s', (code, text, expected) => {
    const meaning = interpretCode(code, text);
    expect(meaning.kind === 'failure' ? meaning.failure : meaning.kind).toBe(expected);
  });

  it('are all listed in this test', () => {
    const listed = new Set(golden.map(([code]) => code));
    expect([...codeMeanings.keys()].filter((code) => !listed.has(code))).toEqual([]);
  });

  it('become failures with their code and masked account numbers', () => {
    const message = 'No market data permissions for account DU1234567';
    const meaning = interpretCode(354, message);
    expect(toIbFailure({ kind: 'gateway', code: 354, message, meaning })).toEqual({
      kind: 'denied',
      code: '354',
      message: 'IB error 354: No market data permissions for account DU***67',
    });
  });

  it('become pacing failures with a delay for 100 and 10197', () => {
    const failure = (code: number) =>
      toIbFailure({ kind: 'gateway', code, message: '', meaning: interpretCode(code, '') });
    expect(failure(100)).toMatchObject({ kind: 'pacing', retryAfter: 5_000 });
    expect(failure(10197)).toMatchObject({ kind: 'pacing', retryAfter: 180_000 });
  });
});

it('masks account numbers and no other numbers', () => {
  expect(maskAccounts('DU1234567, U7654321 and DF1234567')).toBe('DU***67, U***21 and DF***67');
  expect(maskAccounts('port 7497, id 1234567, contract ESU6, US500')).toBe(
    'port 7497, id 1234567, contract ESU6, US500',
  );
});
