import type { Duration } from '../../core/time/time.js';
import type { AlertSeverity, WebhookChannel } from '../../config/pipeline/notifications/notifications.js';
import type { SendResult } from './send-result.js';
import { formatTitle, formatBody, toNotificationDocument } from './notification.js';
import type { Notification } from './notification.js';

/** Posts a message to a web address. */
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
      body: JSON.stringify(format === 'slack' ? toSlackMessage(notification) : toNotificationDocument(notification)),
      // What an address that admits the bearer redirects to is not what the user named.
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeout), signal]),
    });
    const text = (await response.text()).slice(0, 200).trim();
    if (response.ok) return { kind: 'delivered' };
    const { status } = response;
    const problem = `it answered ${status}${text === '' ? '' : `: ${text}`}`;
    return { kind: status === 408 || status === 429 || status >= 500 ? 'again' : 'refused', problem };
  } catch (error) {
    return { kind: 'again', problem: describeError(error) };
  }
}

const severityColours: Readonly<Record<AlertSeverity | 'recovered', string>> = {
  critical: '#d1242f',
  warning: '#bf8700',
  info: '#0969da',
  recovered: '#1a7f37',
};

/** As Slack reads it, and what else takes messages of Slack. */
export function toSlackMessage(notification: Notification): Readonly<Record<string, unknown>> {
  const text = formatBody(notification).map(escapeSlack).join('\n');
  const color = severityColours[notification.kind === 'recovered' ? 'recovered' : notification.severity];
  return { text: escapeSlack(formatTitle(notification)), attachments: [{ color, text, fallback: text }] };
}

/** Slack reads commands and links from these three. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The cause is what helps: `fetch failed` does not say that the connection was refused. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  const { cause } = error;
  if (cause instanceof Error) return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
