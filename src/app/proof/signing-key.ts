import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { errorCode, isNotFound } from '../../platform/error-message.js';
import { CliError } from '../cli-error.js';
import type { Environment } from '../context.js';
import { exitCode } from '../exit-code.js';

/** The file of the key that signs certificates, readable by its owner only. */
export function getSigningKeyFile(environment: Environment): string {
  const configHome = environment['XDG_CONFIG_HOME'] ?? '';
  const home = environment['HOME'] ?? homedir();
  return join(configHome === '' ? join(home, '.config') : configHome, 'pipe', 'certify-key.pem');
}

/** Creates the key; one that exists is never replaced, because it belongs to the certificates that it has signed. */
export async function createSigningKey(
  environment: Environment,
): Promise<{ readonly file: string; readonly key: KeyObject }> {
  const file = getSigningKeyFile(environment);
  const { privateKey } = generateKeyPairSync('ed25519');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new CliError(
      exitCode.usage,
      `${file} exists already`,
      'certificates that it has signed need it; move it away to create another one',
    );
  }
  return { file, key: privateKey };
}

/** Reads the key; a key that others can read ends the command, because they could sign with it. */
export async function readSigningKeyOrExit(environment: Environment): Promise<KeyObject> {
  const file = getSigningKeyFile(environment);
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0)
      throw new CliError(
        exitCode.usage,
        `${file} can be read by other users`,
        `allow only its owner: chmod 600 ${file}`,
      );
    const key = createPrivateKey(await readFile(file));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (isNotFound(error))
      throw new CliError(exitCode.usage, 'no key to sign certificates', 'create one with: pipe certify --new-key');
    if (errorCode(error)?.startsWith('ERR_') !== true) throw error;
  }
  throw new CliError(exitCode.usage, `${file} is not an Ed25519 key`, 'move it away, then: pipe certify --new-key');
}

/** The fingerprint of the user's own key needs the key; null without one. */
export async function findSigningKey(environment: Environment): Promise<KeyObject | null> {
  try {
    return await readSigningKeyOrExit(environment);
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}
