import { expect, it } from 'vitest';
import { join } from 'node:path';
import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { toOutputError, writeOutputFile } from '../../src/app/output-file.js';
import { temporaryFolder } from '../lake/lake-fixture.js';

it('replaces a file, but none of the lake or the run records', async () => {
  const out = await temporaryFolder();
  const [dataFolder, lineageFolder] = [join(out, 'data'), join(out, 'lineage')];
  await mkdir(dataFolder);
  await mkdir(lineageFolder);
  const folders = { dataFolder, lineageFolder };
  const kept = join(dataFolder, 'kept');
  await writeFile(kept, 'kept');
  await writeOutputFile('--out', join(out, 'x'), 'new', folders);
  expect(await readFile(join(out, 'x'), 'utf8')).toBe('new');
  await symlink(kept, join(out, 'to-file'));
  await symlink(join(out, 'x'), join(lineageFolder, 'from-records'));
  for (const path of [kept, join(out, 'to-file'), join(lineageFolder, 'from-records'), join(dataFolder, 'a/b/c')])
    await expect(writeOutputFile('--out', path, 'new', folders)).rejects.toMatchObject({ code: 2 });
  expect(await readFile(kept, 'utf8')).toBe('kept');
  expect(await readdir(dataFolder)).toEqual(['kept']);
  // A folder whose name only starts like that of the lake.
  await writeOutputFile('--out', `${dataFolder}.json`, 'new', folders);
  // A second name of a file of the lake: the file is replaced under this name only.
  await link(kept, join(out, 'second'));
  await writeOutputFile('--out', join(out, 'second'), 'new', folders);
  expect(await readFile(kept, 'utf8')).toBe('kept');
});

it('blames a wrong path on the command line, and a refusal on the storage', () => {
  const fail = (code: string): unknown =>
    toOutputError('--out', 'x', Object.assign(new Error(code), { code, path: 'x', syscall: 'open' }));
  for (const code of ['ENOENT', 'EISDIR', 'ENOTDIR']) expect(fail(code)).toMatchObject({ code: 2 });
  for (const code of ['EACCES', 'EROFS', 'ENOSPC']) expect(fail(code)).toMatchObject({ code: 7 });
});
