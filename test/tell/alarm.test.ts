import { describe, expect, test } from 'vitest';

import { systemClock } from '../../src/core/clock.js';
import { day } from '../../src/core/time.js';
import type { AlertRule, WebhookChannel } from '../../src/pipeline/telling.js';
import { alarm } from '../../src/tell/alarm.js';
import type { Alarm, AlarmOptions } from '../../src/tell/alarm.js';
import type { AlertChange } from '../../src/tell/alert-change.js';
import { noAlerts } from '../../src/tell/alert-state.js';
import type { Alerts } from '../../src/tell/alert-state.js';
import type { AlertStore } from '../../src/tell/alert-store.js';
import { silentServer, webServer } from './servers.js';

/** More than a test may take: whoever waits for it waits for ever. */
const longest = 3_600_000;

const rule = { on: 'error_rate', severity: 'warning' } as const;
const raise = (subject: string): AlertChange => ({ kind: 'raise', rule, subject, words: 'all fail' });
const clear = (subject: string): AlertChange => ({ kind: 'clear', rule, subject });

const webhook = (name: string, url: string): WebhookChannel => ({ kind: 'webhook', name, url, format: 'json' });

function memory(): AlertStore & { now(): Alerts } {
  let kept = noAlerts;
  return {
    now: () => kept,
    read: () => Promise.resolve(kept),
    write: (_, alerts) => Promise.resolve(void (kept = alerts)),
    pipelines: () => Promise.resolve([]),
  };
}

interface Made {
  readonly own: Alarm;
  readonly warnings: string[];
}

function make(channels: readonly WebhookChannel[], store: AlertStore, more: Partial<AlarmOptions> = {}): Made {
  const warnings: string[] = [];
  const watched: AlertRule = {
    ...rule,
    to: channels.map(({ name }) => name),
    repeatAfter: day,
    above: 0,
    atLeast: 1,
    olderThan: day,
  };
  const own = alarm({
    pipeline: 'daily',
    settings: { rules: [watched], channels },
    isSubject: () => true,
    run: 'run-1',
    store,
    exclusively: (_, work) => work(),
    clock: systemClock,
    warn: (message) => warnings.push(message),
    patience: { delay: 10, timeout: longest },
    finishWithin: longest,
    ...more,
  });
  return { own, warnings };
}

const subjectsIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'alerts' in body ? body.alerts : body;

describe('a channel that never answers', () => {
  test('holds up neither what is known nor other channels nor, for longer than it may, the end', async () => {
    const [dead, well] = [await silentServer(), await webServer()];
    const store = memory();
    const heard = () => [...store.now().values()].map((alert) => Object.keys(alert.heard));
    const dying = webhook('dead', `http://127.0.0.1:${String(dead.port)}`);
    const { own, warnings } = make([dying, webhook('well', well.url)], store, { finishWithin: 400 });
    own.note([raise('ib')]);
    own.tell();
    await expect.poll(() => well.bodies.length).toBe(1);
    await expect.poll(dead.calls).toBe(1);
    own.note([raise('kite')]);
    own.tell();
    // What is known is known at once, and told where somebody listens.
    expect((await own.settle()).size).toBe(2);
    await expect.poll(() => well.bodies.length).toBe(2);
    await expect.poll(heard).toEqual([['well'], ['well']]);
    await own.finish();
    // One series at a time, which is still at its first attempt.
    expect(dead.calls()).toBe(1);
    expect(warnings).toEqual(['1 message could not be sent to the channel dead (webhook): no answer in time']);
    expect(heard()).toEqual([['well'], ['well']]);

    // The next one tells it, of both.
    const again = await webServer();
    const next = make([webhook('dead', again.url), webhook('well', well.url)], store);
    await next.own.finish();
    expect(again.bodies.map(subjectsIn)).toMatchObject([[{ subject: 'ib' }, { subject: 'kite' }]]);
    expect(well.bodies).toHaveLength(2);
    expect(next.warnings).toEqual([]);
  });

  test('is waited for less when there is nothing new to tell it', async () => {
    const dead = await silentServer();
    const store = memory();
    const dying = webhook('dead', `http://127.0.0.1:${String(dead.port)}`);
    const first = make([dying], store, { finishWithin: 400 });
    first.own.note([raise('ib')]);
    await first.own.finish();
    const next = make([dying], store, { repeatWithin: 100 });
    await next.own.finish();
    expect(next.warnings).toHaveLength(1);
  });

  test('is given up when there is no more time', async () => {
    const dead = await silentServer();
    const stop = new AbortController();
    const dying = webhook('dead', `http://127.0.0.1:${String(dead.port)}`);
    const { own, warnings } = make([dying], memory(), { signal: stop.signal });
    own.note([raise('ib')]);
    const finished = own.finish();
    await expect.poll(dead.calls).toBe(1);
    stop.abort();
    await finished;
    expect(warnings).toHaveLength(1);
  });
});

describe('a channel that fails', () => {
  test('is tried three times, and once more at the end, however often there is something to tell', async () => {
    const server = await webServer(Array.from({ length: 9 }, () => 500));
    const { own, warnings } = make([webhook('ops', server.url)], memory());
    own.note([raise('ib')]);
    own.tell();
    await expect.poll(() => server.bodies.length).toBe(3);
    for (const subject of ['kite', 'mock']) {
      own.note([raise(subject)]);
      own.tell();
      await own.settle();
    }
    await own.finish();
    expect(server.bodies).toHaveLength(4);
    expect(warnings).toEqual(['1 message could not be sent to the channel ops (webhook): it answered 500']);
  });

  test('and works again at the end hears everything, and nobody is warned', async () => {
    const server = await webServer([500, 500, 500]);
    const { own, warnings } = make([webhook('ops', server.url)], memory());
    own.note([raise('ib')]);
    own.tell();
    await expect.poll(() => server.bodies.length).toBe(3);
    own.note([raise('kite')]);
    await own.finish();
    expect(server.bodies.slice(3).map(subjectsIn)).toMatchObject([[{ subject: 'ib' }, { subject: 'kite' }]]);
    expect(warnings).toEqual([]);
  });

  test('for what is over before it heard of it is nobody’s business', async () => {
    const server = await webServer([500, 500, 500]);
    const { own, warnings } = make([webhook('ops', server.url)], memory());
    own.note([raise('ib')]);
    own.tell();
    await expect.poll(() => server.bodies.length).toBe(3);
    own.note([clear('ib')]);
    await own.finish();
    expect(server.bodies).toHaveLength(3);
    expect(warnings).toEqual([]);
  });
});

test('whoever finds somebody else telling a channel leaves it to him', async () => {
  const server = await webServer();
  const { own, warnings } = make([webhook('ops', server.url)], memory(), {
    exclusively: (_, work, telling) => (telling === undefined ? work() : Promise.resolve()),
  });
  own.note([raise('ib')]);
  await own.finish();
  expect([server.bodies, warnings]).toEqual([[], []]);
});
