import { getEventListeners } from 'node:events';

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

/** Longer than a test may take. */
const maxDuration = 3_600_000;

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
  const alertRule: AlertRule = {
    ...rule,
    channels: channels.map(({ name }) => name),
    repeatAfter: day,
    threshold: 0,
    minSamples: 1,
    maxAge: day,
  };
  const manager = createAlertManager({
    pipeline: 'daily',
    settings: { rules: [alertRule], channels },
    isActiveSubject: () => true,
    run: 'run-1',
    store,
    withLock: (_, work) => work(),
    clock: systemClock,
    warn: (message) => warnings.push(message),
    sendTiming: { delay: 10, timeout: maxDuration },
    finishTimeout: maxDuration,
    ...more,
  });
  return { manager, warnings };
}

const getAlerts = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'alerts' in body ? body.alerts : body;

describe('a channel that never responds', () => {
  test('does not delay the store and other channels, and delays the end only until finishTimeout', async () => {
    const [silent, working] = [await startSilentServer(), await startWebServer()];
    const store = createMemoryStore();
    const notifiedChannels = () => [...store.now().values()].map((alert) => Object.keys(alert.deliveries));
    const silentChannel = webhook('dead', `http://127.0.0.1:${String(silent.port)}`);
    const { manager, warnings } = setup([silentChannel, webhook('working', working.url)], store, {
      finishTimeout: 400,
    });
    manager.record([raise('ib')]);
    manager.notify();
    await expect.poll(() => working.bodies.length).toBe(1);
    await expect.poll(silent.calls).toBe(1);
    manager.record([raise('kite')]);
    manager.notify();
    // The store is updated at once, and the working channel receives the alert.
    expect((await manager.persist()).size).toBe(2);
    await expect.poll(() => working.bodies.length).toBe(2);
    await expect.poll(notifiedChannels).toEqual([['working'], ['working']]);
    await manager.finish();
    // Still at the first attempt of the first notification.
    expect(silent.calls()).toBe(1);
    expect(warnings).toEqual(['1 notification not delivered to channel dead (webhook): timed out']);
    expect(notifiedChannels()).toEqual([['working'], ['working']]);

    // The next run sends both alerts to the channel.
    const restored = await startWebServer();
    const next = setup([webhook('dead', restored.url), webhook('working', working.url)], store);
    await next.manager.finish();
    expect(restored.bodies.map(getAlerts)).toMatchObject([[{ subject: 'ib' }, { subject: 'kite' }]]);
    expect(working.bodies).toHaveLength(2);
    expect(next.warnings).toEqual([]);
  });

  test('delays the end until repeatTimeout when only repeats are pending', async () => {
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

  test('is abandoned with a warning when the signal aborts', async () => {
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

describe('the signal of a long-lived process', () => {
  const countListeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

  test('keeps no listener after 20 managers with a healthy and a failing channel have finished', async () => {
    const [healthy, failing] = [await startWebServer(), await startWebServer(Array.from({ length: 99 }, () => 400))];
    const stop = new AbortController();
    const channels = [webhook('ops', healthy.url), webhook('broken', failing.url)];
    const store = createMemoryStore();
    for (let round = 0; round < 20; round++) {
      const { manager } = setup(channels, store, { signal: stop.signal });
      manager.record([raise(`ib ${String(round)}`)]);
      await manager.finish();
    }
    expect(failing.bodies.length).toBeGreaterThanOrEqual(20);
    expect(countListeners(stop.signal)).toBe(0);
  });

  test('keeps no listener when the stored alerts cannot be read', async () => {
    const stop = new AbortController();
    const { manager } = setup([webhook('ops', 'http://127.0.0.1:1')], createMemoryStore(), {
      signal: stop.signal,
      withLock: () => Promise.reject(new Error('no such disk')),
    });
    manager.record([raise('ib')]);
    await expect(manager.finish()).rejects.toThrow('no such disk');
    expect(countListeners(stop.signal)).toBe(0);
  });
});

describe('a channel that fails', () => {
  test('receives three attempts and one more at the end for any number of later alerts', async () => {
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
    expect(warnings).toEqual(['1 notification not delivered to channel ops (webhook): HTTP 500']);
  });

  test('receives all notifications without a warning when the channel works again at the end', async () => {
    const server = await startWebServer([500, 500, 500]);
    const { manager, warnings } = setup([webhook('ops', server.url)], createMemoryStore());
    manager.record([raise('ib')]);
    manager.notify();
    await expect.poll(() => server.bodies.length).toBe(3);
    manager.record([raise('kite')]);
    await manager.finish();
    expect(server.bodies.slice(3).map(getAlerts)).toMatchObject([[{ subject: 'ib' }, { subject: 'kite' }]]);
    expect(warnings).toEqual([]);
  });

  test('causes no warning when the alert is resolved before the delivery', async () => {
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

test('sends no notification while another process holds the lock of the channel', async () => {
  const server = await startWebServer();
  const { manager, warnings } = setup([webhook('ops', server.url)], createMemoryStore(), {
    withLock: (_, work, target) => (target === undefined ? work() : Promise.resolve()),
  });
  manager.record([raise('ib')]);
  await manager.finish();
  expect([server.bodies, warnings]).toEqual([[], []]);
});
