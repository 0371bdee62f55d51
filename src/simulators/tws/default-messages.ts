/** Returns TWS's usual message of a code; `subject` names the contract: `AAPL@SMART Trades`. */
export function defaultMessage(code: number, subject: string): string {
  switch (code) {
    case 100:
      return 'Max rate of messages per second has been exceeded:max=50 rec=51 (1)';
    case 101:
      return 'Max number of tickers has been reached';
    case 102:
      return 'Duplicate ticker ID.';
    case 162:
      return `${historicalErrorPrefix}HMDS query returned no data: ${subject}`;
    case 165:
      return 'Historical Market Data Service query message:HMDS server disconnect occurred. Attempting reconnection...';
    case 166:
      return 'HMDS Expired Contract Violation:contract can not be resolved.';
    case 200:
      return 'No security definition has been found for the request';
    case 203:
      return 'The security is not available or allowed for this account.';
    case 300:
      return "Can't find EId with tickerId";
    case 320:
      return 'Error reading request.';
    case 321:
      return "Error validating request.-'bN' : cause - Invalid request";
    case 322:
      return "Error processing request.-'bN' : cause - Duplicate ticker id";
    case 323:
      return 'Server error when reading an API client request.';
    case 326:
      return 'Unable to connect as the client id is already in use. Retry with a unique client id.';
    case 354:
      return `Requested market data is not subscribed. Delayed market data is available.${subject}`;
    case 366:
      return 'No historical data query found for ticker id';
    case 386:
      return 'Duplicate ticker id';
    case 420:
      return `Invalid Real-time Query:${historicalErrorPrefix}API historical data pacing violation`;
    case 1100:
      return 'Connectivity between IB and Trader Workstation has been lost.';
    case 1101:
      return 'Connectivity between IB and Trader Workstation has been restored - data lost.';
    case 1102:
      return 'Connectivity between IB and Trader Workstation has been restored - data maintained. All data farms are connected: usfarm; ushmds; secdefil.';
    case 1300:
      return 'TWS socket port has been reset and this connection is being dropped. Please reconnect on the new port.';
    case 2103:
      return 'Market data farm connection is broken:usfarm';
    case 2104:
      return 'Market data farm connection is OK:usfarm';
    case 2105:
      return 'HMDS data farm connection is broken:ushmds';
    case 2106:
      return 'HMDS data farm connection is OK:ushmds';
    case 2107:
      return 'HMDS data farm connection is inactive but should be available upon demand.ushmds';
    case 2108:
      return 'Market data farm connection is inactive but should be available upon demand.usfarm';
    case 2110:
      return 'Connectivity between Trader Workstation and server is broken. It will be restored automatically.';
    case 2119:
      return 'Market data farm is connecting:usfarm';
    case 2158:
      return 'Sec-def data farm connection is OK:secdefil';
    case 2174:
      return 'Warning: You submitted request with date-time attributes without explicit time zone. Please switch to use yyyymmdd-hh:mm:ss in UTC or use instrument time zone, like US/Eastern for stocks. Implied time zone functionality will be removed in the next API release';
    case 10089:
      return `Requested market data requires additional subscription for API. See link in 'Market Data Connections' dialog for more details.Delayed market data is available.${subject}`;
    case 10090:
      return `Part of requested market data is not subscribed. Subscription-independent ticks are still active.Delayed market data is available.${subject}`;
    case 10091:
      return `Part of requested market data requires additional subscription for API. See link in 'Market Data Connections' dialog for more details.${subject}`;
    case 10167:
      return 'Requested market data is not subscribed. Displaying delayed market data.';
    case 10168:
      return 'Requested market data is not subscribed. Delayed market data is not enabled.';
    case 10186:
      return 'Requested market data is not subscribed. Delayed market data is not enabled.';
    case 10187:
      return 'Failed to request historical ticks:No market data permissions';
    case 10189:
      return 'Failed to request tick-by-tick data.No market data permissions';
    case 10197:
      return 'No market data during competing live session';
    default:
      return `Error ${code}`;
  }
}

/** Prefix of the historical service's messages with code 162. */
export const historicalErrorPrefix = 'Historical Market Data Service error message:';
