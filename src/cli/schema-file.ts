import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const name = join('schemas', 'pipeline.schema.json');

/** The schema of this very package, which lies beside the folder that holds the compiled code. */
const own = fileURLToPath(new URL('../../schemas/pipeline.schema.json', import.meta.url));

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
