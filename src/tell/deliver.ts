import type { Clock } from '../core/clock.js';
import { second } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { unreachable } from '../core/result.js';
import type { Channel, CommandChannel } from '../pipeline/telling.js';
import type { Delivered } from './delivered.js';
import { noticeDocument } from './notice.js';
import type { Notice } from './notice.js';
import { postWebhook } from './post-webhook.js';
import { lastLine, runCommand } from './run-command.js';

/** How patiently messages are sent. */
export interface DeliverOptions {
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
export interface Sent {
  readonly arrived: boolean;
  readonly problem: string | null;
}

/** Sends a message over a channel. Never throws for anything a channel does. */
export async function deliver(channel: Channel, notice: Notice, options: DeliverOptions): Promise<Sent> {
  const { clock, signal, attempts = 3, delay = second, timeout = 10 * second } = options;
  for (let attempt = 1; ; attempt++) {
    const result = await attemptOnce(channel, notice, timeout, signal);
    if (result.kind === 'delivered') return { arrived: true, problem: result.but ?? null };
    if (result.kind === 'refused' || attempt >= attempts || signal.aborted)
      return { arrived: false, problem: result.problem };
    await clock.sleepUntil(clock.now() + delay * 2 ** (attempt - 1), signal).catch(() => undefined);
  }
}

async function attemptOnce(
  channel: Channel,
  notice: Notice,
  timeout: Duration,
  signal: AbortSignal,
): Promise<Delivered> {
  switch (channel.kind) {
    case 'webhook':
      return postWebhook(channel, notice, timeout, signal);
    case 'email':
      // Loaded when first needed: most runs send no mail.
      return (await import('./send-mail.js')).sendMail(channel, notice, timeout, signal);
    case 'command':
      return callCommand(channel, notice, signal);
    case 'unusable':
      return { kind: 'refused', problem: channel.why };
    default:
      return unreachable(channel);
  }
}

async function callCommand(
  { command, timeout }: CommandChannel,
  notice: Notice,
  signal: AbortSignal,
): Promise<Delivered> {
  const input = `${JSON.stringify(noticeDocument(notice))}\n`;
  const { problem, output } = await runCommand({ command, timeout, input, signal });
  if (problem === null) return { kind: 'delivered' };
  // It may have reached somebody before it failed.
  const said = lastLine(output);
  return { kind: 'refused', problem: `the command ${problem}${said === '' ? '' : `: ${said}`}` };
}
