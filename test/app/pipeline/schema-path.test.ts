import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { resolveSchemaPath } from '../../../src/app/pipeline/schema-path.js';

const root = join(import.meta.dirname, '../../..');
const schema = await readFile(join(root, 'schemas/pipeline.schema.json'), 'utf8');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipe-schema-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('returns a file URL of the schema for a project without the package', async () => {
  const address = resolveSchemaPath('pipelines/a.yaml', folder);
  expect(address).toMatch(/^file:\/\/\/.*\/schemas\/pipeline\.schema\.json$/);
  expect(await readFile(fileURLToPath(address), 'utf8')).toBe(schema);
});

test('returns a relative path to the schema for a project with the package', async () => {
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules/marketlake'));
  expect(resolveSchemaPath('a.yaml', folder)).toBe('node_modules/marketlake/schemas/pipeline.schema.json');
  const address = resolveSchemaPath('pipelines/us/a.yaml', folder);
  expect(address).toBe('../../node_modules/marketlake/schemas/pipeline.schema.json');
  await mkdir(join(folder, 'pipelines/us'), { recursive: true });
  expect(await readFile(join(folder, 'pipelines/us', address), 'utf8')).toBe(schema);
});

test('ignores another package called marketlake', async () => {
  await mkdir(join(folder, 'node_modules/marketlake'), { recursive: true });
  await writeFile(join(folder, 'node_modules/marketlake/package.json'), '{}');
  expect(resolveSchemaPath('a.yaml', folder)).toMatch(/^file:/);
});

test('returns the path that the examples contain for the repository itself', () => {
  expect(resolveSchemaPath('pipelines/a.yaml', root)).toBe('../schemas/pipeline.schema.json');
});
