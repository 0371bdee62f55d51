import { formatJson } from '../../platform/text/escape.js';
import type { Clock } from '../../core/time/clock.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { assertNever } from '../../core/result.js';
import type { Channel, CommandChannel } from '../../config/pipeline/notifications/notifications.js';
import type { SendResult } from './send-result.js';
import { toNotificationDocument } from './notification.js';
import type { Notification } from './notification.js';
import { postWebhook } from './post-webhook.js';
import { anyHost } from '../../platform/http/allowed-hosts.js';
import type { AllowedHosts } from '../../platform/http/allowed-hosts.js';
import type { PostOptions } from '../../platform/http/post-json.js';
import { checkExit, runProcess } from '../../platform/process.js';

/** Limits of the attempts to send a notification. */
export interface SendOptions {
  readonly clock: Clock;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
  readonly attempts?: number | undefined;
  /** The pause before the second attempt; doubles for each further one. */
  readonly delay?: Duration;
  /** The time limit of one attempt. */
  readonly timeout?: Duration;
  /** The hosts of webhooks and mail servers to which notifications may be sent. */
  readonly allowedHosts?: AllowedHosts | undefined;
}

/**
 * The outcome of sending a notification. A delivered notification may still have a problem: some recipients were not
 * accepted.
 */
export interface SendOutcome {
  readonly delivered: boolean;
  readonly problem: string | null;
}

/** Sends a notification over a channel. Never throws for anything the channel does. */
export async function sendWithRetry(
  channel: Channel,
  notification: Notification,
  options: SendOptions,
): Promise<SendOutcome> {
  const { clock, signal, attempts = 3, delay = second, timeout = 10 * second, allowedHosts = anyHost } = options;
  for (let attempt = 1; ; attempt++) {
    const result = await attemptOnce(channel, notification, { timeout, signal, allowedHosts });
    if (result.kind === 'delivered') return { delivered: true, problem: result.warning ?? null };
    if (result.kind === 'rejected' || attempt >= attempts || signal.aborted)
      return { delivered: false, problem: result.problem };
    await clock.sleepUntil(clock.now() + delay * 2 ** (attempt - 1), signal).catch(() => undefined);
  }
}

async function attemptOnce(channel: Channel, notification: Notification, options: PostOptions): Promise<SendResult> {
  switch (channel.kind) {
    case 'webhook':
      return postWebhook(channel, notification, options);
    case 'email':
      // Loaded on first use: most runs send no mail.
      return (await import('./send-mail.js')).sendMail(channel, notification, options);
    case 'command':
      return runCommandChannel(channel, notification, options.signal);
    case 'disabled':
      return { kind: 'rejected', problem: channel.reason };
    default:
      return assertNever(channel);
  }
}

async function runCommandChannel(
  { command, timeout }: CommandChannel,
  notification: Notification,
  signal: AbortSignal,
): Promise<SendResult> {
  const input = `${formatJson(toNotificationDocument(notification))}\n`;
  const exit = checkExit(await runProcess({ command, timeout, input, signal }));
  if (exit.ok) return { kind: 'delivered' };
  // No retry: the command may have delivered the notification before it failed.
  return { kind: 'rejected', problem: `the command ${exit.error}` };
}
