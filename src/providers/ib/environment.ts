import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { given, wrong } from '../environment.js';
import type { Environment, WrongVariable } from '../environment.js';

/** What can be set of the gateway from outside; see `IbSettings`. */
export interface IbPlace {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
}

/** The settings with what the environment says instead: `IB_HOST`, `IB_PORT` and `IB_CLIENT_ID`. */
export function ibFromEnvironment<Settings extends IbPlace>(
  settings: Settings,
  environment: Environment,
): Result<Settings, WrongVariable> {
  const host = given(environment, 'IB_HOST') ?? settings.host;
  const port = wholeNumber(given(environment, 'IB_PORT'), settings.port);
  if (!(port >= 1 && port <= 65_535)) return wrong('IB_PORT', 'is not a port: write a whole number from 1 to 65535');
  const clientId = wholeNumber(given(environment, 'IB_CLIENT_ID'), settings.clientId);
  if (!(clientId >= 0 && clientId < 2 ** 31)) return wrong('IB_CLIENT_ID', 'is not a client id: write a whole number');
  return ok({ ...settings, host, port, clientId });
}

/** The number a text says, NaN when it says none. */
function wholeNumber(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  return /^\d{1,10}$/.test(text) ? Number(text) : NaN;
}
