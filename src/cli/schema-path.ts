import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import { packageRoot } from '../platform/package-root.js';

const schemaPath = join('schemas', 'pipeline.schema.json');

/** The schema of this very package. */
const packagedSchema = join(packageRoot, schemaPath);

/**
 * Where editors find the schema of pipelines, as a pipeline file names it: without a network, and by a path that other
 * machines have too where the project has the package in it.
 */
export function resolveSchemaPath(file: string, folder: string): string {
  const inProject = [packagedSchema, join(folder, 'node_modules', 'pipe', schemaPath)].find(
    (path) => path.startsWith(folder + sep) && existsSync(path),
  );
  if (inProject === undefined) return pathToFileURL(packagedSchema).href;
  return relative(dirname(resolve(folder, file)), inProject).replaceAll(sep, '/');
}
