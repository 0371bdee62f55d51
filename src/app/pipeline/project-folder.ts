import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

import type { ProjectFolder } from '../../config/yaml/source-texts.js';
import type { Environment } from '../context.js';

/** Set by `--allow-outside`, also for the runs of a collector and for installed jobs. */
export const allowOutsideVariable = 'PIPE_ALLOW_OUTSIDE';

/** Returns whether pipelines may name files outside their project. */
export function allowsOutside(environment: Environment): boolean {
  return !['', '0', 'false', 'no'].includes((environment[allowOutsideVariable] ?? '').toLowerCase());
}

/**
 * The project of a pipeline file, to which the files that it names are confined: a pipeline from elsewhere must not show the
 * content of private files in its diagnostics. Null when files outside are allowed.
 */
export function findProject(pipelineFile: string, environment: Environment): ProjectFolder | null {
  if (allowsOutside(environment)) return null;
  const folder = findProjectFolder(dirname(resolve(pipelineFile)));
  return {
    folder,
    async contains(path) {
      const absolute = resolve(path);
      if (!isWithin(folder, absolute)) return false;
      try {
        // A symbolic link inside the project may lead anywhere.
        return isWithin(await realpath(folder), await realpath(absolute));
      } catch {
        // The file does not exist, which reading it reports.
        return true;
      }
    },
  };
}

/** The repository or package around a folder, else the parent of `pipelines`, else the working folder around it, else itself. */
function findProjectFolder(folder: string): string {
  const ancestors = listAncestors(folder);
  for (const marker of ['.git', 'package.json']) {
    const found = ancestors.find((ancestor) => existsSync(join(ancestor, marker)));
    if (found !== undefined) return found;
  }
  const pipelines = ancestors.find((ancestor) => basename(ancestor) === 'pipelines');
  if (pipelines !== undefined) return dirname(pipelines);
  const workingFolder = resolve('.');
  return ancestors.includes(workingFolder) ? workingFolder : folder;
}

/** The folder and those above it, without the root and the user's home: neither is a project. */
function listAncestors(folder: string): readonly string[] {
  const home = resolve(homedir());
  const found: string[] = [];
  for (let current = folder; current !== dirname(current) && current !== home; current = dirname(current))
    found.push(current);
  return found;
}

function isWithin(folder: string, path: string): boolean {
  const from = relative(folder, path);
  return from !== '..' && !from.startsWith(`..${sep}`) && resolve(folder, from) === path;
}
