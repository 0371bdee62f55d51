import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { schedulerFolder } from '../../scheduler/schedule/cycle-store.js';
import type { ReadFile } from '../../config/yaml/source-texts.js';
import { exitCode } from '../exit-code.js';
import { replaceFile } from '../../platform/replace-file.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../cli-context.js';

/** The texts of a pipeline's files (what it includes, lists, queries and plays among them), by the paths that name them. */
export type DefinitionTexts = ReadonlyMap<string, string>;

type DefinitionSource = Pick<CliContext, 'definition'>;

/** Reads the files of a definition: as they were accepted where a collector has done so, else as they are. */
export function createDefinitionReader({ definition }: DefinitionSource): ReadFile {
  return async (path) => {
    const text = definition?.get(path);
    if (text !== undefined) return Buffer.from(text);
    // Some devices never end.
    if ((await stat(path)).isCharacterDevice()) throw new Error('it is a device');
    return readFile(path);
  };
}

/** Whether a file of a definition can be read, whatever has become of it since it was accepted. */
export function existsInDefinition(path: string, { definition }: DefinitionSource): boolean {
  return definition?.has(path) === true || existsSync(path);
}

/** Where a collector keeps what it has accepted of a pipeline; in a folder, as a pipeline may have any name. */
export function definitionPath(lake: string, pipeline: string): string {
  return join(schedulerFolder(lake), 'accepted', `${encodeURIComponent(pipeline)}.json`);
}

/** A definition as a collector has accepted it. */
export interface DefinitionSnapshot {
  /** The pipeline's own file: a run that begins while it is moved asks for it under its old name. */
  readonly file: string;
  readonly texts: DefinitionTexts;
}

/** Keeps a definition for the runs to come. Only its owner may read it: it is as private as the files were. */
export async function writeDefinition(path: string, { file, texts }: DefinitionSnapshot): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, `${JSON.stringify({ v: 1, file, files: Object.fromEntries(texts) })}\n`, 0o600);
}

/** Reads what a collector has kept. */
export async function readDefinitionOrExit(path: string): Promise<DefinitionSnapshot> {
  const definition = parseDefinition(await readFile(path, 'utf8').catch(() => ''));
  if (definition !== null) return definition;
  throw new CliError(
    exitCode.usage,
    `${path} is not what a collector has accepted`,
    'run the pipeline itself: pipe run',
  );
}

function parseDefinition(text: string): DefinitionSnapshot | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('file' in value) || !('files' in value)) return null;
  const { file, files } = value;
  if (typeof file !== 'string' || typeof files !== 'object' || files === null) return null;
  const texts = new Map<string, string>();
  for (const [path, content] of Object.entries(files) as readonly (readonly [string, unknown])[]) {
    if (typeof content !== 'string') return null;
    texts.set(path, content);
  }
  return { file, texts };
}
