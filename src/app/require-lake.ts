import { existsSync } from 'node:fs';

import { CliError } from './cli-error.js';
import type { Folders } from './context.js';
import { exitCode } from './exit-code.js';

/** Ends a command that only reads if the folder of the lake does not exist: a misspelt one would look like an empty lake. */
export function requireLake({ dataFolder }: Pick<Folders, 'dataFolder'>): void {
  if (existsSync(dataFolder)) return;
  throw new CliError(
    exitCode.usage,
    `no lake in ${dataFolder}`,
    'choose the folder of a lake with --data, or create one with: pipe run',
  );
}
