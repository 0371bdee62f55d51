import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

import { mapStack } from '../../../src/platform/text/map-stack.js';

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-stack-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('names the places of the sources, and leaves those without a map', async () => {
  const folder = await createFolder();
  // Maps line 1, column 1 of the code to line 3, column 5 of the source.
  const map = { version: 3, sources: ['../src/run.ts'], names: [], mappings: 'AAEI' };
  await writeFile(join(folder, 'run.js.map'), JSON.stringify(map));
  const code = pathToFileURL(join(folder, 'run.js')).href;
  const stack = `Error: no\n    at start (${code}:1:9)\n    at ${code.replace('run', 'other')}:1:1\n    at node:internal/x:1:2`;
  expect(mapStack(stack)).toBe(
    `Error: no\n    at start (${join(folder, '../src/run.ts')}:3:5)\n    at ${code.replace('run', 'other')}:1:1\n    at node:internal/x:1:2`,
  );
});

test('leaves a stack as it is when a map is damaged', async () => {
  const folder = await createFolder();
  for (const text of ['{', '[]', '{"mappings":1}', '{"version":3,"sources":["a.ts"],"mappings":"!!"}'])
    await writeFile(join(folder, 'run.js.map'), text).then(() => {
      const stack = `Error: no\n    at ${pathToFileURL(join(folder, 'run.js')).href}:1:9`;
      expect(mapStack(stack)).toContain('Error: no\n    at ');
    });
});
