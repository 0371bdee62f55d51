import type { Author } from '../../core/delivery.js';
import type { Instant } from '../../core/time.js';
import { actionOf } from '../delta/actions.js';
import type { LiveFile } from '../delta/actions.js';
import { commitLine } from '../delta/commit-file.js';
import { commitPath } from '../delta/paths.js';
import { expectRecord, isRecord } from './columns.js';
import { decodeGroups } from './encoding.js';
import type { FactGroup } from './encoding.js';

/** What one commit says about coverage, and which files it brings and takes. */
export interface Commit {
  readonly version: number;
  readonly committedAt: Instant;
  /** Null for a commit of another program. */
  readonly author: Author | null;
  readonly groups: readonly FactGroup[];
  readonly added: readonly LiveFile[];
  /** Paths of files that are no longer live. */
  readonly removed: readonly string[];
  /** The length of its file. */
  readonly bytes: number;
}

/** The commit in the bytes of its file. `files: 'skip'` leaves out what it says about files. */
export function commitFrom(content: Buffer, table: string, version: number, files: 'read' | 'skip' = 'read'): Commit {
  const path = commitPath(table, version);
  const added: LiveFile[] = [];
  const removed: string[] = [];
  let note: CommitNote = { committedAt: 0, author: null, groups: [] };
  for (const [index, text] of content.toString('utf8').split('\n').entries()) {
    if (text.trim() === '' || (files === 'skip' && !text.startsWith(noteStart))) continue;
    const place = `${path}:${index + 1}`;
    const line = commitLine(text, table, version, index + 1);
    const info = isRecord(line) ? line['commitInfo'] : undefined;
    if (info !== undefined) {
      note = noteFrom(expectRecord(info, place), place);
      continue;
    }
    const action = actionOf(line, place);
    if (action?.type === 'add') added.push(action.file);
    if (action?.type === 'remove') removed.push(action.tombstone.path);
  }
  return { version, ...note, added, removed, bytes: content.length };
}

const noteStart = '{"commitInfo"';

type CommitNote = Pick<Commit, 'committedAt' | 'author' | 'groups'>;

function noteFrom(info: Readonly<Record<string, unknown>>, place: string): CommitNote {
  const committedAt = typeof info['timestamp'] === 'number' ? info['timestamp'] : 0;
  const pipe = info['pipe'];
  if (!isRecord(pipe)) return { committedAt, author: null, groups: [] };
  const { run, pipeline, coverage } = pipe;
  const known = isRecord(pipeline) ? pipeline : {};
  const author: Author = {
    runId: typeof run === 'string' ? run : '',
    pipeline: {
      name: typeof known['name'] === 'string' ? known['name'] : '',
      hash: typeof known['hash'] === 'string' ? known['hash'] : '',
    },
  };
  return { committedAt, author, groups: coverage === undefined ? [] : decodeGroups(coverage, `${place} coverage`) };
}
