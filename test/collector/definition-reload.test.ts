import { rename, rm, stat } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { createRig } from '../rig.js';
import type { RunningCall } from '../rig.js';

/** The events that a collector has printed. */
function parseEvents(call: RunningCall): readonly Readonly<Record<string, unknown>>[] {
  const lines = call.stdout().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

/** Waits for the next cycles and returns their outcomes. */
async function waitForCycleEnds(call: RunningCall, count = 2): Promise<readonly unknown[]> {
  const readCycleEnds = () => parseEvents(call).filter(({ type }) => type === 'cycle-ended');
  const before = readCycleEnds().length;
  await expect.poll(() => readCycleEnds().length).toBeGreaterThanOrEqual(before + count);
  return readCycleEnds()
    .slice(before, before + count)
    .map(({ outcome }) => outcome);
}

async function stopCollector(call: RunningCall): Promise<void> {
  call.kill('SIGTERM');
  await call.result;
}

describe('pipe serve during edits of a pipeline', () => {
  const pipeline = `include: base.yaml
schedule: { every: 1s, overlap: skip }
steps: { contracts: { refresh: 0s }, twice: { uses: sql, needs: contracts, file: twice.sql } }
`;
  const base = 'name: fast\nprovider: synthetic\nsymbols: [AAPL]\nproviders: { synthetic: { scenario: calm.yaml } }\n';
  const scenario = 'name: calm\nsource: synthetic\nmarket: { seed: 3 }\n';

  it('keeps running the last valid version while its files are invalid, deleted or half saved', async () => {
    const rig = await createRig();
    await rig.write('lib/fast.yaml', pipeline);
    await rig.write('lib/base.yaml', base);
    await rig.write('lib/calm.yaml', scenario);
    await rig.write('lib/twice.sql', 'SELECT symbol FROM contracts');
    const call = rig.spawn('serve', 'lib/fast.yaml', '--no-http', '--json');
    await call.waitForOutput('"cycle-ended"');
    const rejections = () => parseEvents(call).filter(({ type }) => type === 'pipeline-rejected');
    const waitForRejections = (count: number) => expect.poll(() => rejections().length).toBe(count);

    await rig.write('lib/twice.sql', 'SELEC');
    await rig.write('lib/base.yaml', 'name: [');
    await rig.write('lib/calm.yaml', 'name: {');
    expect(await waitForCycleEnds(call, 3)).toEqual(['ok', 'ok', 'ok']);
    await waitForRejections(1);
    expect(rejections()[0]).toMatchObject({ file: 'lib/fast.yaml', activePipeline: 'fast' });
    await rm(rig.path('lib/fast.yaml'));
    await waitForRejections(2);
    expect(rejections()[1]).toMatchObject({
      message: expect.stringContaining('does not exist') as string,
      activePipeline: 'fast',
    });
    expect(await waitForCycleEnds(call)).toEqual(['ok', 'ok']);

    await rig.write('lib/fast.yaml', pipeline);
    await rig.write('lib/base.yaml', base.replace('AAPL', 'AAPL, MSFT'));
    await rig.write('lib/twice.sql', 'SELECT symbol FROM contracts');
    await waitForRejections(3);
    expect(rejections()[2]).toMatchObject({ message: expect.stringContaining('calm.yaml') as string });
    await rig.write('lib/calm.yaml', scenario);
    await call.waitForOutput(/"pipeline-reloaded"/);
    expect(await waitForCycleEnds(call)).toEqual(['ok', 'ok']);
    const hashes = [...call.stdout().matchAll(/"run-started".*?"file":"lib\/fast.yaml","hash":"(\w+)"/g)].map(
      ([, hash]) => hash,
    );
    expect(hashes.length).toBeGreaterThan(6);
    expect(new Set(hashes).size).toBe(2);
    const { mode } = await stat(rig.path('data/_scheduler/definitions/fast.json'));
    expect(mode & 0o777).toBe(0o600);
    await stopCollector(call);
  });

  it('keeps the name of a pipeline whose file is moved, and assigns a free name to the next file that claims the name', async () => {
    const rig = await createRig();
    const createPipeline = (name: string): string =>
      `name: ${name}\nprovider: mock\nsymbols: [AAPL]\nschedule: { every: 1s, overlap: skip }\nsteps: { contracts: { refresh: 0s } }\n`;
    await rig.write('pipelines/fast.yaml', createPipeline('fast'));
    await rig.write('pipelines/twin.yaml', createPipeline('twin'));
    const call = rig.spawn('serve', '--no-http', '--json');
    await call.waitForOutput('"cycle-ended"');
    await rename(rig.path('pipelines/fast.yaml'), rig.path('pipelines/moved.yaml'));
    await call.waitForOutput(/"pipeline-reloaded","pipeline":"fast","file":"pipelines\/moved.yaml"/);
    await rig.write('pipelines/third.yaml', createPipeline('twin'));
    await call.waitForOutput(/"pipeline-rejected","file":"pipelines\/third.yaml"/);
    await rm(rig.path('pipelines/twin.yaml'));
    await call.waitForOutput(/"pipeline-reloaded","pipeline":"twin","file":"pipelines\/third.yaml"/);
    expect(await waitForCycleEnds(call, 4)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(call.stdout()).not.toMatch(/pipeline-removed|interrupted|scheduler-down/);
    await stopCollector(call);
  });
});
