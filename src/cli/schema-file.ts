import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import { packageRoot } from './package-root.js';

const name = join('schemas', 'pipeline.schema.json');

/** The schema of this very package. */
const own = join(packageRoot, name);

/**
 * Where editors find the schema of pipelines, as a pipeline file names it: without a network, and by a path that other
 * machines have too where the project has the package in it.
 */
export function schemaFor(file: string, folder: string): string {
  const inProject = [own, join(folder, 'node_modules', 'pipe', name)].find(
    (path) => path.startsWith(folder + sep) && existsSync(path),
  );
  if (inProject === undefined) return pathToFileURL(own).href;
  return relative(dirname(resolve(folder, file)), inProject).replaceAll(sep, '/');
}
