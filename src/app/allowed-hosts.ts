import { anyHost, parseAllowedHosts, portOf } from '../platform/http/allowed-hosts.js';
import type { AllowedHosts } from '../platform/http/allowed-hosts.js';
import { CliError } from './cli-error.js';
import type { AppContext } from './context.js';
import { exitCode } from './exit-code.js';

const variable = 'PIPE_ALLOWED_HOSTS';

/** Reads the hosts to which pipe may connect; all hosts if the variable is unset or blank. */
export function readAllowedHosts({ environment }: Pick<AppContext, 'environment'>): AllowedHosts {
  const text = environment[variable]?.trim() ?? '';
  if (text === '') return anyHost;
  const hosts = parseAllowedHosts(text);
  if (hosts.ok) return hosts.value;
  throw new CliError(
    exitCode.usage,
    `${variable} has an entry that is not a host`,
    'separate hosts by commas, without scheme and path: api.kite.trade, .slack.com, marquez:5000',
  );
}

/** Ends the command if it may not connect to a host of a provider. */
export function requireAllowedHost(host: string, port: number, ctx: Pick<AppContext, 'environment'>): void {
  if (readAllowedHosts(ctx).allows(host, port)) return;
  throw new CliError(
    exitCode.usage,
    `host ${host}:${port} is not in ${variable}`,
    'add the host to the variable, or unset the variable to allow all hosts',
  );
}

/** The same for the host of a URL. */
export function requireAllowedUrl(url: string, ctx: Pick<AppContext, 'environment'>): void {
  const address = new URL(url);
  requireAllowedHost(address.hostname, portOf(address), ctx);
}
