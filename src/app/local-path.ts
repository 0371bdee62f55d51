import { getUrlScheme } from '../platform/urls/url-scheme.js';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';

/**
 * Returns a path of an option or argument; a URL or an empty path ends the command. As a path, `s3://bucket/lake` would be a folder `s3:` below the
 * working directory, in which a whole lake disappears with the machine.
 */
export function requireLocalPath(option: string, path: string): string {
  if (path.trim() === '') throw new CliError(exitCode.usage, `${option} is empty`, 'name a file or folder');
  const scheme = getUrlScheme(path);
  if (scheme === null) return path;
  throw new CliError(
    exitCode.usage,
    `${option} ${path} is a URL, and pipe reads and writes local paths only`,
    scheme === 'file'
      ? 'name the path without file://'
      : `name a local or mounted folder; to keep a copy at ${scheme}://, copy the folder after each run`,
  );
}
