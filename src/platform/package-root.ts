import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder of this package, wherever the bundler put the code that asks. */
export const packageRoot = dirname(createRequire(import.meta.url).resolve('pipe/package.json'));
