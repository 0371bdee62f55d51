import { readFile } from 'node:fs/promises';
import { errorCode } from '../../platform/error-message.js';
import { parseCommit } from '../coverage/parse-commit.js';
import { commitChecksum, readCommit, sealedPrefixLength, sealStart } from '../delta/commit-file.js';
import { listVersions } from '../delta/log-listing.js';
import { commitPath } from '../delta/paths.js';
import { isDamage, toLakeError } from '../lake-error.js';
import { correctCommit } from './correct-commit.js';

/** The files of the log of one table, each compared with its seal. */
export interface ExaminedCommits {
  /** The newest version with a file; null without any. */
  readonly newest: number | null;
  readonly intact: ReadonlySet<number>;
  readonly damaged: readonly DamagedCommit[];
}

/** A version whose commit is damaged or missing while later ones exist. */
export interface DamagedCommit {
  readonly version: number;
  readonly problem: string;
  /** The content as it was written, if the damage or another file of the log determines it; null if it is lost. */
  readonly original: Buffer | null;
}

/** Reads every commit of a log. */
export async function examineCommits(table: string): Promise<ExaminedCommits> {
  const versions = await listVersions(table);
  const newest = versions.at(-1) ?? null;
  const present = new Set(versions);
  const intact = new Set<number>();
  const broken = new Map<number, { readonly problem: string; readonly content: Buffer | null }>();
  for (let version = 0; version <= (newest ?? -1); version++) {
    if (!present.has(version)) {
      broken.set(version, { problem: 'missing while later commits exist', content: null });
      continue;
    }
    const problem = await findProblem(table, version);
    if (problem === null) intact.add(version);
    else broken.set(version, { problem, content: await readBytes(commitPath(table, version)) });
  }
  const damaged = [...broken].map(([version, { problem, content }]): DamagedCommit => {
    const original = content === null ? null : correctCommit(content, table, version);
    if (original !== null) return { version, problem: `${problem}: one flipped bit`, original };
    const other = findMisplaced(table, version, broken);
    return other === null
      ? { version, problem, original: null }
      : {
          version,
          problem: `${problem}: its content is in the file of version ${other.version}`,
          original: other.content,
        };
  });
  return { newest, intact, damaged };
}

async function findProblem(table: string, version: number): Promise<string | null> {
  try {
    const content = await readCommit(table, version);
    if (content === null) return 'missing while later commits exist';
    if (!isSealed(content)) {
      if (correctCommit(content, table, version) !== null) return 'differs from what was written';
      // Without a seal only the syntax can be checked.
      parseCommit(content, table, version);
    }
    return null;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return error.message.replace(/^.*\.json(?::\d+)?: (?:this commit )?/, '');
  }
}

/** A commit in the file of another version, as its seal says. */
function findMisplaced(
  table: string,
  version: number,
  broken: ReadonlyMap<number, { readonly content: Buffer | null }>,
): { readonly version: number; readonly content: Buffer } | null {
  for (const [other, { content }] of broken) {
    if (other === version || content === null || !isSealed(content)) continue;
    const written = content.toString('latin1', sealStart.length, sealStart.length + 8);
    if (written === commitChecksum(table, version, content.subarray(sealedPrefixLength)))
      return { version: other, content };
  }
  return null;
}

export function isSealed(content: Buffer): boolean {
  return content.toString('latin1', 0, sealStart.length) === sealStart;
}

async function readBytes(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'EIO') return null;
    throw toLakeError(error, path);
  }
}
