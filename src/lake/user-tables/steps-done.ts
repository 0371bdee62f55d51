import { readFile } from '../../platform/files/read-file.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import { listFolder } from '../list-folder.js';
import { isRecord, parseJson } from '../../platform/json.js';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CustomStepRun } from '../api.js';
import { syncFolder, writeNewFile } from '../delta/durable-files.js';
import { toLakeError } from '../lake-error.js';
import { parseVersions } from './replace-commit.js';

function getStepsFolder(lake: string): string {
  return join(lake, '_steps');
}

/** The last run of every step that writes no table. */
export async function readStepsDone(lake: string): Promise<readonly CustomStepRun[]> {
  const folder = getStepsFolder(lake);
  const names = (await listFolder(folder)).filter((name) => name.endsWith('.json')).toSorted();
  // An unreadable file counts as missing: the step then runs again.
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  return texts.map(parseOrigin).filter((origin) => origin !== null);
}

/** Records a run of a step atomically. */
export async function writeStepDone(lake: string, origin: CustomStepRun, temporary: string): Promise<void> {
  const name = `${encodeURIComponent(origin.pipeline)}.${encodeURIComponent(origin.step)}.json`;
  const target = join(getStepsFolder(lake), name);
  try {
    await makeFolder(dirname(target));
    await writeNewFile(temporary, `${JSON.stringify(origin)}\n`);
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    throw toLakeError(error, target);
  }
}

/** Null for a torn file. */
function parseOrigin(text: string): CustomStepRun | null {
  const value = parseJson(text);
  if (!isRecord(value)) return null;
  const { pipeline, step, runId, at, definition, inputs } = value;
  if (typeof pipeline !== 'string' || typeof step !== 'string' || typeof runId !== 'string') return null;
  if (typeof at !== 'number' || typeof definition !== 'string') return null;
  return { pipeline, step, runId, at, definition, inputs: parseVersions(inputs) };
}
