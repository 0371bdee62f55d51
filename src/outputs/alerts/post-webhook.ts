import { fetchErrorMessage } from '../../platform/error-message.js';
import { formatJson } from '../../platform/text/escape.js';
import type { Duration } from '../../core/time/time.js';
import type { AlertSeverity, WebhookChannel } from '../../config/pipeline/notifications/notifications.js';
import type { SendResult } from './send-result.js';
import { formatTitle, formatBody, toNotificationDocument } from './notification.js';
import type { Notification } from './notification.js';

export async function postWebhook(
  { url, format }: WebhookChannel,
  notification: Notification,
  timeout: Duration,
  signal: AbortSignal,
): Promise<SendResult> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: formatJson(format === 'slack' ? toSlackMessage(notification) : toNotificationDocument(notification)),
      // The URL may contain a credential, which must not reach another host.
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeout), signal]),
    });
    const text = (await response.text()).slice(0, 200).trim();
    if (response.ok) return { kind: 'delivered' };
    const { status } = response;
    const problem = `HTTP ${status}${text === '' ? '' : `: ${text}`}`;
    return { kind: status === 408 || status === 429 || status >= 500 ? 'retry' : 'rejected', problem };
  } catch (error) {
    return { kind: 'retry', problem: describeError(error) };
  }
}

const severityColours: Readonly<Record<AlertSeverity | 'resolved', string>> = {
  critical: '#d1242f',
  warning: '#bf8700',
  info: '#0969da',
  resolved: '#1a7f37',
};

/** The notification as an incoming webhook of Slack or a compatible service takes it. */
export function toSlackMessage(notification: Notification): Readonly<Record<string, unknown>> {
  const text = formatBody(notification).map(escapeSlack).join('\n');
  const color = severityColours[notification.kind === 'resolved' ? 'resolved' : notification.severity];
  return { text: escapeSlack(formatTitle(notification)), attachments: [{ color, text, fallback: text }] };
}

/** Escapes the characters that start commands and links in Slack messages. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function describeError(error: unknown): string {
  const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return isTimeout ? 'timed out' : fetchErrorMessage(error);
}
