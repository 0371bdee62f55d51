import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Dataset } from '../../core/tables/tables.js';
import { errorMessage } from '../../platform/error-message.js';
import type { LogProblem, LogProblemKind } from '../api.js';
import { examineFoldCheckpoints } from '../coverage/fold-checkpoint.js';
import type { ExaminedFoldCheckpoint } from '../coverage/fold-checkpoint.js';
import { checkpointInterval } from '../delta/checkpoint.js';
import { readCommit } from '../delta/commit-file.js';
import { findLastCheckpointProblem, lastCheckpointFile, listCheckpointRefs } from '../delta/log-listing.js';
import type { CheckpointRef } from '../delta/log-listing.js';
import { checkpointPath, checkpointPaths, commitPath, logFolder } from '../delta/paths.js';
import { applyVersions, emptySnapshot, readCheckpointSnapshot } from '../delta/snapshot.js';
import type { CheckpointReader, CommittedSnapshot, Snapshot } from '../delta/snapshot.js';
import { isDamage, LakeError } from '../lake-error.js';
import { listDataFiles } from '../maintenance/vacuum.js';
import { examineCommits, isSealed } from './examine-commits.js';
import type { ExaminedCommits } from './examine-commits.js';

/** Everything that the files of a table say about its log. */
export interface ExaminedTable<Name extends string = Dataset> {
  readonly dataset: Name;
  readonly table: string;
  readonly commits: ExaminedCommits;
  /** The newest version that any file proves; null without a table. */
  readonly newest: number | null;
  /** Versions whose content is lost, in order, including missing ones at the end. */
  readonly lost: readonly number[];
  readonly foldCheckpoints: readonly ExaminedFoldCheckpoint[];
  /** The Delta checkpoints, newest first; null as snapshot for a damaged one. */
  readonly deltaCheckpoints: readonly ExaminedCheckpoint[];
  /** Data files on disk that no readable commit or checkpoint names. */
  readonly unknownFiles: readonly string[];
  readonly problems: readonly LogProblem[];
}

export interface ExaminedCheckpoint extends CheckpointRef {
  readonly snapshot: CommittedSnapshot | null;
  readonly problem: string;
}

export interface ExamineOptions<Name extends string = Dataset> {
  readonly dataset: Name;
  readonly table: string;
  readonly readCheckpoint: CheckpointReader;
  /** The newest version that the records of runs name; null for none. */
  readonly recorded: number | null;
  /** The data files that `lake.duckdb` names. */
  readonly viewFiles: readonly string[];
}

/** Reads the log of a table, its checkpoints and the names of its data files, and compares them. */
export function examineTable(options: ExamineOptions): Promise<ExaminedTable> {
  const { table, dataset } = options;
  return examineLog(options, (isIntact) => examineFoldCheckpoints(table, dataset, isIntact));
}

/** The same for the table of a custom step, which has no coverage. */
export function examineUserTable(options: ExamineOptions<string>): Promise<ExaminedTable<string>> {
  return examineLog(options, () => Promise.resolve([]));
}

