import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../platform/json.js';
import { parseAction } from '../delta/actions.js';
import type { LiveFile } from '../delta/actions.js';
import { parseCommitLine, readCommit } from '../delta/commit-file.js';
import { commitPath } from '../delta/paths.js';
import type { CommittedSnapshot, Snapshot } from '../delta/snapshot.js';

/** The files in which the rows of a past version are. */
export interface KeptFiles {
  /** True if every row of the version is in `files`. */
  readonly isComplete: boolean;
  readonly files: Snapshot['files'];
  /** Files that merges put in the place of deleted ones: they also have rows of later commits. */
  readonly merged: ReadonlySet<string>;
  /** The first later version that may be complete; null if the version is. */
  readonly oldestKept: number | null;
}

/**
 * Finds the files with the rows of a past version. Superseded files are deleted after their retention. Where a merge superseded
 * them, the merged file has their rows; where rows were replaced, they are gone.
 */
export async function findKeptFiles(table: string, snapshot: CommittedSnapshot): Promise<KeptFiles> {
  const files = new Map(snapshot.files);
  const merged = new Set<string>();
  const isOnDisk = createDiskLookup(table);
  const complete = { isComplete: true, files: snapshot.files, merged, oldestKept: null };
  if ([...files.keys()].every(isOnDisk)) return complete;
  let oldestKept: number | null = null;
  let isComplete = true;
  let hasForeignRows = false;
  // Files of later commits that repeat rows of `files`.
  const copies = new Set<string>();
  for (let version = snapshot.version + 1; ; version++) {
    const change = await readChange(table, version);
    if (change === null) return { isComplete, files, merged, oldestKept };
    hasForeignRows ||= change.isForeign && !change.isMerge && change.added.length > 0;
    const deleted = change.removed.filter((path) => !isOnDisk(path));
    for (const group of change.isMerge ? groupByFolder(change) : [change]) {
      const repeats = group.removed.some((path) => copies.has(path));
      const needed = group.removed.filter((path) => files.has(path));
      const isGone = needed.some((path) => !isOnDisk(path));
      // Rows of other programs name no request by which they could be distinguished from those of the version.
      if (isGone && change.isMerge && group.added.length > 0 && !repeats && !hasForeignRows) {
        for (const path of group.removed) files.delete(path);
        for (const file of group.added) {
          files.set(file.path, file);
          merged.add(file.path);
        }
        continue;
      }
      if (isGone) isComplete = false;
      if (isGone || (deleted.length > 0 && (!change.isMerge || hasForeignRows))) oldestKept = version;
      if (repeats || needed.length > 0) for (const { path } of group.added) copies.add(path);
    }
  }
}

function createDiskLookup(table: string): (path: string) => boolean {
  const known = new Map<string, boolean>();
  return (path) => {
    let found = known.get(path);
    if (found === undefined) known.set(path, (found = existsSync(join(table, path))));
    return found;
  };
}

interface Change {
  /** True for a commit that only merged files of a folder into others with the same rows. */
  readonly isMerge: boolean;
  /** True if another program committed it. */
  readonly isForeign: boolean;
  readonly removed: readonly string[];
  readonly removedFolders: ReadonlyMap<string, string>;
  readonly added: readonly LiveFile[];
}

async function readChange(table: string, version: number): Promise<Change | null> {
  const content = await readCommit(table, version);
  if (content === null) return null;
  const removed: string[] = [];
  const removedFolders = new Map<string, string>();
  const added: LiveFile[] = [];
  let isMerge = true;
  let isOptimize = false;
  let isForeign = true;
  for (const [index, text] of content.toString('utf8').split('\n').entries()) {
    if (text.trim() === '') continue;
    if (text.startsWith('{"commitInfo"')) {
      const head = text.slice(0, maxHead);
      isOptimize = head.includes(optimizeMark);
      isForeign = !head.includes(ownMark);
      continue;
    }
    const line = parseCommitLine(text, table, version, index + 1);
    const action = parseAction(line, `${commitPath(table, version)}:${index + 1}`);
    if (action?.type === 'add') added.push(action.file);
    if (action?.type !== 'remove') continue;
    removed.push(action.tombstone.path);
    removedFolders.set(action.tombstone.path, toFolderKey(action.tombstone.partitionValues));
    if (!isRecord(line) || !isRecord(line['remove']) || line['remove']['dataChange'] !== false) isMerge = false;
  }
  return { isMerge: isMerge && isOptimize, isForeign, removed, removedFolders, added };
}

/** The operation comes before the coverage, which may have megabytes. */
const maxHead = 4_096;
const optimizeMark = '"operation":"OPTIMIZE"';
const ownMark = '"pipe":{"run":';

/** Other programs write the columns of a folder in any order. */
function toFolderKey(values: LiveFile['partitionValues']): string {
  return JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function groupByFolder({ removed, removedFolders, added }: Change): readonly Pick<Change, 'removed' | 'added'>[] {
  const groups = new Map<string, { readonly removed: string[]; readonly added: LiveFile[] }>();
  for (const path of removed) {
    const folder = removedFolders.get(path) ?? '';
    const group = groups.get(folder) ?? { removed: [], added: [] };
    group.removed.push(path);
    groups.set(folder, group);
  }
  for (const file of added) groups.get(toFolderKey(file.partitionValues))?.added.push(file);
  return [...groups.values()];
}
