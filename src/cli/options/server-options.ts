import { quote } from '../../config/yaml/quote.js';
import { CliError } from '../../app/cli-error.js';
import { exitCode } from '../../app/exit-code.js';

/** Parses the names under which clients may address a server. */
export function parseHostNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  const wrong = names.find((name) => !/^\.?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(name));
  if (text === '' || wrong === undefined) return names.filter((name) => name !== '');
  throw new CliError(
    exitCode.usage,
    `--allow-host ${quote(wrong)} is not a host name`,
    'name hosts without scheme and port: collector.example.com, or .example.com for all names below it',
  );
}

/** Parses a port of this machine; 0 is any free one. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new CliError(
    exitCode.usage,
    `--port ${text} is not a port`,
    'use a whole number from 0 to 65535, such as 9108',
  );
}
