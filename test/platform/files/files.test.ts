import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdir, mkdtemp, readFile as readPlainFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  describeFailedOperation,
  describeFileError,
  isFileError,
} from '../../../src/platform/files/describe-file-error.js';
import { makeFolder, makeFolderSync } from '../../../src/platform/files/make-folder.js';
import { readFile, readFileSync } from '../../../src/platform/files/read-file.js';
import { appendFile } from '../../../src/platform/files/write-file.js';
import { nodeFiles } from '../../../src/platform/file-store.js';
import { replaceFile } from '../../../src/platform/replace-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function makePipe(): string {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

async function makeSocket(): Promise<string> {
  const path = join(folder, 'socket');
  const server = createServer().listen(path);
  await new Promise((resolve) => server.once('listening', resolve));
  server.unref();
  return path;
}

const notAFile: unknown = expect.objectContaining({ code: 'EFTYPE' });

// Windows has neither pipes nor devices in its folders.
describe.skipIf(process.platform === 'win32')('a pipe, a socket or a device in the place of a file', () => {
  test('is refused by every function that reads or writes, without waiting for a peer', async () => {
    for (const path of [makePipe(), await makeSocket(), '/dev/zero']) {
      await expect(readFile(path)).rejects.toEqual(notAFile);
      await expect(readFile(path, 'utf8')).rejects.toEqual(notAFile);
      expect(() => readFileSync(path)).toThrow(notAFile);
      await expect(appendFile(path, 'text')).rejects.toEqual(notAFile);
      await expect(replaceFile(path, 'text')).rejects.toEqual(notAFile);
      await expect(nodeFiles.read(path)).rejects.toEqual(notAFile);
      await expect(nodeFiles.append(path, 'text')).rejects.toEqual(notAFile);
      await expect(nodeFiles.replace(path, 'text')).rejects.toEqual(notAFile);
      expect((await stat(path)).isFile()).toBe(false);
    }
    expect(await readdir(folder)).toEqual(['pipe', 'socket']);
  });

  test('is named in the description of the error', async () => {
    const error: unknown = await readFile(makePipe()).catch((thrown: unknown) => thrown);
    expect(isFileError(error) && describeFailedOperation(error)).toBe(
      `cannot use ${join(folder, 'pipe')}: it is a pipe, not a file`,
    );
  });
});

describe('readFile', () => {
  test('reads what was written, as bytes and as text', async () => {
    const path = join(folder, 'file');
    await replaceFile(path, 'one');
    await appendFile(path, ' twö');
    expect(await readFile(path, 'utf8')).toBe('one twö');
    expect((await readFile(path)).toString('utf8')).toBe('one twö');
    expect(readFileSync(path).toString('utf8')).toBe('one twö');
  });

  test('reads a file of /proc, whose size is unknown', async () => {
    if (process.platform === 'linux') expect(await readFile('/proc/self/stat', 'utf8')).toContain(String(process.pid));
  });
});

describe('replaceFile', () => {
  test('leaves a folder in its place and no temporary file', async () => {
    await mkdir(join(folder, 'taken'));
    await expect(replaceFile(join(folder, 'taken'), 'text')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await readdir(folder)).toEqual(['taken']);
  });

  test('replaces the content of an existing file', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'old');
    await replaceFile(path, 'new');
    expect(await readPlainFile(path, 'utf8')).toBe('new');
  });
});

describe('makeFolder', () => {
  test('creates folders and returns the first new one', async () => {
    expect(await makeFolder(join(folder, 'a', 'b', 'c'))).toBe(join(folder, 'a'));
    expect(await makeFolder(join(folder, 'a', 'b', 'c'))).toBeUndefined();
    makeFolderSync(join(folder, 'd', 'e'));
    makeFolderSync(join(folder, 'd', 'e'));
    expect(await readdir(folder)).toEqual(['a', 'd']);
  });

  test('creates the same folder from several callers at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => makeFolder(join(folder, 'x', 'y', String(index % 2)))));
    expect(await readdir(join(folder, 'x', 'y'))).toEqual(['0', '1']);
  });

  test('ends with an error where no folder can be created', async () => {
    if (process.platform === 'linux') {
      await expect(makeFolder('/proc/none/lake')).rejects.toMatchObject({ code: 'ENOENT' });
      expect(() => makeFolderSync('/proc/none/lake')).toThrow('ENOENT');
    }
    await writeFile(join(folder, 'file'), '');
    await symlink(join(folder, 'absent'), join(folder, 'link'));
    for (const name of ['file', 'file/x', 'link', 'link/x']) {
      await expect(makeFolder(join(folder, name))).rejects.toMatchObject({
        code: expect.stringMatching(/ENOTDIR|ENOENT/) as unknown,
      });
      expect(() => makeFolderSync(join(folder, name))).toThrow(/ENOTDIR|ENOENT/);
    }
  });
});

describe('describeFileError', () => {
  test.each([
    ['EMFILE', 'too many open files'],
    ['EACCES', 'permission denied'],
    ['ENOSPC', 'the disk is full'],
    ['EIO', 'the disk reports an input/output error'],
  ])('describes %s as "%s"', (code, text) => {
    expect(describeFileError(Object.assign(new Error(`${code}: x`), { code }))).toBe(text);
  });

  test('separates errors of files from errors of connections and of the program', () => {
    const build = (details: object): Error => Object.assign(new Error('x'), details);
    expect(isFileError(build({ code: 'EMFILE', syscall: 'open' }))).toBe(true);
    expect(isFileError(build({ code: 'EBUSY', syscall: 'rename', path: '/x' }))).toBe(true);
    expect(isFileError(build({ code: 'ENOENT', syscall: 'uv_cwd' }))).toBe(true);
    expect(isFileError(build({ code: 'ECONNREFUSED', syscall: 'connect' }))).toBe(false);
    expect(isFileError(build({ code: 'ERR_INVALID_ARG_TYPE' }))).toBe(false);
    expect(isFileError(new TypeError('x is undefined'))).toBe(false);
  });
});
