import { chmod, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readFile } from '../../../platform/files/read-file.js';
import { makeFolder } from '../../../platform/files/make-folder.js';
import { errorCode } from '../../../platform/error-message.js';
import { parseJson, isRecord, isString, isInstant } from '../../../platform/json.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { Instant } from '../../../core/time/time.js';
import type { CredentialProblem } from './credential-problem.js';

export interface StoredToken {
  /** The server that issued the token, so that it is never sent to another one. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly accessToken: string;
  readonly issuedAt: Instant;
  readonly userId: string | null;
}

/** Reads a token; null if there is no file. A file that other users can read is rejected. */
export async function readTokenFile(path: string): Promise<Result<StoredToken | null, CredentialProblem>> {
  try {
    const { mode } = await stat(path);
    // Windows has no such mode; the access rights of the folder protect the file.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const hint = `run \`chmod 600 ${path}\`, and log in again if another user may have read it`;
      return err({ message: `${path} holds an access token and is readable by other users`, hint });
    }
    const token = parseToken(await readFile(path, 'utf8'));
    if (token !== null) return ok(token);
    return err({ message: `${path} does not hold an access token`, hint: 'log in again with `pipe login kite`' });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ok(null);
    return err({
      message: `cannot read ${path}: ${errorCode(error) ?? 'unknown error'}`,
      hint: 'log in again with `pipe login kite`',
    });
  }
}

/** Writes a token atomically, readable by its owner only. */
export async function writeTokenFile(path: string, token: StoredToken): Promise<Result<void, CredentialProblem>> {
  const temporaryPath = `${path}.${process.pid}.tmp`;
  try {
    await makeFolder(dirname(path), 0o700);
    await rm(temporaryPath, { force: true });
    const file = await open(temporaryPath, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(token, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // For file systems that ignore the mode of a new file.
    await chmod(temporaryPath, 0o600);
    await rename(temporaryPath, path);
    return ok(undefined);
  } catch (error) {
    await rm(temporaryPath, { force: true }).catch(() => undefined);
    return err({
      message: `cannot write ${path}: ${errorCode(error) ?? 'unknown error'}`,
      hint: 'free disk space, or use another folder',
    });
  }
}

function parseToken(text: string): StoredToken | null {
  const value = parseJson(text);
  if (!isRecord(value)) return null;
  // Commit 0376384 wrote `root`.
  const { baseUrl = value['root'], apiKey, accessToken, issuedAt, userId } = value;
  if (!isString(baseUrl) || !isString(apiKey) || !isString(accessToken)) return null;
  if (!isInstant(issuedAt) || accessToken === '') return null;
  return { baseUrl, apiKey, accessToken, issuedAt, userId: isString(userId) ? userId : null };
}
