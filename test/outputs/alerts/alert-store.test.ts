import { expect, test } from 'vitest';

import { noAlerts } from '../../../src/outputs/alerts/alert-state.js';
import type { Alerts } from '../../../src/outputs/alerts/alert-state.js';
import { createAlertStore } from '../../../src/outputs/alerts/alert-store.js';
import { legacyAlertFile } from './legacy-alert-file.js';
import type { FileStore } from '../../../src/platform/file-store.js';

const path = '/lake/_alerts/us%20daily.json';

const alerts: Alerts = new Map([
  [
    'run_failed/critical/us daily',
    {
      rule: { on: 'run_failed', severity: 'critical' },
      subject: 'us daily',
      message: 'login refused',
      startedAt: 1_000,
      resolvedAt: null,
      deliveries: { ops: { notifiedAt: 1_500, resolved: false } },
    },
  ],
]);

function createFiles(texts: Map<string, string>): Pick<FileStore, 'read' | 'replace' | 'list'> {
  return {
    read: (file) => Promise.resolve(texts.get(file) ?? null),
    replace: (file, text) => Promise.resolve(void texts.set(file, text)),
    list: () => Promise.resolve([...texts.keys()].map((file) => file.slice('/lake/_alerts/'.length))),
  };
}

test('reads back the written alerts and the first evaluation', async () => {
  const texts = new Map<string, string>();
  const store = createAlertStore('/lake', createFiles(texts));
  await store.beginEvaluation('us daily', 500);
  await store.write('us daily', alerts);
  expect([...texts.keys()]).toEqual([path]);
  expect(JSON.parse(texts.get(path) ?? '')).toMatchObject({ v: 2, evaluatedSince: 500 });
  expect(await store.read('us daily')).toEqual(alerts);
  expect(await store.evaluatedSince('us daily')).toBe(500);
  expect(await store.pipelines()).toEqual(['us daily']);
});

test('reads the file of version 0.1.0 and writes it without loss', async () => {
  const texts = new Map([[path, JSON.stringify(legacyAlertFile)]]);
  const store = createAlertStore('/lake', createFiles(texts));
  expect(await store.read('us daily')).toEqual(alerts);
  expect(await store.evaluatedSince('us daily')).toBe(500);
  await store.write('us daily', await store.read('us daily'));
  expect(JSON.parse(texts.get(path) ?? '')).toEqual({ v: 2, evaluatedSince: 500, alerts: Object.fromEntries(alerts) });
});

test.each([
  ['torn JSON', '{"v": 2, "alerts"'],
  ['another version', '{"v": 3, "alerts": {}}'],
  ['an alert without a message', '{"v": 2, "alerts": {"x": {"rule": {"on": "run_failed", "severity": "info"}}}}'],
])('reads no alerts from %s', async (_, text) => {
  expect(await createAlertStore('/lake', createFiles(new Map([[path, text]]))).read('us daily')).toEqual(noAlerts);
});
