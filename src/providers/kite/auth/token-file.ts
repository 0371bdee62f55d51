import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { Instant } from '../../../core/time/time.js';
import type { CredentialProblem } from './credential-problem.js';

/** What a login leaves behind. */
export interface StoredToken {
  /** Where it was issued, so that it is sent nowhere else. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly accessToken: string;
  readonly issuedAt: Instant;
  readonly userId: string | null;
}

/** Reads a token; null where there is no file. One that others could read is refused. */
export async function readTokenFile(path: string): Promise<Result<StoredToken | null, CredentialProblem>> {
  try {
    const { mode } = await stat(path);
    // Windows has no such bits: there the folder's own rights protect it.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const hint = `run \`chmod 600 ${path}\`, and log in anew if somebody else may have read it`;
      return err({ message: `${path} holds an access token and can be read by others`, remedy: hint });
    }
    const token = parseToken(await readFile(path, 'utf8'));
    if (token !== null) return ok(token);
    return err({ message: `${path} does not hold an access token`, remedy: 'log in anew with `pipe login kite`' });
  } catch (error) {
    if (getErrorCode(error) === 'ENOENT') return ok(null);
    return err({
      message: `${path} cannot be read: ${getErrorCode(error)}`,
      remedy: 'log in anew with `pipe login kite`',
    });
  }
}

/** Stores a token for its owner alone, whole or not at all. */
export async function writeTokenFile(path: string, token: StoredToken): Promise<Result<null, CredentialProblem>> {
  const temporaryPath = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(temporaryPath, { force: true });
    const file = await open(temporaryPath, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(token, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // The mode of a new file is narrowed by the umask, never widened; this is for file systems that ignore it.
    await chmod(temporaryPath, 0o600);
    await rename(temporaryPath, path);
    return ok(null);
  } catch (error) {
    await rm(temporaryPath, { force: true }).catch(() => undefined);
    return err({
      message: `${path} cannot be written: ${getErrorCode(error)}`,
      remedy: 'make room for it, or name another folder',
    });
  }
}

function parseToken(text: string): StoredToken | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { root, apiKey, accessToken, issuedAt, userId }: Readonly<Record<string, unknown>> = { ...value };
    if (typeof root !== 'string' || typeof apiKey !== 'string' || typeof accessToken !== 'string') return null;
    if (typeof issuedAt !== 'number' || accessToken === '') return null;
    return { baseUrl: root, apiKey, accessToken, issuedAt, userId: typeof userId === 'string' ? userId : null };
  } catch {
    return null;
  }
}

function getErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason';
}
