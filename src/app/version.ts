import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../platform/package-root.js';

/** The version in package.json. */
export function version(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? '0.0.0';
}
