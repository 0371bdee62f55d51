import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { serveFolder } from '../serve/cycle-store.js';
import type { ReadFile } from '../yaml/sources.js';
import { exitCode } from './exit-code.js';
import { replaceFile } from './replace-file.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

/** The texts of a pipeline's files (what it includes, lists, queries and plays among them), by the paths that name them. */
export type AcceptedTexts = ReadonlyMap<string, string>;

type Accepting = Pick<Surroundings, 'accepted'>;

/** Reads the files of a definition: as they were accepted where a collector has done so, else as they are. */
export function definitionReader({ accepted }: Accepting): ReadFile {
  return async (path) => {
    const text = accepted?.get(path);
    if (text !== undefined) return Buffer.from(text);
    // Some devices never end.
    if ((await stat(path)).isCharacterDevice()) throw new Error('it is a device');
    return readFile(path);
  };
}

/** Whether a file of a definition can be read, whatever has become of it since it was accepted. */
export function isInDefinition(path: string, { accepted }: Accepting): boolean {
  return accepted?.has(path) === true || existsSync(path);
}

/** Where a collector keeps what it has accepted of a pipeline; in a folder, as a pipeline may have any name. */
export function acceptedPath(lake: string, pipeline: string): string {
  return join(serveFolder(lake), 'accepted', `${encodeURIComponent(pipeline)}.json`);
}

/** Keeps the texts for the runs to come. Only their owner may read them: they are as private as the files were. */
export async function keepAccepted(path: string, texts: AcceptedTexts): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, `${JSON.stringify({ v: 1, files: Object.fromEntries(texts) })}\n`, 0o600);
}

/** Reads what a collector has kept. */
export async function acceptedOrStop(path: string): Promise<AcceptedTexts> {
  const texts = textsIn(await readFile(path, 'utf8').catch(() => ''));
  if (texts !== null) return texts;
  throw new Stop(exitCode.usage, `${path} is not what a collector has accepted`, 'run the pipeline itself: pipe run');
}

function textsIn(text: string): AcceptedTexts | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('files' in value)) return null;
  const { files } = value;
  if (typeof files !== 'object' || files === null) return null;
  const texts = new Map<string, string>();
  for (const [path, content] of Object.entries(files) as readonly (readonly [string, unknown])[]) {
    if (typeof content !== 'string') return null;
    texts.set(path, content);
  }
  return texts;
}
