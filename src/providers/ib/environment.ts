import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { readVariable, invalidVariable } from '../environment.js';
import type { EnvironmentVariables, InvalidVariable } from '../environment.js';

/** The settings that environment variables override; see `IbSettings`. */
export interface IbOverrides {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
}

/** Overrides settings with `IB_HOST`, `IB_PORT` and `IB_CLIENT_ID`. */
export function applyIbEnvironment<Settings extends IbOverrides>(
  settings: Settings,
  environment: EnvironmentVariables,
): Result<Settings, InvalidVariable> {
  const host = readVariable(environment, 'IB_HOST') ?? settings.host;
  const port = parseWholeNumber(readVariable(environment, 'IB_PORT'), settings.port);
  if (!(port >= 1 && port <= 65_535))
    return invalidVariable('IB_PORT', 'is not a port: use a whole number from 1 to 65535');
  const clientId = parseWholeNumber(readVariable(environment, 'IB_CLIENT_ID'), settings.clientId);
  if (!(clientId >= 0 && clientId < 2 ** 31))
    return invalidVariable('IB_CLIENT_ID', 'is not a client id: use a whole number');
  return ok({ ...settings, host, port, clientId });
}

/** The whole number in a text; NaN if there is none. */
function parseWholeNumber(text: string | null, fallback: number): number {
  if (text === null) return fallback;
  return /^\d{1,10}$/.test(text) ? Number(text) : NaN;
}
