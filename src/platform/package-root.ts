import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder of this package, independent of where the bundler put this code. */
export const packageRoot = dirname(createRequire(import.meta.url).resolve('marketlake/package.json'));
