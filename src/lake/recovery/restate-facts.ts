import type { CoverageState, CoveredWindow } from '../../core/coverage.js';
import { commitLost } from '../../core/loss-reasons.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { normalize, subtract } from '../../core/time/window.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import type { FactInput } from '../coverage/fact-encoding.js';
import { hasRows, repairStep } from '../coverage/lost-span-windows.js';
import { parseCommit } from '../coverage/parse-commit.js';
import { getCoverage } from '../coverage/table-fold.js';
import type { TableFold } from '../coverage/table-fold.js';
import type { LiveFile } from '../delta/actions.js';
import { readCommit } from '../delta/commit-file.js';
import { groupBy } from '../../platform/group-by.js';
import { isDamage } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { getCommits } from '../parquet/parquet-files.js';
import { buildTableSource } from '../parquet/table-source.js';
import type { ExaminedTable } from './examine-table.js';
import { filterPresent, parsePartitionValues } from './rebuild-files.js';
import type { Target } from './rebuild-files.js';
import { restoreFacts } from './recorded-facts.js';
import type { RecordedRequests } from './recorded-facts.js';
import { buildRowDifference, groupRows } from '../parquet/row-series.js';
import type { RowGroup } from '../parquet/row-series.js';

export interface RestateInput {
  readonly examined: ExaminedTable;
  readonly target: Target;
  /** The coverage by the readable commits alone. */
  readonly plain: TableFold;
  readonly engine: Engine;
  /** The request of facts that no request recorded. */
  readonly requestId: string;
  /** The requests of the lost commits, as the records of runs have them. */
  readonly recorded: RecordedRequests;
}

/**
 * The facts of the commit that ends a rebuild: the coverage that checkpoints prove and the readable commits lack, the requests of
 * rows whose facts are lost, and the windows that are `missing` because nothing proves that they are complete.
 */
export async function collectFacts(input: RestateInput): Promise<readonly FactInput[]> {
  const { examined, target, plain, engine, requestId, recorded } = input;
  const { dataset, lost, unknownFiles } = examined;
  const known = await readKnownRequests(examined);
  const facts: FactInput[] = [...restateDifference(plain, target.coverage, requestId)];
  const missing = (group: RowGroup): FactInput => createFact(group, 'missing', group.start, 0, requestId);
  const uncertain = new Set(lost.filter((version) => version > target.certainVersion));
  const isCertain = (file: LiveFile): boolean =>
    uncertain.size === 0 ||
    ('pipe.commits' in file.tags && ![...getCommits(file)].some((version) => uncertain.has(version)));
  const present = await filterPresent(examined.table, [...target.files.values()]);
  const unknownRequest = ({ requestId: id }: RowGroup): boolean => !known.has(id);
  // A snapshot is one instant with all of its rows; of a span the rows do not say how far it was answered.
  const isPoint = tables[dataset].kind === 'point';
  const stored = (group: RowGroup, state: CoverageState, requestedAt: number): FactInput =>
    createFact(group, state, requestedAt, group.rows, group.requestId);
  const source = (files: readonly LiveFile[]): string => buildTableSource(dataset, examined.table, files);
  const certain = present.filter(isCertain);
  const restored = isPoint
    ? []
    : restoreFacts(
        recorded,
        known,
        target.coverage,
        await readGroups(source(present), dataset, engine, unknownRequest),
      );
  facts.push(...restored);
  const isRestored = createLookup(restored);
  for (const files of [certain, present.filter((file) => !certain.includes(file))]) {
    if (files.length === 0) continue;
    for (const group of await readGroups(source(files), dataset, engine, unknownRequest)) {
      if (isRestored(group)) continue;
      const held = files === certain ? findHeld(target.coverage, group) : null;
      if (held !== null) facts.push(stored(group, held.state, held.lastRequestedAt));
      else facts.push(isPoint ? stored(group, 'data', group.start) : missing(group));
    }
  }
  const dropped = [...target.coverage.files.values()].filter(({ path }) => !target.files.has(path));
  const superseded = await filterPresent(examined.table, dropped);
  if (superseded.length > 0) {
    const gone = buildRowDifference(dataset, examined.table, superseded, present);
    for (const group of await readGroups(gone, dataset, engine)) facts.push(missing(group));
  }
  // Files of lost commits do not belong to the table; their rows show which windows were stored.
  const isComplete = uncertain.size === 0 && examined.commits.newest !== null;
  for (const path of isComplete ? [] : unknownFiles.filter((name) => !target.files.has(name))) {
    const unheld = buildRowDifference(dataset, examined.table, [toUnloggedFile(path)], present);
    for (const group of await readGroups(unheld, dataset, engine))
      if (dataset !== 'overviews' && findHeld(target.coverage, group) === null) facts.push(missing(group));
  }
  return facts;
}

