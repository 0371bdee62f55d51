import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Location } from '../../../core/diagnostic.js';
import { closestMatch } from '../../../platform/suggest.js';
import { isBuiltInTableName, isUserTableName } from '../../../core/tables/user-tables.js';
import { datasets } from '../../../core/tables/tables.js';
import type { Dataset } from '../../../core/tables/tables.js';
import { didYouMean, problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import type { ProjectFolder, ReadFile, SourceTextReader } from '../../yaml/source-texts.js';
import { quote } from '../../yaml/quote.js';
import { findKeyLocation, findNode, findLocation } from '../../yaml/tree.js';
import { readImportStep } from '../imports/read-import-step.js';
import { readCommandTimeout } from './read-command.js';
import { queryFileKind } from '../files/file-kinds.js';
import { canonicalJson } from '../hash-pipeline.js';
import { resolveFrom } from '../files/read-with-includes.js';
import type { CommandFile, ExecStep, CustomStep, QueryText, SqlStep, Step } from '../pipeline.js';
import { toFileQuery, toInlineQuery } from './query-text.js';
import type { ExecStep as RawExecStep, SqlStep as RawSqlStep } from '../schema.generated.js';
import type { RawStep } from './read-steps.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Dependencies of `readCustomSteps`. */
export interface CustomStepDeps {
  /** Steps that run for each symbol, with defaults applied. */
  readonly steps: readonly Step[];
  /** Path of the pipeline file. */
  readonly path: string;
  readonly validated: ValidatedPipeline;
  readonly reader: SourceTextReader;
  readonly readFile: ReadFile;
  /** The folder to which files are confined; null for any. */
  readonly project: ProjectFolder | null;
}

/** Table that each type of step writes. */
const datasetByStepType: Readonly<Record<Step['uses'], Dataset>> = {
  contracts: 'contracts',
  chains: 'chains',
  history: 'history_starts',
  quotes: 'quotes',
  equity: 'equity_bars',
  options: 'option_bars',
  snapshots: 'option_snapshots',
  overview: 'overviews',
};

/** Reads custom steps, including the files of their statements. */
export async function readCustomSteps(
  rawSteps: readonly RawStep[],
  deps: CustomStepDeps,
  report: ReportDiagnostic,
): Promise<readonly CustomStep[]> {
  const steps: CustomStep[] = [];
  const stepByTable = new Map<string, string>();
  for (const { name, needs } of rawSteps) {
    const settings = deps.validated.file.steps[name];
    const step =
      settings?.uses === 'sql'
        ? await readSqlStep(name, needs, settings, deps, report)
        : settings?.uses === 'exec'
          ? await readExecStep(name, needs, settings, steps, deps, report)
          : settings?.uses === 'import'
            ? await readImportStep({ name, needs, settings, ...deps }, report)
            : null;
    if (step === null) continue;
    if (step.uses === 'import') {
      steps.push(step);
      continue;
    }
    const dataset = getOutputTable(step);
    const earlierStep = dataset === null ? undefined : stepByTable.get(dataset);
    if (dataset !== null && earlierStep !== undefined) {
      const message = `\`${name}\` and \`${earlierStep}\` both write the table ${dataset}`;
      report(problem('duplicate-table', findKeyLocation(deps.validated.root, ['steps', name]), message));
    } else if (dataset !== null) stepByTable.set(dataset, name);
    steps.push(step);
  }
  return steps;
}

/** Returns the table that a step writes; null for a command without output. */
function getOutputTable(step: CustomStep): string | null {
  return step.uses === 'exec' ? (step.output?.dataset ?? null) : step.dataset;
}

async function readSqlStep(
  name: string,
  needs: readonly string[],
  settings: RawSqlStep,
  deps: CustomStepDeps,
  report: ReportDiagnostic,
): Promise<SqlStep | null> {
  const { root } = deps.validated;
  const query = await readQuery(name, settings, deps, report);
  const location = settings.dataset === undefined ? ['steps', name] : ['steps', name, 'dataset'];
  const dataset = checkTableName(
    settings.dataset ?? name,
    settings.dataset === undefined,
    () => findLocation(root, location),
    report,
  );
  if (query === null || dataset === null) return null;
  return { name, uses: 'sql', needs, query, dataset, definition: hashContent({ query: query.text, dataset }) };
}

async function readQuery(
  name: string,
  { query, file }: RawSqlStep,
  { validated, reader }: CustomStepDeps,
  report: ReportDiagnostic,
): Promise<QueryText | null> {
  const { root, wasDropped } = validated;
  const path = ['steps', name];
  if (query !== undefined && file !== undefined) {
    const message = `\`${name}\` has both a \`query\` and a \`file\``;
    report(
      problem('ambiguous-query', findKeyLocation(root, [...path, 'file']), message, {
        suggestion: 'remove one of them',
      }),
    );
    return null;
  }
  if (file !== undefined) {
    const location = findLocation(root, [...path, 'file']);
    const target = resolveFrom(location.file, file);
    const text = await reader.read(target, queryFileKind, location);
    return text === null ? null : toFileQuery(target, text);
  }
  const node = findNode(root, [...path, 'query']);
  if (query !== undefined && node?.kind === 'scalar')
    return toInlineQuery(node, query, reader.sourceTexts.get(node.location.file) ?? '');
  if (wasDropped([...path, 'query']) || wasDropped([...path, 'file'])) return null;
  const suggestion = 'add `query: SELECT …`, or `file:` with the path of an SQL file';
  report(problem('missing-key', findKeyLocation(root, path), `\`${name}\` has no statement`, { suggestion }));
  return null;
}

async function readExecStep(
  name: string,
  needs: readonly string[],
  settings: RawExecStep,
  earlier: readonly CustomStep[],
  deps: CustomStepDeps,
  report: ReportDiagnostic,
): Promise<ExecStep | null> {
  const { root } = deps.validated;
  const locate = (...path: readonly string[]): Location => findLocation(root, ['steps', name, ...path]);
  const { command, env = {} } = settings;
  const timeout = readCommandTimeout(settings.timeout ?? '10m', ['steps', name, 'timeout'], deps.validated, report);
  const input = settings.input === undefined ? null : toCommandFile(settings.input.dataset, settings.input.format);
  if (input !== null) reportUnknownTable(input.dataset, earlier, locate('input', 'dataset'), report);
  let output: CommandFile | null = null;
  let isOutputValid = true;
  if (settings.output !== undefined) {
    const { dataset = name, format } = settings.output;
    const isStepName = settings.output.dataset === undefined;
    const table = checkTableName(
      dataset,
      isStepName,
      () => locate('output', ...(isStepName ? [] : ['dataset'])),
      report,
    );
    isOutputValid = table !== null;
    output = toCommandFile(table ?? dataset, format);
  }
  for (const [placeholder, file] of [
    ['input', input],
    ['output', output],
  ] as const) {
    const isUsed = command.some((argument) => argument.includes(`{${placeholder}}`));
    if (isUsed === (file !== null)) continue;
    const message = isUsed
      ? `the command contains \`{${placeholder}}\`, but the step has no \`${placeholder}\``
      : `the step has \`${placeholder}\`, but the command does not contain \`{${placeholder}}\``;
    const suggestion = isUsed ? `add \`${placeholder}:\`` : `add \`"{${placeholder}}"\` to the command`;
    report(problem(`missing-${placeholder}`, locate(isUsed ? 'command' : placeholder), message, { suggestion }));
  }
  if (!isOutputValid) return null;
  const inputTables = listInputTables(needs, input, earlier, deps.steps);
  const folder = dirname(deps.path);
  const files = await hashCommandFiles(command, folder, deps.readFile);
  // The key `reads` is part of the hashed form: renaming it would recompute the table of every lake.
  const definition = hashContent({ command, env, input, output, reads: inputTables, files });
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
    inputTables,
    definition,
  };
}

