import { describe, expect, test } from 'vitest';

import { systemClock } from '../../../src/core/time/clock.js';
import { day } from '../../../src/core/time/time.js';
import type { AlertRule, WebhookChannel } from '../../../src/config/pipeline/notifications/notifications.js';
import { createAlertManager } from '../../../src/outputs/alerts/alert-manager.js';
import type { AlertManager, AlertManagerOptions } from '../../../src/outputs/alerts/alert-manager.js';
import type { AlertChange } from '../../../src/outputs/alerts/alert-change.js';
import { noAlerts } from '../../../src/outputs/alerts/alert-state.js';
import type { Alerts } from '../../../src/outputs/alerts/alert-state.js';
import type { AlertStore } from '../../../src/outputs/alerts/alert-store.js';
import { startSilentServer, startWebServer } from '../../fixtures/test-servers.js';

/** More than a test may take: whoever waits for it waits for ever. */
const longest = 3_600_000;

const rule = { on: 'error_rate', severity: 'warning' } as const;
const raise = (subject: string): AlertChange => ({ kind: 'raise', rule, subject, message: 'all fail' });
const clear = (subject: string): AlertChange => ({ kind: 'clear', rule, subject });

const webhook = (name: string, url: string): WebhookChannel => ({ kind: 'webhook', name, url, format: 'json' });

function createMemoryStore(): AlertStore & { now(): Alerts } {
  let stored = noAlerts;
  return {
    now: () => stored,
    read: () => Promise.resolve(stored),
    write: (_, alerts) => Promise.resolve(void (stored = alerts)),
    pipelines: () => Promise.resolve([]),
  };
}

interface Setup {
  readonly manager: AlertManager;
  readonly warnings: string[];
}

function setup(channels: readonly WebhookChannel[], store: AlertStore, more: Partial<AlertManagerOptions> = {}): Setup {
  const warnings: string[] = [];
  const watched: AlertRule = {
    ...rule,
    channels: channels.map(({ name }) => name),
    repeatAfter: day,
    threshold: 0,
    minSamples: 1,
    maxAge: day,
  };
  const manager = createAlertManager({
    pipeline: 'daily',
    settings: { rules: [watched], channels },
    isActiveSubject: () => true,
    run: 'run-1',
    store,
    withLock: (_, work) => work(),
    clock: systemClock,
    warn: (message) => warnings.push(message),
    sendTiming: { delay: 10, timeout: longest },
    finishTimeout: longest,
    ...more,
  });
  return { manager, warnings };
}

const alertsIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'alerts' in body ? body.alerts : body;

describe('a channel that never answers', () => {
  test('holds up neither what is known nor other channels nor, for longer than it may, the end', async () => {
    const [silent, working] = [await startSilentServer(), await startWebServer()];
    const store = createMemoryStore();
    const heard = () => [...store.now().values()].map((alert) => Object.keys(alert.deliveries));
    const silentChannel = webhook('dead', `http://127.0.0.1:${String(silent.port)}`);
    const { manager, warnings } = setup([silentChannel, webhook('well', working.url)], store, { finishTimeout: 400 });
    manager.record([raise('ib')]);
    manager.notify();
    await expect.poll(() => working.bodies.length).toBe(1);
    await expect.poll(silent.calls).toBe(1);
    manager.record([raise('kite')]);
    manager.notify();
    // What is known is known at once, and told where somebody listens.
    expect((await manager.persist()).size).toBe(2);
    await expect.poll(() => working.bodies.length).toBe(2);
    await expect.poll(heard).toEqual([['well'], ['well']]);
    await manager.finish();
    // One series at a time, which is still at its first attempt.
    expect(silent.calls()).toBe(1);
    expect(warnings).toEqual(['1 message could not be sent to the channel dead (webhook): no answer in time']);
    expect(heard()).toEqual([['well'], ['well']]);

    // The next one tells it, of both.
    const restored = await startWebServer();
    const next = setup([webhook('dead', restored.url), webhook('well', working.url)], store);
    await next.manager.finish();
    expect(restored.bodies.map(alertsIn)).toMatchObject([[{ subject: 'ib' }, { subject: 'kite' }]]);
    expect(working.bodies).toHaveLength(2);
    expect(next.warnings).toEqual([]);
  });

  test('is waited for less when there is nothing new to tell it', async () => {
    const silent = await startSilentServer();
    const store = createMemoryStore();
    const silentChannel = webhook('dead', `http://127.0.0.1:${String(silent.port)}`);
    const first = setup([silentChannel], store, { finishTimeout: 400 });
    first.manager.record([raise('ib')]);
    await first.manager.finish();
    const next = setup([silentChannel], store, { repeatTimeout: 100 });
    await next.manager.finish();
    expect(next.warnings).toHaveLength(1);
  });

  test('is given up when there is no more time', async () => {
    const silent = await startSilentServer();
    const stop = new AbortController();
    const silentChannel = webhook('dead', `http://127.0.0.1:${String(silent.port)}`);
    const { manager, warnings } = setup([silentChannel], createMemoryStore(), { signal: stop.signal });
    manager.record([raise('ib')]);
    const finished = manager.finish();
    await expect.poll(silent.calls).toBe(1);
    stop.abort();
    await finished;
    expect(warnings).toHaveLength(1);
  });
});

describe('a channel that fails', () => {
  test('is tried three times, and once more at the end, however often there is something to tell', async () => {
    const server = await startWebServer(Array.from({ length: 9 }, () => 500));
    const { manager, warnings } = setup([webhook('ops', server.url)], createMemoryStore());
    manager.record([raise('ib')]);
    manager.notify();
    await expect.poll(() => server.bodies.length).toBe(3);
    for (const subject of ['kite', 'mock']) {
      manager.record([raise(subject)]);
      manager.notify();
      await manager.persist();
    }
    await manager.finish();
    expect(server.bodies).toHaveLength(4);
    expect(warnings).toEqual(['1 message could not be sent to the channel ops (webhook): it answered 500']);
  });

  test('and works again at the end hears everything, and nobody is warned', async () => {
    const server = await startWebServer([500, 500, 500]);
    const { manager, warnings } = setup([webhook('ops', server.url)], createMemoryStore());
    manager.record([raise('ib')]);
    manager.notify();
    await expect.poll(() => server.bodies.length).toBe(3);
    manager.record([raise('kite')]);
    await manager.finish();
    expect(server.bodies.slice(3).map(alertsIn)).toMatchObject([[{ subject: 'ib' }, { subject: 'kite' }]]);
    expect(warnings).toEqual([]);
  });

  test('for what is over before it heard of it is nobody’s business', async () => {
    const server = await startWebServer([500, 500, 500]);
    const { manager, warnings } = setup([webhook('ops', server.url)], createMemoryStore());
    manager.record([raise('ib')]);
    manager.notify();
    await expect.poll(() => server.bodies.length).toBe(3);
    manager.record([clear('ib')]);
    await manager.finish();
    expect(server.bodies).toHaveLength(3);
    expect(warnings).toEqual([]);
  });
});

test('whoever finds somebody else telling a channel leaves it to him', async () => {
  const server = await startWebServer();
  const { manager, warnings } = setup([webhook('ops', server.url)], createMemoryStore(), {
    withLock: (_, work, telling) => (telling === undefined ? work() : Promise.resolve()),
  });
  manager.record([raise('ib')]);
  await manager.finish();
  expect([server.bodies, warnings]).toEqual([[], []]);
});