/** Returns whether the request of a group has one of some facts, whose window has all of its rows. */
function createLookup(facts: readonly FactInput[]): (group: RowGroup) => boolean {
  const byRequest = groupBy(facts, ({ fact }) => fact.requestId);
  return ({ requestId, start, end }) =>
    byRequest.get(requestId)?.some(({ fact: { window } }) => window.start <= start && end <= window.end) === true;
}

function toUnloggedFile(path: string): LiveFile {
  return { path, partitionValues: parsePartitionValues(path), size: 0, modificationTime: 0, stats: null, tags: {} };
}

/** The requests whose facts are readable. */
async function readKnownRequests({ table, commits }: ExaminedTable): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const version of commits.intact) {
    const content = await readCommit(table, version);
    if (content === null) continue;
    for (const { size, fact } of parseCommit(content, table, version, 'skip').groups)
      for (let row = 0; row < size; row++) known.add(fact(row).requestId);
  }
  return known;
}

/** The rows of a source, in runs of one request without rows of another between them. */
async function readGroups(
  source: string,
  dataset: Dataset,
  engine: Engine,
  isWanted: (group: RowGroup) => boolean = () => true,
): Promise<readonly RowGroup[]> {
  let groups: readonly RowGroup[];
  try {
    groups = await groupRows(engine, dataset, source);
  } catch (error) {
    // What cannot be read shows nothing: its windows are requested like those never requested.
    if (!isDamage(error)) throw error;
    return [];
  }
  const runs: RowGroup[] = [];
  const last = new Map<string, number>();
  for (const group of groups) {
    const series = `${group.provider} ${group.series}`;
    const position = last.get(series);
    const run = position === undefined ? undefined : runs[position];
    if (run?.requestId === group.requestId && position !== undefined && dataset.endsWith('_bars'))
      runs[position] = { ...run, end: Math.max(run.end, group.end), rows: run.rows + group.rows };
    else last.set(series, runs.push(group) - 1);
  }
  return runs.filter(isWanted);
}

type FactWindow = Pick<RowGroup, 'provider' | 'series' | 'start' | 'end'>;

function createFact(
  { provider, series, start, end }: FactWindow,
  state: CoverageState,
  requestedAt: number,
  rows: number,
  requestId: string,
): FactInput {
  const reason = state === 'missing' ? { reason: commitLost } : {};
  return {
    fact: { provider, series, window: { start, end }, state, requestId, requestedAt, rows, ...reason, upstream: [] },
    step: repairStep,
    calendar: '',
  };
}

/** The window with rows that contains all instants of a group; null if some of them have no rows by the coverage. */
function findHeld(coverage: TableFold, { provider, series, start, end }: RowGroup): CoveredWindow | null {
  const windows = getCoverage(coverage, provider, series);
  return windows.find((window) => hasRows(window.state) && window.start <= start && end <= window.end) ?? null;
}

/** The windows of a coverage in which another one has another state. */
function restateDifference(plain: TableFold, target: TableFold, requestId: string): readonly FactInput[] {
  const facts: FactInput[] = [];
  for (const { provider, prefix, suffix, lists } of target.families.values()) {
    for (const [key, windows] of lists) {
      const series = prefix + key + suffix;
      const before = getCoverage(plain, provider, series);
      for (const window of windows) {
        const same = normalize(before.filter((other) => haveSameState(window, other)));
        for (const { start, end } of subtract([window], same)) {
          const { state, lastRequestedAt, reason, emptyAnswers, lacks } = window;
          const { fact, ...rest } = createFact({ provider, series, start, end }, state, lastRequestedAt, 0, requestId);
          const details = omitUndefined({ reason, emptyAnswers, lacks });
          facts.push({ ...rest, fact: { ...fact, ...details } });
        }
      }
    }
  }
  return facts;
}

function haveSameState(a: CoveredWindow, b: CoveredWindow): boolean {
  return a.state === b.state && a.reason === b.reason && a.emptyAnswers === b.emptyAnswers && a.lacks === b.lacks;
}
