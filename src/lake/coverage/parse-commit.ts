import { expectRecord } from '../expect-json.js';
import { isRecord, isString } from '../../platform/json.js';
import type { JsonObject } from '../../platform/json.js';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { Instant } from '../../core/time/time.js';
import { parseAction } from '../delta/actions.js';
import type { LiveFile, Metadata, Protocol } from '../delta/actions.js';
import { parseCommitLine } from '../delta/commit-file.js';
import { commitPath } from '../delta/paths.js';
import { parseVersionRanges } from '../delta/version-ranges.js';
import { decodeGroups } from './fact-decoding.js';
import type { FactGroup } from './fact-decoding.js';

/** The coverage facts of one commit, and the files that it adds and removes. */
export interface Commit {
  readonly version: number;
  readonly committedAt: Instant;
  /** Null if the commit does not name its run and its pipeline, as commits of other programs. */
  readonly author: CommitInfo | null;
  readonly groups: readonly FactGroup[];
  readonly added: readonly LiveFile[];
  /** Paths of files that are no longer live. */
  readonly removed: readonly string[];
  /** Paths of files whose rows another program deleted or changed; none for commits of pipe and for merges. */
  readonly changedByOthers: readonly string[];
  /** Versions of other programs whose deletions this commit records. */
  readonly handledVersions: readonly number[];
  /** The protocol and the properties of the table, if the commit changes them. */
  readonly protocol: Protocol | null;
  readonly metadata: Metadata | null;
  /** False for a commit of another program. */
  readonly isOwn: boolean;
  /** The size of its file. */
  readonly bytes: number;
}

/** Parses the file of a commit. `files: 'skip'` does not parse the actions on files. */
export function parseCommit(content: Buffer, table: string, version: number, files: 'read' | 'skip' = 'read'): Commit {
  const path = commitPath(table, version);
  const added: LiveFile[] = [];
  const removed: string[] = [];
  const changed: string[] = [];
  let protocol: Protocol | null = null;
  let metadata: Metadata | null = null;
  let header: CommitHeader = { committedAt: 0, isOwn: false, author: null, groups: [], handledVersions: [] };
  for (const [index, text] of content.toString('utf8').split('\n').entries()) {
    if (text.trim() === '' || (files === 'skip' && !text.startsWith(commitInfoPrefix))) continue;
    const location = `${path}:${index + 1}`;
    const line = parseCommitLine(text, table, version, index + 1);
    const info = isRecord(line) ? line['commitInfo'] : undefined;
    if (info !== undefined) {
      header = parseHeader(expectRecord(info, location), location);
      continue;
    }
    const action = parseAction(line, location);
    if (action?.type === 'protocol') ({ protocol } = action);
    if (action?.type === 'metadata') ({ metadata } = action);
    if (action?.type === 'add') added.push(action.file);
    if (action?.type !== 'remove') continue;
    removed.push(action.tombstone.path);
    if (isRecord(line) && isRecord(line['remove']) && line['remove']['dataChange'] !== false)
      changed.push(action.tombstone.path);
  }
  const changedByOthers = header.isOwn ? [] : changed;
  return { version, ...header, added, removed, changedByOthers, protocol, metadata, bytes: content.length };
}

const commitInfoPrefix = '{"commitInfo"';

/** The parameter of commits that record what other programs deleted, with the versions of their commits. */
export const handledVersionsParameter = 'foreignVersions';

type CommitHeader = Pick<Commit, 'committedAt' | 'isOwn' | 'author' | 'groups' | 'handledVersions'>;

function parseHeader(info: Readonly<Record<string, unknown>>, location: string): CommitHeader {
  const committedAt = typeof info['timestamp'] === 'number' ? info['timestamp'] : 0;
  const pipe = info['pipe'];
  if (!isRecord(pipe)) return { committedAt, isOwn: false, author: null, groups: [], handledVersions: [] };
  const { coverage } = pipe;
  const groups = coverage === undefined ? [] : decodeGroups(coverage, `${location} coverage`);
  const parameters = info['operationParameters'];
  const versions = isRecord(parameters) ? parameters[handledVersionsParameter] : undefined;
  const handledVersions = isString(versions) ? [...parseVersionRanges(versions)] : [];
  return { committedAt, isOwn: true, author: parseAuthor(pipe), groups, handledVersions };
}

function parseAuthor({ run, pipeline }: JsonObject): CommitInfo | null {
  if (!isString(run) || !isRecord(pipeline)) return null;
  const { name, hash } = pipeline;
  if (!isString(name) || !(isString(hash) || hash === null)) return null;
  // Earlier versions wrote an empty text for no hash.
  return { runId: run, pipeline: { name, hash: hash === '' ? null : hash } };
}