function toCommandFile(dataset: string, format: CommandFile['format'] = 'parquet'): CommandFile {
  return { dataset, format };
}

/** Returns the name, or null after a report if it is not a valid table name. */
function checkTableName(
  name: string,
  isStepName: boolean,
  location: () => Location,
  report: ReportDiagnostic,
): string | null {
  if (isUserTableName(name)) return name;
  const normalized = name.toLowerCase().replaceAll('-', '_');
  const message = isBuiltInTableName(name)
    ? `${name} is a built-in table`
    : `${quote(name)} is not a table name; use lower-case letters, digits and \`_\``;
  const validName = isUserTableName(normalized) ? normalized : `my_${normalized}`;
  report(
    problem('bad-table-name', location(), message, {
      suggestion: `${isStepName ? 'add' : 'write'} \`dataset: ${validName}\``,
    }),
  );
  return null;
}

/** Warns of a name that is similar to a known table. It may be the table of another pipeline, which only the lake knows. */
function reportUnknownTable(
  dataset: string,
  earlier: readonly CustomStep[],
  location: Location,
  report: ReportDiagnostic,
): void {
  const known = [...datasets, ...earlier.map(getOutputTable).filter((name) => name !== null)];
  const closest = known.includes(dataset) ? null : closestMatch(dataset, known);
  if (closest !== null)
    report(
      warning('unknown-table', location, `no step before this one writes the table ${quote(dataset)}`, {
        suggestion: didYouMean(closest),
      }),
    );
}

function listInputTables(
  needs: readonly string[],
  input: CommandFile | null,
  earlier: readonly CustomStep[],
  steps: readonly Step[],
): readonly string[] {
  const tables = needs.flatMap((need) => {
    const customStep = earlier.find(({ name }) => name === need);
    const step = steps.find(({ name }) => name === need);
    const table =
      customStep === undefined
        ? step === undefined
          ? null
          : datasetByStepType[step.uses]
        : getOutputTable(customStep);
    return table === null ? [] : [table];
  });
  return [...new Set([...(input === null ? [] : [input.dataset]), ...tables])].sort();
}

/** Hashes the files that a command refers to: a changed script changes the step. */
async function hashCommandFiles(
  command: readonly string[],
  folder: string,
  readFile: ReadFile,
): Promise<Readonly<Record<string, string>>> {
  const hashes: Record<string, string> = {};
  for (const argument of new Set(command)) {
    if (argument === '' || argument.startsWith('/') || argument.includes('{')) continue;
    const bytes = await readFile(resolveFrom(`${folder}/x`, argument)).catch(() => null);
    if (bytes !== null) hashes[argument] = createHash('sha256').update(bytes).digest('hex');
  }
  return hashes;
}

function hashContent(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}
