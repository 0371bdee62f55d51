import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { explainSymbol } from '../../config/pipeline/symbols/explain-symbol.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { addToList, removeFromList } from '../../config/yaml/edit-list.js';
import type { NodePath } from '../../config/yaml/tree.js';
import { second } from '../../core/time/time.js';
import { errorCode } from '../../platform/error-message.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';

/** Loads a pipeline; one with errors ends the command. */
export type LoadPipeline = (file: string) => Promise<Pipeline>;

/** Adds a symbol to the list of a pipeline; false if the pipeline has it already. A text that is no symbol ends the command. */
export async function addSymbolOrExit(file: string, symbol: string, load: LoadPipeline): Promise<boolean> {
  const explanation = explainSymbol(symbol);
  if (explanation !== null) throw new CliError(exitCode.usage, explanation.message, explanation.suggestion);
  // A file that cannot be loaded ends the command with its problems.
  await load(file);
  return editOrExit(file, async () => {
    const before = await readFile(file, 'utf8');
    if (hasSymbol(await load(file), symbol)) return null;
    const edited = addToList(before, ['symbols'], symbol);
    if (!edited.ok)
      throw new CliError(exitCode.usage, `${file}: ${edited.error}`, `add ${symbol} to its symbols with an editor`);
    return { before, after: edited.value, isExpected: (pipeline) => hasSymbol(pipeline, symbol), load };
  });
}

/** Removes a symbol from the lists of a pipeline. The data stay. */
export async function removeSymbolOrExit(file: string, symbol: string, load: LoadPipeline): Promise<void> {
  await load(file);
  await editOrExit(file, async () => {
    const before = await readFile(file, 'utf8');
    const pipeline = await load(file);
    if (!hasSymbol(pipeline, symbol))
      throw new CliError(exitCode.usage, `${pipeline.name} has no symbol ${symbol}`, 'pipe validate lists its symbols');
    const groups = new Set(pipeline.symbols.flatMap((one) => one.groups));
    const lists: readonly NodePath[] = [['symbols'], ...[...groups].map((name) => ['groups', name, 'symbols'])];
    let after = before;
    for (const path of lists) {
      const edited = removeFromList(after, path, symbol);
      if (!edited.ok)
        throw new CliError(exitCode.usage, `${file}: ${edited.error}`, `edit the file to remove ${symbol}`);
      after = edited.value ?? after;
    }
    if (after === before)
      throw new CliError(
        exitCode.usage,
        `${symbol} is in a symbol file that ${file} includes`,
        'remove it from that file',
      );
    return { before, after, isExpected: (edited) => !hasSymbol(edited, symbol), load };
  });
}

/** An edit of a pipeline that has no errors and the wanted effect. */
interface Edit {
  readonly before: string;
  readonly after: string;
  readonly isExpected: (pipeline: Pipeline) => boolean;
  readonly load: LoadPipeline;
}

/** Each takes as long as loading the pipeline twice. */
const maxAttempts = 200;

/** An edit holds its lock for milliseconds; the process of an older lock has died. */
const staleAfter = 10 * second;

/** Edits a pipeline, and again if another process or an editor has changed it meanwhile. False if there is nothing to edit. */
async function editOrExit(file: string, prepare: () => Promise<Edit | null>): Promise<boolean> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const edit = await prepare();
    if (edit === null) return false;
    if (await replaceLinted(file, edit)) return true;
  }
  throw new CliError(
    exitCode.usage,
    `${file} changes all the time`,
    'run the command again when no other process edits it',
  );
}

function hasSymbol({ symbols }: Pipeline, symbol: string): boolean {
  return symbols.some(({ instrument }) => instrument.symbol === symbol);
}

/** Replaces a pipeline by its edit, as a whole or not at all; false if its text is no longer the one that was edited. */
async function replaceLinted(file: string, { before, after, isExpected, load }: Edit): Promise<boolean> {
  // A pipeline may be a link into a repository: the file itself is replaced.
  const target = await realpath(file);
  // In the same folder, because a pipeline names other files relative to its own.
  const temporary = join(dirname(target), `.${basename(target)}.${String(process.pid)}.yaml`);
  try {
    await writeFile(temporary, after, { flag: 'wx', mode: (await stat(target)).mode & 0o777 });
    if (!isExpected(await load(temporary)))
      throw new CliError(exitCode.usage, `${file} has the symbol in another place too`, 'edit the file');
    return await withEditLock(target, temporary, async () => {
      if ((await readFile(target, 'utf8')) !== before) return false;
      await rename(temporary, target);
      return true;
    });
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Excludes other edits between the comparison and the replacement; false if another one is there. */
async function withEditLock(target: string, temporary: string, work: () => Promise<boolean>): Promise<boolean> {
  const lock = join(dirname(target), `.${basename(target)}.edit`);
  try {
    await writeFile(lock, '', { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    // Both times are those of the file system.
    const [mine, held] = [await stat(temporary), await stat(lock).catch(() => null)];
    if (held !== null && mine.mtimeMs - held.mtimeMs > staleAfter) await rm(lock, { force: true });
    return false;
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}
