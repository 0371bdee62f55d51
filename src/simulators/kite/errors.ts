/** Kite's error types with their usual HTTP status and message. */
const exceptions = {
  GeneralException: { status: 500, message: 'Something unexpected happened.' },
  TokenException: { status: 403, message: 'Incorrect `api_key` or `access_token`.' },
  PermissionException: { status: 403, message: 'Insufficient permission for that call.' },
  UserException: { status: 403, message: 'The user account is disabled.' },
  TwoFAException: { status: 403, message: 'Two-factor authentication is required.' },
  OrderException: { status: 400, message: 'The order could not be placed.' },
  InputException: { status: 400, message: 'Invalid input.' },
  MarginException: { status: 400, message: 'Insufficient funds.' },
  HoldingException: { status: 400, message: 'Insufficient holdings.' },
  NetworkException: { status: 503, message: 'Gateway timed out.' },
  DataException: { status: 502, message: 'Could not understand the response from the backend.' },
} as const;

/** Name of an error type as responses and client libraries spell it. */
export type ExceptionName = keyof typeof exceptions;

/** An error response. */
export interface KiteError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

export function kiteError(type: ExceptionName, message: string, status?: number): KiteError {
  return { type, message, status: status ?? exceptions[type].status };
}

/** Rejects a missing login and an expired one alike, as Kite does. */
export const notLoggedIn = kiteError('TokenException', exceptions.TokenException.message);
export const tooManyRequests = kiteError('NetworkException', 'Too many requests', 429);
export const routeNotFound = kiteError('GeneralException', 'Route not found', 404);
export const methodNotAllowed = kiteError('GeneralException', 'Method not allowed', 405);
export const invalidToken = kiteError('InputException', 'invalid token');
export const ordersNotSupported = kiteError(
  'OrderException',
  'This is a simulator of market data: it takes no orders.',
);

const errorsByStatus: ReadonlyMap<number, KiteError> = new Map(
  [
    kiteError('InputException', exceptions.InputException.message),
    notLoggedIn,
    routeNotFound,
    methodNotAllowed,
    tooManyRequests,
    kiteError('GeneralException', exceptions.GeneralException.message),
    kiteError('DataException', exceptions.DataException.message),
    kiteError('NetworkException', exceptions.NetworkException.message),
    kiteError('NetworkException', exceptions.NetworkException.message, 504),
  ].map((error) => [error.status, error]),
);

function isExceptionName(text: string): text is ExceptionName {
  return Object.hasOwn(exceptions, text);
}

/**
 * Creates the error that a scenario names: `TokenException`, or an HTTP status. Passes unknown names through unchanged.
 */
export function createScenarioError(code: string, message: string | null, status: number | null): KiteError {
  const defaults = isExceptionName(code) ? { type: code, ...exceptions[code] } : errorsByStatus.get(Number(code));
  const fallbackStatus = /^[45]\d\d$/.test(code) ? Number(code) : 500;
  return {
    type: defaults?.type ?? (/^\d+$/.test(code) ? 'GeneralException' : code),
    status: status ?? defaults?.status ?? fallbackStatus,
    message: message ?? defaults?.message ?? exceptions.GeneralException.message,
  };
}
