import { resolve } from 'node:path';

import { toRelativePath } from '../platform/relative-path.js';
import { shellQuote } from '../scheduler/system/scheduled-job.js';
import type { AppContext } from './context.js';

/** What decides which lake a command uses. */
export type FolderContext = Pick<AppContext, 'dataFolder' | 'lineageFolder' | 'environment'>;

/** The commands that texts suggest and that read or write a lake. */
const commandPattern = /\bpipe (?:run|check|maintain|plan|status|lineage|why)\b/g;

/**
 * Completes the commands in a text with the folders of this call, so that they do what they say when they are copied: `pipe run
 * --data other daily.yaml`. Folders that a command uses by itself are left out.
 */
export function addFolderOptions(text: string, { dataFolder, lineageFolder, environment }: FolderContext): string {
  const isDefault = (folder: string, name: string, variable: string): boolean =>
    folder === resolve(name) || folder === resolve(environment[variable] ?? name);
  const options = [
    ...(isDefault(dataFolder, 'data', 'PIPE_DATA') ? [] : [`--data ${shellQuote(toRelativePath(dataFolder))}`]),
    ...(isDefault(lineageFolder, 'lineage', 'PIPE_LINEAGE')
      ? []
      : [`--lineage ${shellQuote(toRelativePath(lineageFolder))}`]),
  ].join(' ');
  return options === '' ? text : text.replaceAll(commandPattern, (command) => `${command} ${options}`);
}
