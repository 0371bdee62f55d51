import type { Clock } from '../../core/time/clock.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { assertNever } from '../../core/result.js';
import type { Channel, CommandChannel } from '../../config/pipeline/notifications/notifications.js';
import type { SendResult } from './send-result.js';
import { toNotificationDocument } from './notification.js';
import type { Notification } from './notification.js';
import { postWebhook } from './post-webhook.js';
import { lastLine, runProcess } from '../../platform/run-process.js';

/** How patiently messages are sent. */
export interface SendOptions {
  readonly clock: Clock;
  /** When it aborts, nothing more is tried. */
  readonly signal: AbortSignal;
  readonly attempts?: number | undefined;
  /** The pause before the second attempt; it doubles. */
  readonly delay?: Duration;
  /** How long one attempt may take. */
  readonly timeout?: Duration;
}

/** What became of a message: whether it has arrived, and what went wrong, if something did. */
export interface SendOutcome {
  readonly delivered: boolean;
  readonly problem: string | null;
}

/** Sends a message over a channel. Never throws for anything a channel does. */
export async function sendWithRetry(
  channel: Channel,
  notification: Notification,
  options: SendOptions,
): Promise<SendOutcome> {
  const { clock, signal, attempts = 3, delay = second, timeout = 10 * second } = options;
  for (let attempt = 1; ; attempt++) {
    const result = await attemptOnce(channel, notification, timeout, signal);
    if (result.kind === 'delivered') return { delivered: true, problem: result.warning ?? null };
    if (result.kind === 'refused' || attempt >= attempts || signal.aborted)
      return { delivered: false, problem: result.problem };
    await clock.sleepUntil(clock.now() + delay * 2 ** (attempt - 1), signal).catch(() => undefined);
  }
}

async function attemptOnce(
  channel: Channel,
  notification: Notification,
  timeout: Duration,
  signal: AbortSignal,
): Promise<SendResult> {
  switch (channel.kind) {
    case 'webhook':
      return postWebhook(channel, notification, timeout, signal);
    case 'email':
      // Loaded when first needed: most runs send no mail.
      return (await import('./send-mail.js')).sendMail(channel, notification, timeout, signal);
    case 'command':
      return runCommandChannel(channel, notification, signal);
    case 'unusable':
      return { kind: 'refused', problem: channel.reason };
    default:
      return assertNever(channel);
  }
}

async function runCommandChannel(
  { command, timeout }: CommandChannel,
  notification: Notification,
  signal: AbortSignal,
): Promise<SendResult> {
  const input = `${JSON.stringify(toNotificationDocument(notification))}\n`;
  const { problem, output } = await runProcess({ command, timeout, input, signal });
  if (problem === null) return { kind: 'delivered' };
  // It may have reached somebody before it failed.
  const lastOutput = lastLine(output);
  return { kind: 'refused', problem: `the command ${problem}${lastOutput === '' ? '' : `: ${lastOutput}`}` };
}
