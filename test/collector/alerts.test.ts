import { describe, expect, it } from 'vitest';

import { systemClock } from '../../src/core/time/clock.js';
import { acquireLock } from '../../src/lake/locks/lock.js';
import type { Lock } from '../../src/lake/locks/lock.js';
import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';
import { startWebServer } from '../fixtures/test-servers.js';
import type { WebhookServer } from '../fixtures/test-servers.js';

const pipeline = `name: watched
provider: mock
symbols: [AAPL]
schedule: { every: 2s, overlap: skip }
alerts:
  channels: { ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' } }
  rules: [{ on: run_missed, max_age: 4s }]
steps: { contracts: { refresh: 0s } }
`;

const readTitles = ({ bodies }: WebhookServer): readonly unknown[] =>
  bodies.map((body) => (typeof body === 'object' && body !== null && 'text' in body ? body.text : null));

const missedTitle = 'pipe: watched: critical: scheduled run missed';
const resolvedTitle = 'pipe: watched: resolved: scheduled run missed';

/** Acquires the pipeline's lock, so that the collector cannot start a run. */
async function holdLock(rig: Rig): Promise<Lock> {
  const lock = await acquireLock({
    folder: rig.path('data'),
    target: { kind: 'pipeline', pipeline: 'watched' },
    clock: systemClock,
    holder: { runId: 'test', command: 'a run that hangs' },
    wait: 300_000,
  });
  return lock.ok ? lock.value : expect.unreachable();
}

describe('alerts of pipe serve', () => {
  it('fire while runs cannot start and resolve when they start again', async () => {
    const server = await startWebServer();
    const rig = await createRig();
    await rig.write('pipelines/watched.yaml', pipeline);
    const env = { SLACK_WEBHOOK: server.url };
    expect((await rig.pipe('run', 'pipelines/watched.yaml', { env })).exitCode).toBe(0);
    const lock = await holdLock(rig);
    const call = rig.spawn('serve', '--no-http', { env });
    await expect.poll(() => readTitles(server)).toContain(missedTitle);
    expect(JSON.stringify(server.bodies[0])).toMatch(
      /scheduled runs? missed, the first at .*; a run has been running since /,
    );
    await lock.release();
    await expect.poll(() => readTitles(server).at(-1)).toBe(resolvedTitle);
    call.kill('SIGTERM');
    expect((await call.result).exitCode).toBe(143);
  });

  it('use the last valid version of an invalid pipeline, and report a failed delivery once', async () => {
    const server = await startWebServer([403]);
    const rig = await createRig();
    await rig.write('pipelines/watched.yaml', pipeline);
    const call = rig.spawn('serve', '--no-http', { env: { SLACK_WEBHOOK: server.url } });
    await call.waitForOutput(/watched: ok after/);
    const lock = await holdLock(rig);
    await rig.write('pipelines/watched.yaml', `${pipeline}steps: {`);
    await call.waitForOutput(/watched: alerts: 1 notification not delivered to channel ops \(webhook\): HTTP 403/);
    await expect.poll(() => readTitles(server)).toEqual([missedTitle, missedTitle]);
    expect(call.stderr().match(/watched: alerts/g)).toHaveLength(1);
    await rig.write('pipelines/watched.yaml', pipeline);
    await lock.release();
    await expect.poll(() => readTitles(server)).toContain(resolvedTitle);
    expect(call.stderr()).not.toContain('planted');
    call.kill('SIGTERM');
    expect((await call.result).exitCode).toBe(143);
  });
});
