import { escapeLine, formatJson } from '../../platform/text/escape.js';
import { postJson } from '../../platform/http/post-json.js';
import type { PostOptions } from '../../platform/http/post-json.js';
import type { AlertSeverity, WebhookChannel } from '../../config/pipeline/notifications/notifications.js';
import type { SendResult } from './send-result.js';
import { formatTitle, formatBody, toNotificationDocument } from './notification.js';
import type { Notification } from './notification.js';

export async function postWebhook(
  { url, format }: WebhookChannel,
  notification: Notification,
  options: PostOptions,
): Promise<SendResult> {
  const document = format === 'slack' ? toSlackMessage(notification) : toNotificationDocument(notification);
  const outcome = await postJson(url, formatJson(document), options);
  if (outcome.kind === 'failed') return { kind: 'retry', problem: outcome.problem };
  if (outcome.kind === 'blocked') return { kind: 'rejected', problem: outcome.problem };
  const { status } = outcome;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const text = escapeLine(outcome.text.slice(0, 200).trim());
  const problem = `HTTP ${status}${text === '' ? '' : `: ${text}`}`;
  return { kind: status === 408 || status === 429 || status >= 500 ? 'retry' : 'rejected', problem };
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
