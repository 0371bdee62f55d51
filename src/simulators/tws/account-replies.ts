import { second } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { encodeFrame } from './wire/frames.js';
import { encodeCurrentTime, encodeManagedAccounts, encodeNextValidId } from './wire/messages.js';
import type { SimpleRequest } from './wire/simple-requests.js';
import { formatTimeOfDay } from './wire/times.js';

/** Values of an account that holds only cash. */
const accountValues: readonly (readonly [string, string, string])[] = [
  ['AccountType', 'INDIVIDUAL', ''],
  ['AccountReady', 'true', ''],
  ['NetLiquidation', '100000.00', 'USD'],
  ['TotalCashValue', '100000.00', 'USD'],
  ['SettledCash', '100000.00', 'USD'],
  ['AvailableFunds', '100000.00', 'USD'],
  ['BuyingPower', '400000.00', 'USD'],
  ['EquityWithLoanValue', '100000.00', 'USD'],
  ['ExcessLiquidity', '100000.00', 'USD'],
  ['GrossPositionValue', '0.00', 'USD'],
  ['InitMarginReq', '0.00', 'USD'],
  ['MaintMarginReq', '0.00', 'USD'],
  ['UnrealizedPnL', '0.00', 'USD'],
  ['RealizedPnL', '0.00', 'USD'],
  ['Currency', 'USD', 'USD'],
];

/** Creates the reply of an account without positions and orders; null for other requests. */
export function createAccountReply(request: SimpleRequest, account: string, now: Instant): readonly Buffer[] | null {
  switch (request.kind) {
    case 'time':
      return [encodeCurrentTime(Math.floor(now / second))];
    case 'ids':
      return [encodeNextValidId(1)];
    case 'managed-accounts':
      return [encodeManagedAccounts(account)];
    case 'positions':
      return [encodeFrame([62, 1])];
    case 'positions-multi':
      return [encodeFrame([72, 1, request.id])];
    case 'account-updates':
      if (!request.subscribe) return [];
      return [
        ...accountValues.map(([key, value, currency]) => encodeFrame([6, 2, key, value, currency, account])),
        encodeFrame([8, 1, formatTimeOfDay(now)]),
        encodeFrame([54, 1, account]),
      ];
    case 'account-updates-multi':
      return [
        ...accountValues.map(([key, value, currency]) =>
          encodeFrame([73, 1, request.id, account, request.model, key, value, currency]),
        ),
        encodeFrame([74, 1, request.id]),
      ];
    case 'account-summary': {
      const tags = new Set(request.tags.split(','));
      const selectedValues = accountValues.filter(([key]) => tags.has(key) || tags.has('All'));
      return [
        ...selectedValues.map(([key, value, currency]) =>
          encodeFrame([63, 1, request.id, account, key, value, currency]),
        ),
        encodeFrame([64, 1, request.id]),
      ];
    }
    case 'executions':
      return [encodeFrame([55, 1, request.id])];
    case 'open-orders':
      return [encodeFrame([53, 1])];
    case 'completed-orders':
      return [encodeFrame([102])];
    case 'family-codes':
      return [encodeFrame([78, 1, account, ''])];
    case 'user-info':
      return [encodeFrame([107, request.id, ''])];
    case 'empty-list':
      return [encodeFrame(request.answer)];
    case 'cancel':
    case 'market-data-type':
    case 'place-order':
    case 'cancel-order':
    case 'matching-symbols':
    case 'market-rule':
    case 'noted':
    case 'unsupported':
      return null;
  }
}
