import { expectRecord } from '../expect-json.js';
import { isRecord, isString } from '../../platform/json.js';
import type { JsonObject } from '../../platform/json.js';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { Instant } from '../../core/time/time.js';
import { parseAction } from '../delta/actions.js';
import type { LiveFile } from '../delta/actions.js';
import { parseCommitLine } from '../delta/commit-file.js';
import { commitPath } from '../delta/paths.js';
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
  /** The size of its file. */
  readonly bytes: number;
}

/** Parses the file of a commit. `files: 'skip'` does not parse the actions on files. */
export function parseCommit(content: Buffer, table: string, version: number, files: 'read' | 'skip' = 'read'): Commit {
  const path = commitPath(table, version);
  const added: LiveFile[] = [];
  const removed: string[] = [];
  let header: CommitHeader = { committedAt: 0, author: null, groups: [] };
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
    if (action?.type === 'add') added.push(action.file);
    if (action?.type === 'remove') removed.push(action.tombstone.path);
  }
  return { version, ...header, added, removed, bytes: content.length };
}

const commitInfoPrefix = '{"commitInfo"';

type CommitHeader = Pick<Commit, 'committedAt' | 'author' | 'groups'>;

function parseHeader(info: Readonly<Record<string, unknown>>, location: string): CommitHeader {
  const committedAt = typeof info['timestamp'] === 'number' ? info['timestamp'] : 0;
  const pipe = info['pipe'];
  if (!isRecord(pipe)) return { committedAt, author: null, groups: [] };
  const { coverage } = pipe;
  const groups = coverage === undefined ? [] : decodeGroups(coverage, `${location} coverage`);
  return { committedAt, author: parseAuthor(pipe), groups };
}

function parseAuthor({ run, pipeline }: JsonObject): CommitInfo | null {
  if (!isString(run) || !isRecord(pipeline)) return null;
  const { name, hash } = pipeline;
  if (!isString(name) || !(isString(hash) || hash === null)) return null;
  // Earlier versions wrote an empty text for no hash.
  return { runId: run, pipeline: { name, hash: hash === '' ? null : hash } };
}
