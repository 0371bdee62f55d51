import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { findAbandonedSpools, claimSpool } from '../../../src/lake/spool/abandoned-spools.js';
import { getProcessIdentity } from '../../../src/lake/locks/process-identity.js';
import { deadProcess, listRequestIds, leaveSpool } from './fetch-results.js';

const modules = inject('modules');
const run = promisify(execFile);

let folder = '';
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'spools-')), '_spool');
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

describe('spools of killed processes', () => {
  test.each([3, 30_000])('contain every result that was appended (of %d rows)', async (rows) => {
    const script = join(import.meta.dirname, 'spooling-process.js');
    for (let round = 0; round < 4; round++) {
      const runId = `run-${round}`;
      const child = spawn(process.execPath, [script, modules, folder, runId, String(rows)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.split('\n').length > 10 + round * 23) child.kill('SIGKILL');
      });
      await once(child, 'close');
      const safe = output
        .split('\n')
        .slice(0, -1)
        .map((number) => `${runId}/${number}`);
      expect(safe.length).toBeGreaterThan(9);
      const [spool] = await findAbandonedSpools(folder);
      if (spool === undefined) throw new Error('a spool was expected');
      const claimed = await claimSpool(spool, getProcessIdentity());
      const found = new Set(await listRequestIds(claimed));
      expect(safe.filter((id) => !found.has(id))).toEqual([]);
      await claimed?.remove();
    }
  });

  test('are claimed exactly once by four concurrent processes', async () => {
    const runs = Array.from({ length: 30 }, (_, index) => `run-${String(index).padStart(2, '0')}`);
    for (const runId of runs) await leaveSpool(folder, runId, deadProcess);
    const script = join(import.meta.dirname, 'claiming-process.js');
    const outputs = await Promise.all(
      Array.from({ length: 4 }, () => run(process.execPath, [script, modules, folder, '5'])),
    );
    const recovered = outputs.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''));
    expect(recovered.toSorted()).toEqual(runs.map((runId) => `${runId} 1`));
    expect(await readdir(folder)).toEqual([]);
  });
});
