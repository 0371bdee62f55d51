/** Texts of providers and of the system reach logs, reports, mails and web hooks without their control characters. */
import fc from 'fast-check';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { formatSimulatorEvent } from '../../src/cli/output/format-simulator-event.js';
import type { RunEvent } from '../../src/core/events.js';
import { toSlackMessage } from '../../src/outputs/alerts/post-webhook.js';
import { formatBody, formatTitle, toNotificationDocument } from '../../src/outputs/alerts/notification.js';
import type { Notification } from '../../src/outputs/alerts/notification.js';
import { sendMail } from '../../src/outputs/alerts/send-mail.js';
import { describeEvent } from '../../src/outputs/describe-event.js';
import { createLog } from '../../src/outputs/log/log.js';
import { renderReportHtml } from '../../src/outputs/report/html.js';
import { formatReportJson } from '../../src/outputs/report/json.js';
import { buildReport } from '../../src/outputs/report/report-accumulator.js';
import { formatReportText } from '../../src/outputs/report/text.js';
import { anyHost } from '../../src/platform/http/allowed-hosts.js';
import { plainStyle } from '../../src/platform/style.js';
import { findControl, hostileText, hostileTexts } from '../fixtures/hostile-texts.js';
import { failedRun, partialRun } from '../fixtures/sample-runs.js';
import { startMailServer } from '../fixtures/test-servers.js';

/** Puts a text into every reason and message of the events of a run. */
function createHostileRun(events: readonly RunEvent[], text: string): readonly RunEvent[] {
  return events.map((event): RunEvent => {
    if (event.type === 'request-retried') return { ...event, message: text };
    if (event.type === 'warning') return { ...event, message: text };
    if (event.type === 'task-finished' && event.reason !== undefined) return { ...event, reason: text };
    if (event.type === 'run-finished') return { ...event, reason: text };
    return event;
  });
}

function createNotification(text: string): Notification {
  const alerts = [{ subject: `AAPL${text}`, message: text, startedAt: 0, resolvedAt: null }];
  return { kind: 'firing', on: 'task_failed', severity: 'critical', pipeline: text, run: null, at: 0, alerts };
}

const runs = [...failedRun(), ...partialRun()];

describe('whatever a provider writes', () => {
  test('every event is described in one line', () => {
    fc.assert(
      fc.property(hostileTexts, (text) => {
        for (const event of createHostileRun(runs, text))
          expect(findControl(describeEvent(event).message, '')).toBeNull();
      }),
    );
  });

  test('the report of a run as text, JSON and HTML has no control characters', () => {
    fc.assert(
      fc.property(hostileTexts, (text) => {
        const report = buildReport(createHostileRun(partialRun(), text));
        if (report === null) throw new Error('no report');
        expect(findControl(formatReportJson(report))).toBeNull();
        expect(findControl(renderReportHtml(report))).toBeNull();
      }),
      { numRuns: 30 },
    );
  });

  test('a line of the report that a text begins is indented', () => {
    const report = buildReport(createHostileRun(partialRun(), hostileText));
    if (report === null) throw new Error('no report');
    expect(
      formatReportText(report)
        .split('\n')
        .filter((line) => line.startsWith('FORGED')),
    ).toEqual([]);
  });

  test('the log has one JSON object per event', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pipe-log-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'run.log');
    const log = createLog({
      settings: { file, level: 'debug', maxBytes: 1e6, maxFiles: 1 },
      pipeline: 'daily',
      logAllLevels: true,
      redact: (text) => text,
      onError: (problem) => expect.fail(problem),
    });
    const events = createHostileRun(partialRun(), hostileText);
    for (const event of events) log.handle(event);
    await log.flush();
    const text = await readFile(file, 'utf8');
    expect(findControl(text)).toBeNull();
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toHaveLength(events.length);
  });

  test('an alert has one line per subject, and web hooks get visible characters', () => {
    fc.assert(
      fc.property(hostileTexts, (text) => {
        const notification = createNotification(text);
        for (const line of [formatTitle(notification), ...formatBody(notification)])
          expect(findControl(line, '')).toBeNull();
        for (const document of [toNotificationDocument(notification), toSlackMessage(notification)])
          expect(findControl(JSON.stringify(document))).toBeNull();
      }),
    );
  });

  test('a mail has the headers and lines of its template', async () => {
    const server = await startMailServer();
    const channel = {
      kind: 'email',
      name: 'desk',
      host: '127.0.0.1',
      port: server.port,
      security: 'none',
      login: null,
      from: 'pipe@example.com',
      to: ['desk@example.com'],
    } as const;
    const text = '\r\nBcc: other@example.com\r\n\r\nFORGED\u001b[2J';
    const options = { timeout: 60_000, signal: new AbortController().signal, allowedHosts: anyHost };
    const result = await sendMail(channel, createNotification(text), options);
    expect(result).toEqual({ kind: 'delivered' });
    const [mail = ''] = server.messages;
    expect(mail).not.toMatch(/^Bcc:/m);
    expect(mail).not.toMatch(/^FORGED/m);
    expect(findControl(mail)).toBeNull();
  });

  test('a simulator prints one line for the request of a client', () => {
    const event = { at: 0, connection: 1, kind: 'request', request: hostileText, description: hostileText } as const;
    const line = formatSimulatorEvent(event, 0, plainStyle);
    expect(line).not.toContain('\n');
  });
});