async function examineLog<Name extends string>(
  { dataset, table, readCheckpoint, recorded, viewFiles }: ExamineOptions<Name>,
  examineCoverage: (isIntact: (version: number) => boolean) => Promise<readonly ExaminedFoldCheckpoint[]>,
): Promise<ExaminedTable<Name>> {
  const commits = await examineCommits(table);
  const isIntact = (version: number): boolean => commits.intact.has(version);
  const foldCheckpoints = await examineCoverage(isIntact);
  const replay = await replayLog(table, commits);
  const deltaCheckpoints = await examineDeltaCheckpoints(table, readCheckpoint, replay);
  const proven = [
    commits.newest,
    recorded,
    ...foldCheckpoints.map(({ fold }) => fold?.version ?? null),
    ...deltaCheckpoints.map(({ snapshot }) => snapshot?.version ?? null),
  ].filter((version) => version !== null);
  const newest = proven.length === 0 ? null : Math.max(...proven);
  const known = new Set(replay.paths);
  for (const { fold } of foldCheckpoints) for (const path of fold?.files.keys() ?? []) known.add(path);
  for (const { snapshot } of deltaCheckpoints) {
    for (const path of snapshot?.files.keys() ?? []) known.add(path);
    for (const path of snapshot?.tombstones.keys() ?? []) known.add(path);
  }
  const unknownFiles = (await listDataFiles(table, '')).filter((path) => !known.has(path));
  const isLogGone = newest === null && viewFiles.length + unknownFiles.length > 0;
  const isCut = newest !== null && viewFiles.some((path) => !known.has(path));
  const lost = [
    ...commits.damaged.filter(({ original }) => original === null).map(({ version }) => version),
    ...range((commits.newest ?? -1) + 1, newest ?? (isLogGone ? 0 : -1)),
    // How many commits are gone is unknown: one stands for all.
    ...(isCut ? [newest + 1] : []),
  ];
  const examined = { dataset, table, commits, newest, lost, foldCheckpoints, deltaCheckpoints, unknownFiles };
  return { ...examined, problems: await listProblems(examined, viewFiles, known) };
}

interface Replay {
  /** Every path that a readable commit names. */
  readonly paths: ReadonlySet<string>;
  /** The table at a version; null if an earlier commit is damaged. */
  readonly snapshots: ReadonlyMap<number, Snapshot>;
  readonly isComplete: (version: number) => boolean;
}

/** Applies the readable commits, and remembers the table at versions that may have a checkpoint. */
async function replayLog(table: string, commits: ExaminedCommits): Promise<Replay> {
  const refs = new Set((await listCheckpointRefs(table)).map(({ version }) => version));
  const firstDamage = Math.min(...commits.damaged.map(({ version }) => version));
  const snapshots = new Map<number, Snapshot>();
  let snapshot: Snapshot = emptySnapshot;
  let pending: number[] = [];
  for (const version of [...commits.intact].toSorted((a, b) => a - b)) {
    pending.push(version);
    if (!refs.has(version)) continue;
    snapshot = await applyVersions(table, snapshot, pending);
    pending = [];
    snapshots.set(version, snapshot);
  }
  snapshot = await applyVersions(table, snapshot, pending);
  const paths = new Set([...snapshot.files.keys(), ...snapshot.tombstones.keys()]);
  return { paths, snapshots, isComplete: (version) => version < firstDamage };
}

async function examineDeltaCheckpoints(
  table: string,
  readCheckpoint: CheckpointReader,
  replay: Replay,
): Promise<readonly ExaminedCheckpoint[]> {
  const examined: ExaminedCheckpoint[] = [];
  for (const ref of (await listCheckpointRefs(table)).toReversed()) {
    try {
      const snapshot = await readCheckpointSnapshot(table, ref, readCheckpoint);
      const replayed = replay.isComplete(ref.version) ? replay.snapshots.get(ref.version) : undefined;
      const problem = replayed === undefined || haveSameFiles(replayed, snapshot) ? '' : 'differs from the log';
      examined.push({ ...ref, snapshot: problem === '' ? snapshot : null, problem });
    } catch (error) {
      if (!(error instanceof LakeError || error instanceof SyntaxError)) throw error;
      examined.push({
        ...ref,
        snapshot: null,
        problem: `cannot be read (${errorMessage(error).split('\n', 1)[0] ?? ''})`,
      });
    }
  }
  return examined;
}

function haveSameFiles(a: Snapshot, b: Snapshot): boolean {
  if (a.files.size !== b.files.size || a.metadata?.schemaString !== b.metadata?.schemaString) return false;
  for (const [path, file] of a.files) {
    const other = b.files.get(path);
    if (other?.size !== file.size) return false;
    // Other programs need not preserve tags and statistics in their checkpoints.
    const commits = other.tags['pipe.commits'];
    if (commits !== undefined && (commits !== file.tags['pipe.commits'] || other.stats !== file.stats)) return false;
  }
  return true;
}

