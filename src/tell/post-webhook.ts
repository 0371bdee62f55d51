import type { Duration } from '../core/time.js';
import type { Severity, WebhookChannel } from '../pipeline/telling.js';
import type { Delivered } from './delivered.js';
import { headingOf, linesOf, noticeDocument } from './notice.js';
import type { Notice } from './notice.js';

/** Posts a message to a web address. */
export async function postWebhook(
  { url, format }: WebhookChannel,
  notice: Notice,
  timeout: Duration,
  signal: AbortSignal,
): Promise<Delivered> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(format === 'slack' ? slackMessage(notice) : noticeDocument(notice)),
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
    return { kind: 'again', problem: reasonOf(error) };
  }
}

const colours: Readonly<Record<Severity | 'recovered', string>> = {
  critical: '#d1242f',
  warning: '#bf8700',
  info: '#0969da',
  recovered: '#1a7f37',
};

/** As Slack reads it, and what else takes messages of Slack. */
export function slackMessage(notice: Notice): Readonly<Record<string, unknown>> {
  const text = linesOf(notice).map(escaped).join('\n');
  const color = colours[notice.kind === 'recovered' ? 'recovered' : notice.severity];
  return { text: escaped(headingOf(notice)), attachments: [{ color, text, fallback: text }] };
}

/** Slack reads commands and links from these three. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The cause is what helps: `fetch failed` does not say that the connection was refused. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  const { cause } = error;
  if (cause instanceof Error) return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
