import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import { packageRoot } from '../../platform/package-root.js';

const schemaPath = join('schemas', 'pipeline.schema.json');

const packagedSchema = join(packageRoot, schemaPath);

/**
 * The path or URL of the pipeline schema for editors, as a pipeline file names it. It needs no network; where the package is
 * inside the project, the path is relative and works on other machines too.
 */
export function resolveSchemaPath(file: string, folder: string): string {
  const inProject = [packagedSchema, join(folder, 'node_modules', 'marketlake', schemaPath)].find(
    (path) => path.startsWith(folder + sep) && existsSync(path),
  );
  if (inProject === undefined) return pathToFileURL(packagedSchema).href;
  return relative(dirname(resolve(folder, file)), inProject).replaceAll(sep, '/');
}