type Examined = Omit<ExaminedTable<string>, 'problems'>;

async function listProblems(
  examined: Examined,
  viewFiles: readonly string[],
  known: ReadonlySet<string>,
): Promise<readonly LogProblem[]> {
  const { dataset, table, commits, lost, foldCheckpoints, deltaCheckpoints, unknownFiles } = examined;
  const problem = (kind: LogProblemKind, path: string, detail: string): LogProblem => ({
    dataset,
    kind,
    path: relative(table, path),
    detail,
  });
  const cut = lost.filter((version) => version > (commits.newest ?? -1));
  return [
    ...commits.damaged.map(({ version, problem: detail, original }) =>
      problem(original === null ? 'commit-lost' : 'commit-damaged', commitPath(table, version), detail),
    ),
    ...(cut.length === 0 ? [] : [problem('log-cut', logFolder(table), describeCut(examined, viewFiles, known))]),
    ...(await listCheckpointProblems(examined)).map(({ path, detail }) => problem('delta-checkpoint', path, detail)),
    ...deltaCheckpoints
      .filter(({ snapshot }) => snapshot === null)
      .map(({ version, parts, problem: detail }) =>
        problem('delta-checkpoint', checkpointPaths(table, version, parts)[0] ?? '', detail),
      ),
    ...foldCheckpoints
      .filter(({ fold }) => fold === null)
      .map(({ path, problem: detail }) => problem('coverage-checkpoint', path, detail.replace(`${path}: `, ''))),
    ...unknownFiles.map((path) => problem('unknown-files', join(table, path), 'named by no commit')),
  ];
}

function describeCut(
  { commits, newest, unknownFiles }: Examined,
  viewFiles: readonly string[],
  known: ReadonlySet<string>,
): string {
  const has =
    commits.newest === null ? 'the log has no commits' : `the log ends with version ${String(commits.newest)}`;
  if (newest === null && viewFiles.length > 0)
    return `${has}, but lake.duckdb names ${String(viewFiles.length)} files of this table`;
  if (newest === null) return `${has}, but the folder has ${String(unknownFiles.length)} data files`;
  const unnamed = viewFiles.filter((path) => !known.has(path));
  if (newest === commits.newest)
    return `${has}, but lake.duckdb names ${String(unnamed.length)} files that no commit names`;
  return `${has}, but other files prove version ${String(newest)}`;
}

/** Missing checkpoints, and a `_last_checkpoint` that names none of them: other engines fail on them. */
async function listCheckpointProblems({
  table,
  commits: { newest },
  deltaCheckpoints,
}: Examined): Promise<readonly { readonly path: string; readonly detail: string }[]> {
  const problems: { readonly path: string; readonly detail: string }[] = [];
  const lastPath = join(logFolder(table), lastCheckpointFile);
  const problem = await findLastCheckpointProblem(table).catch((error: unknown) => {
    if (!isDamage(error)) throw error;
    return 'cannot be read';
  });
  if (problem !== null) problems.push({ path: lastPath, detail: problem });
  else if (deltaCheckpoints.length > 0 && !existsSync(lastPath))
    problems.push({ path: lastPath, detail: 'is missing' });
  // The process may have died before it wrote the checkpoint of its own commit.
  const due = Math.floor(((newest ?? 0) - 1) / checkpointInterval) * checkpointInterval;
  if (due > 0 && !deltaCheckpoints.some(({ version }) => version >= due) && (await isOwnCommit(table, due)))
    problems.push({ path: checkpointPath(table, due), detail: 'is missing' });
  return problems;
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** Other programs write checkpoints at other versions, or none. */
async function isOwnCommit(table: string, version: number): Promise<boolean> {
  try {
    const content = await readCommit(table, version);
    return content !== null && isSealed(content);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return true;
  }
}
