import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { explainSymbol } from '../../config/pipeline/symbols/explain-symbol.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { addToList, removeFromList } from '../../config/yaml/edit-list.js';
import type { NodePath } from '../../config/yaml/tree.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';

/** Loads a pipeline; one with errors ends the command. */
export type LoadPipeline = (file: string) => Promise<Pipeline>;

/** Adds a symbol to the list of a pipeline; false if the pipeline has it already. A text that is no symbol ends the command. */
export async function addSymbolOrExit(file: string, symbol: string, load: LoadPipeline): Promise<boolean> {
  const explanation = explainSymbol(symbol);
  if (explanation !== null) throw new CliError(exitCode.usage, explanation.message, explanation.suggestion);
  if (hasSymbol(await load(file), symbol)) return false;
  const edited = addToList(await readFile(file, 'utf8'), ['symbols'], symbol);
  if (!edited.ok)
    throw new CliError(exitCode.usage, `${file}: ${edited.error}`, `add ${symbol} to its symbols with an editor`);
  await replaceLinted(file, edited.value, (pipeline) => hasSymbol(pipeline, symbol), load);
  return true;
}

/** Removes a symbol from the lists of a pipeline. The data stay. */
export async function removeSymbolOrExit(file: string, symbol: string, load: LoadPipeline): Promise<void> {
  const pipeline = await load(file);
  if (!hasSymbol(pipeline, symbol))
    throw new CliError(exitCode.usage, `${pipeline.name} has no symbol ${symbol}`, 'pipe validate lists its symbols');
  const groups = new Set(pipeline.symbols.flatMap((one) => one.groups));
  const lists: readonly NodePath[] = [['symbols'], ...[...groups].map((name) => ['groups', name, 'symbols'])];
  const before = await readFile(file, 'utf8');
  let text = before;
  for (const path of lists) {
    const edited = removeFromList(text, path, symbol);
    if (!edited.ok) throw new CliError(exitCode.usage, `${file}: ${edited.error}`, `edit the file to remove ${symbol}`);
    text = edited.value ?? text;
  }
  if (text === before)
    throw new CliError(
      exitCode.usage,
      `${symbol} is in a symbol file that ${file} includes`,
      'remove it from that file',
    );
  await replaceLinted(file, text, (edited) => !hasSymbol(edited, symbol), load);
}

function hasSymbol({ symbols }: Pipeline, symbol: string): boolean {
  return symbols.some(({ instrument }) => instrument.symbol === symbol);
}

/** Replaces a pipeline by an edited one that has no errors and has the wanted effect. The edit appears as a whole or not at all. */
async function replaceLinted(
  file: string,
  text: string,
  isExpected: (pipeline: Pipeline) => boolean,
  load: LoadPipeline,
): Promise<void> {
  // A pipeline may be a link into a repository: the file itself is replaced.
  const target = await realpath(file);
  // In the same folder, because a pipeline names other files relative to its own.
  const temporary = join(dirname(target), `.${basename(target)}.${String(process.pid)}.yaml`);
  try {
    await writeFile(temporary, text, { flag: 'wx', mode: (await stat(target)).mode & 0o777 });
    if (!isExpected(await load(temporary)))
      throw new CliError(exitCode.usage, `${file} has the symbol in another place too`, 'edit the file');
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}
