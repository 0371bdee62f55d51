import { mkdir, readFile, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OwnOrigin } from '../contract.js';
import { isObject } from '../delta/actions.js';
import { syncFolder, writeNewFile } from '../delta/durable.js';
import { lakeErrorOf, systemCode } from '../lake-error.js';
import { versionsIn } from './own-commit.js';

/** Where it is written down that steps without a table were done. */
function folderOf(lake: string): string {
  return join(lake, '_steps');
}

/** Every step without a table that was ever done, as it was done last. */
export async function stepsDone(lake: string): Promise<readonly OwnOrigin[]> {
  const folder = folderOf(lake);
  let names: readonly string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw lakeErrorOf(error, folder);
  }
  // What cannot be read is as good as not there: the step is then done again.
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  return texts.map(originIn).filter((origin) => origin !== null);
}

/** Writes down that a step was done: the whole of it, or nothing. */
export async function writeStepDone(lake: string, origin: OwnOrigin, temporary: string): Promise<void> {
  const name = `${encodeURIComponent(origin.pipeline)}.${encodeURIComponent(origin.step)}.json`;
  const target = join(folderOf(lake), name);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeNewFile(temporary, `${JSON.stringify(origin)}\n`);
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    throw lakeErrorOf(error, target);
  }
}

/** Null for a file cut short. */
function originIn(text: string): OwnOrigin | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { pipeline, step, runId, at, definition, inputs } = value;
  if (typeof pipeline !== 'string' || typeof step !== 'string' || typeof runId !== 'string') return null;
  if (typeof at !== 'number' || typeof definition !== 'string') return null;
  return { pipeline, step, runId, at, definition, inputs: versionsIn(inputs) };
}
