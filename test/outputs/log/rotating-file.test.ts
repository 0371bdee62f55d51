import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createRotatingFile } from '../../../src/outputs/log/rotating-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipe-log-'));
});
afterAll(() => rm(folder, { recursive: true }));

const failOnError = (problem: string): never => {
  throw new Error(problem);
};

test('keeps the latest lines in order within maxBytes per file and maxFiles rotated files', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 12 }), { maxLength: 6 }),
      fc.integer({ min: 0, max: 4 }),
      async (batches, maxFiles) => {
        const path = join(folder, String(++count), 'pipe.log');
        const lines: string[] = [];
        for (const batch of batches) {
          // Opened again for each batch, as another process would.
          const file = createRotatingFile({ path, maxBytes: 100, maxFiles, onError: failOnError });
          for (const length of batch) {
            const line = `${String(lines.length).padStart(3, '0')}${'x'.repeat(length)}\n`;
            lines.push(line);
            file.add(line);
          }
          await file.flush();
        }
        if (lines.length === 0) return;
        const names = (await readdir(join(path, '..'))).sort().reverse();
        expect(names.length).toBeLessThanOrEqual(maxFiles + 1);
        // `pipe.log.2`, `pipe.log.1`, `pipe.log`: from the oldest to the newest.
        const texts = await Promise.all(names.map((name) => readFile(join(path, '..', name), 'utf8')));
        for (const text of texts) expect(text.length).toBeLessThanOrEqual(100);
        const kept = texts.join('');
        expect(lines.join('').endsWith(kept)).toBe(true);
        expect(kept).toContain(lines.at(-1));
      },
    ),
    { numRuns: 40 },
  );
});

test('reports a write error once when the folder cannot be created', async () => {
  const problems: string[] = [];
  const path = join(folder, 'file');
  await createRotatingFile({ path, maxBytes: 10, maxFiles: 1, onError: failOnError }).flush();
  const blocked = createRotatingFile({
    path: '/dev/null/pipe.log',
    maxBytes: 10,
    maxFiles: 1,
    onError: (one) => problems.push(one),
  });
  for (let time = 0; time < 3; time++) {
    blocked.add('line\n');
    await blocked.flush();
  }
  expect(problems).toEqual([expect.stringContaining('cannot write /dev/null/pipe.log: ')]);
});
