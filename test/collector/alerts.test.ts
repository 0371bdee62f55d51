import { describe, expect, it } from 'vitest';

import { systemClock } from '../../src/core/clock.js';
import { acquireLock } from '../../src/lake/lock.js';
import type { Lock } from '../../src/lake/lock.js';
import { makeRig } from '../rig.js';
import type { Rig } from '../rig.js';
import { webServer } from '../tell/servers.js';
import type { Hook } from '../tell/servers.js';

const watched = `name: watched
provider: mock
symbols: [AAPL]
schedule: { every: 2s, overlap: skip }
alerts:
  channels: { ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' } }
  rules: [{ on: run_missed, older_than: 4s }]
steps: { contracts: { refresh: 0s } }
`;

const headings = ({ bodies }: Hook): readonly unknown[] =>
  bodies.map((body) => (typeof body === 'object' && body !== null && 'text' in body ? body.text : null));

const missed = 'pipe: watched: critical: a run did not take place';
const recovered = 'pipe: watched: recovered: a run did not take place';

/** The pipeline's lock, held by somebody else than the collector. */
async function heldLock(rig: Rig): Promise<Lock> {
  const lock = await acquireLock({
    folder: rig.path('data'),
    name: 'watched',
    clock: systemClock,
    holder: { runId: 'test', command: 'a run that hangs' },
    wait: 300_000,
  });
  return lock.ok ? lock.value : expect.unreachable();
}

describe('pipe serve tells by itself', () => {
  it('that runs cannot start, and that they do again', async () => {
    const server = await webServer();
    const rig = await makeRig();
    await rig.write('pipelines/watched.yaml', watched);
    const env = { SLACK_WEBHOOK: server.url };
    expect((await rig.pipe('run', 'pipelines/watched.yaml', { env })).exitCode).toBe(0);
    const lock = await heldLock(rig);
    const call = rig.spawn('serve', '--no-http', { env });
    await expect.poll(() => headings(server)).toContain(missed);
    expect(JSON.stringify(server.bodies[0])).toMatch(/without a run, the first at .*; a run has been going since /);
    await lock.release();
    await expect.poll(() => headings(server).at(-1)).toBe(recovered);
    call.kill('SIGTERM');
    expect((await call.result).exitCode).toBe(143);
  });

  it('by what a pipeline said before an edit that cannot be used, and says once that nobody can be told', async () => {
    const server = await webServer([403]);
    const rig = await makeRig();
    await rig.write('pipelines/watched.yaml', watched);
    const call = rig.spawn('serve', '--no-http', { env: { SLACK_WEBHOOK: server.url } });
    await call.said(/watched: ok after/);
    const lock = await heldLock(rig);
    await rig.write('pipelines/watched.yaml', `${watched}steps: {`);
    await call.said(/watched: alerts: 1 message could not be sent to the channel ops \(webhook\): it answered 403/);
    await expect.poll(() => headings(server)).toEqual([missed, missed]);
    expect(call.stderr().match(/watched: alerts/g)).toHaveLength(1);
    await rig.write('pipelines/watched.yaml', watched);
    await lock.release();
    await expect.poll(() => headings(server)).toContain(recovered);
    expect(call.stderr()).not.toContain('planted');
    call.kill('SIGTERM');
    expect((await call.result).exitCode).toBe(143);
  });
});
