import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Place } from '../core/diagnostic.js';
import { nearest } from '../core/nearest.js';
import { isBuiltInName, isOwnTableName } from '../core/own-tables.js';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { didYouMean, problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import type { ReadFile, SourceReader } from '../yaml/sources.js';
import { quote } from '../yaml/text.js';
import { keyPlaceAt, nodeAt, placeAt } from '../yaml/tree.js';
import { readTimeout } from './commands.js';
import { queryFile } from './file-kinds.js';
import { canonicalJson } from './hash.js';
import { pathBeside } from './include.js';
import type { CommandFile, ExecStep, OwnStep, QueryText, SqlStep, Step } from './pipeline.js';
import { queryFrom, queryIn } from './query-text.js';
import type { ExecStep as WrittenExec, SqlStep as WrittenSql } from './schema.generated.js';
import type { WrittenStep } from './steps.js';
import type { Validated } from './validate.js';

/** What reading steps of a user's own needs besides the steps. */
export interface OwnStepsSource {
  /** The steps done for each symbol, with all defaults applied. */
  readonly steps: readonly Step[];
  /** The pipeline's file. */
  readonly path: string;
  readonly validated: Validated;
  readonly reader: SourceReader;
  readonly readFile: ReadFile;
}

/** The table that each type of step fills. */
const filled: Readonly<Record<Step['uses'], Dataset>> = {
  contracts: 'contracts',
  chains: 'chains',
  history: 'history_starts',
  quotes: 'quotes',
  equity: 'equity_bars',
  options: 'option_bars',
  snapshots: 'option_snapshots',
  overview: 'overviews',
};

/** Reads the steps of the user's own, the files with their statements among it. */
export async function readOwnSteps(
  written: readonly WrittenStep[],
  source: OwnStepsSource,
  report: Report,
): Promise<readonly OwnStep[]> {
  const steps: OwnStep[] = [];
  const makers = new Map<string, string>();
  for (const { name, needs } of written) {
    const settings = source.validated.file.steps[name];
    const step =
      settings?.uses === 'sql'
        ? await sqlStep(name, needs, settings, source, report)
        : settings?.uses === 'exec'
          ? await execStep(name, needs, settings, steps, source, report)
          : null;
    if (step === null) continue;
    const dataset = datasetOf(step);
    const other = dataset === null ? undefined : makers.get(dataset);
    if (dataset !== null && other !== undefined) {
      const message = `\`${name}\` and \`${other}\` both make the table ${dataset}`;
      report(problem('table-twice', keyPlaceAt(source.validated.root, ['steps', name]), message));
    } else if (dataset !== null) makers.set(dataset, name);
    steps.push(step);
  }
  return steps;
}

/** The table that a step makes; null for a command that makes none. */
function datasetOf(step: OwnStep): string | null {
  return step.uses === 'sql' ? step.dataset : (step.output?.dataset ?? null);
}

async function sqlStep(
  name: string,
  needs: readonly string[],
  settings: WrittenSql,
  source: OwnStepsSource,
  report: Report,
): Promise<SqlStep | null> {
  const { root } = source.validated;
  const query = await queryOf(name, settings, source, report);
  const place = settings.dataset === undefined ? ['steps', name] : ['steps', name, 'dataset'];
  const dataset = tableName(
    settings.dataset ?? name,
    settings.dataset === undefined,
    () => placeAt(root, place),
    report,
  );
  if (query === null || dataset === null) return null;
  return { name, uses: 'sql', needs, query, dataset, definition: hashOf({ query: query.text, dataset }) };
}

async function queryOf(
  name: string,
  { query, file }: WrittenSql,
  { validated, reader }: OwnStepsSource,
  report: Report,
): Promise<QueryText | null> {
  const { root, wasDropped } = validated;
  const path = ['steps', name];
  if (query !== undefined && file !== undefined) {
    const message = `\`${name}\` has both a \`query\` and a \`file\``;
    report(
      problem('two-queries', keyPlaceAt(root, [...path, 'file']), message, { suggestion: 'leave out one of them' }),
    );
    return null;
  }
  if (file !== undefined) {
    const place = placeAt(root, [...path, 'file']);
    const target = pathBeside(place.file, file);
    const text = await reader.read(target, queryFile, place);
    return text === null ? null : queryFrom(target, text);
  }
  const node = nodeAt(root, [...path, 'query']);
  if (query !== undefined && node?.kind === 'scalar')
    return queryIn(node, query, reader.sources.get(node.place.file) ?? '');
  if (wasDropped([...path, 'query']) || wasDropped([...path, 'file'])) return null;
  const suggestion = 'add `query: SELECT …`, or `file:` with the path of one';
  report(problem('missing-key', keyPlaceAt(root, path), `\`${name}\` has no statement`, { suggestion }));
  return null;
}

async function execStep(
  name: string,
  needs: readonly string[],
  settings: WrittenExec,
  earlier: readonly OwnStep[],
  source: OwnStepsSource,
  report: Report,
): Promise<ExecStep | null> {
  const { root } = source.validated;
  const at = (...path: readonly string[]): Place => placeAt(root, ['steps', name, ...path]);
  const { command, env = {} } = settings;
  const timeout = readTimeout(settings.timeout ?? '10m', ['steps', name, 'timeout'], source.validated, report);
  const input = settings.input === undefined ? null : fileOf(settings.input.dataset, settings.input.format);
  if (input !== null) reportUnknownTable(input.dataset, earlier, at('input', 'dataset'), report);
  let output: CommandFile | null = null;
  if (settings.output !== undefined) {
    const { dataset = name, format } = settings.output;
    const isStepName = settings.output.dataset === undefined;
    const table = tableName(dataset, isStepName, () => at('output', ...(isStepName ? [] : ['dataset'])), report);
    if (table === null) return null;
    output = fileOf(table, format);
  }
  for (const [word, file] of [
    ['input', input],
    ['output', output],
  ] as const) {
    const isUsed = command.some((argument) => argument.includes(`{${word}}`));
    if (isUsed === (file !== null)) continue;
    const message = isUsed
      ? `the command names \`{${word}}\`, and the step has no \`${word}\``
      : `the command does not name \`{${word}}\`: it could not know where the file is`;
    const suggestion = isUsed ? `add \`${word}:\`` : `add \`"{${word}}"\` to the command`;
    report(problem(`no-${word}`, at(isUsed ? 'command' : word), message, { suggestion }));
  }
  const reads = readsOf(needs, input, earlier, source.steps);
  const folder = dirname(source.path);
  const files = await filesOf(command, folder, source.readFile);
  const definition = hashOf({ command, env, input, output, reads, files });
  return {
    name,
    uses: 'exec',
    needs,
    command,
    folder,
    input,
    output,
    timeout,
    env,
    reads,
    definition,
  };
}

function fileOf(dataset: string, format: CommandFile['format'] = 'parquet'): CommandFile {
  return { dataset, format };
}

/** The name, unless no table may be called so. */
function tableName(name: string, isStepName: boolean, place: () => Place, report: Report): string | null {
  if (isOwnTableName(name)) return name;
  const meant = name.toLowerCase().replaceAll('-', '_');
  const why = isBuiltInName(name)
    ? `the lake has a table ${name} already`
    : `${quote(name)} cannot be the name of a table: it takes small letters, digits and \`_\``;
  const own = isOwnTableName(meant) ? meant : `my_${meant}`;
  report(
    problem('bad-table-name', place(), why, { suggestion: `${isStepName ? 'add' : 'write'} \`dataset: ${own}\`` }),
  );
  return null;
}

/** Tables of other pipelines are there or not when the step is done; a name near to a known one is a mistake. */
function reportUnknownTable(dataset: string, earlier: readonly OwnStep[], place: Place, report: Report): void {
  const known = [...datasets, ...earlier.map(datasetOf).filter((name) => name !== null)];
  const near = known.includes(dataset) ? null : nearest(dataset, known);
  if (near !== null)
    report(problem('unknown-table', place, `there is no table ${quote(dataset)}`, { suggestion: didYouMean(near) }));
}

function readsOf(
  needs: readonly string[],
  input: CommandFile | null,
  earlier: readonly OwnStep[],
  steps: readonly Step[],
): readonly string[] {
  const tables = needs.flatMap((need) => {
    const own = earlier.find(({ name }) => name === need);
    const step = steps.find(({ name }) => name === need);
    const made = own === undefined ? (step === undefined ? null : filled[step.uses]) : datasetOf(own);
    return made === null ? [] : [made];
  });
  return [...new Set([...(input === null ? [] : [input.dataset]), ...tables])].sort();
}

/** What the files are that a command names: a script that has changed is another command. */
async function filesOf(
  command: readonly string[],
  folder: string,
  readFile: ReadFile,
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const argument of new Set(command)) {
    if (argument === '' || argument.startsWith('/') || argument.includes('{')) continue;
    const bytes = await readFile(pathBeside(`${folder}/x`, argument)).catch(() => null);
    if (bytes !== null) found[argument] = createHash('sha256').update(bytes).digest('hex');
  }
  return found;
}

function hashOf(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}
