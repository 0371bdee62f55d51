import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { readFile } from '../../platform/files/read-file.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import { describeDocumentError, isRecord, isString, readDocument, recordOf } from '../../platform/json.js';
import { schedulerFolder } from '../../scheduler/schedule/cycle-store.js';
import type { ReadFile } from '../../config/yaml/source-texts.js';
import { exitCode } from '../exit-code.js';
import { replaceFile } from '../../platform/replace-file.js';
import { CliError } from '../cli-error.js';
import type { Definition } from '../context.js';

/** The texts of a pipeline's files (includes, symbol lists, queries and scenario among them), by path. */
export type DefinitionTexts = ReadonlyMap<string, string>;

/** Reads the files of a definition from its snapshot, else from disk. */
export function createDefinitionReader({ definition }: Definition): ReadFile {
  return async (path) => {
    const text = definition?.get(path);
    if (text !== undefined) return Buffer.from(text);
    return readFile(path);
  };
}

/** Looks for a file in the snapshot of a definition, then on disk. */
export function existsInDefinition(path: string, { definition }: Definition): boolean {
  return definition?.has(path) === true || existsSync(path);
}

/** The snapshot file of a pipeline's definition; its name is encoded because a pipeline may have any name. */
export function definitionPath(lake: string, pipeline: string): string {
  return join(schedulerFolder(lake), 'definitions', `${encodeURIComponent(pipeline)}.json`);
}

/** A definition as the collector accepted it. */
export interface DefinitionSnapshot {
  /** The pipeline's own file at that time; it may have been moved since. */
  readonly file: string;
  readonly texts: DefinitionTexts;
}

/** Saves a definition for later runs. Only the owner may read it: the files may hold private data. */
export async function writeDefinition(path: string, { file, texts }: DefinitionSnapshot): Promise<void> {
  await makeFolder(dirname(path));
  await replaceFile(path, `${JSON.stringify({ v: 1, file, files: Object.fromEntries(texts) })}\n`, 0o600);
}

/** Reads a saved definition; an unreadable file ends the command. */
export async function readDefinitionOrExit(path: string): Promise<DefinitionSnapshot> {
  const definition = await readDocument(path, decodeDefinition, { version: 1 });
  if (definition.ok) return definition.value;
  const { error } = definition;
  throw new CliError(
    exitCode.usage,
    error.kind === 'missing' || error.kind === 'unreadable'
      ? `the definition ${path} ${describeDocumentError(error)}`
      : `${path} is not the definition of a pipeline`,
    'run the pipeline file instead: pipe run <pipeline>',
  );
}

function decodeDefinition(document: unknown): DefinitionSnapshot | null {
  if (!isRecord(document)) return null;
  const { file, files } = document;
  return isString(file) && isTexts(files) ? { file, texts: new Map(Object.entries(files)) } : null;
}

const isTexts = recordOf(isString);
