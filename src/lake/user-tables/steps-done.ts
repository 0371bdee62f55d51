import { errorCode } from '../../platform/error-message.js';
import { isRecord, parseJson } from '../../platform/json.js';
import { mkdir, readFile, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CustomStepRun } from '../api.js';
import { syncFolder, writeNewFile } from '../delta/durable-files.js';
import { toLakeError } from '../lake-error.js';
import { parseVersions } from './replace-commit.js';

/** Where it is written down that steps without a table were done. */
function getStepsFolder(lake: string): string {
  return join(lake, '_steps');
}

/** Every step without a table that was ever done, as it was done last. */
export async function readStepsDone(lake: string): Promise<readonly CustomStepRun[]> {
  const folder = getStepsFolder(lake);
  let names: readonly string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw toLakeError(error, folder);
  }
  // What cannot be read is as good as not there: the step is then done again.
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  return texts.map(parseOrigin).filter((origin) => origin !== null);
}

/** Writes down that a step was done: the whole of it, or nothing. */
export async function writeStepDone(lake: string, origin: CustomStepRun, temporary: string): Promise<void> {
  const name = `${encodeURIComponent(origin.pipeline)}.${encodeURIComponent(origin.step)}.json`;
  const target = join(getStepsFolder(lake), name);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeNewFile(temporary, `${JSON.stringify(origin)}\n`);
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    throw toLakeError(error, target);
  }
}

/** Null for a file cut short. */
function parseOrigin(text: string): CustomStepRun | null {
  const value = parseJson(text);
  if (!isRecord(value)) return null;
  const { pipeline, step, runId, at, definition, inputs } = value;
  if (typeof pipeline !== 'string' || typeof step !== 'string' || typeof runId !== 'string') return null;
  if (typeof at !== 'number' || typeof definition !== 'string') return null;
  return { pipeline, step, runId, at, definition, inputs: parseVersions(inputs) };
}
