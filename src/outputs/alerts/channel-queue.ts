import { setMaxListeners } from 'node:events';

import type { Duration } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';
import type { Channel } from '../../config/pipeline/notifications/notifications.js';
import type { PendingNotification } from './alert-state.js';
import { sendWithRetry } from './send-with-retry.js';
import type { SendOptions } from './send-with-retry.js';

/** Sends the pending notifications of one channel, one at a time, in the background. */
export interface ChannelQueue {
  /** Starts sending, or continues after the notification in progress. Does nothing after a failure. */
  notify(): void;
  /** Sends the remaining notifications, with one more attempt if the channel failed before, and resolves when done. */
  finish(): Promise<void>;
}

export interface ChannelQueueOptions {
  readonly channel: Channel;
  /** The notifications to send now. */
  readonly pending: () => Promise<readonly PendingNotification[]>;
  readonly onDelivered: (delivered: PendingNotification) => Promise<void>;
  /** Runs `work` while no other process sends to the channel; skips it if the lock cannot be acquired. */
  readonly withLock: (work: () => Promise<void>, signal: AbortSignal) => Promise<void>;
  readonly sendOptions: Omit<SendOptions, 'signal'>;
  /** Ends the attempt in progress. May live as long as the process: the queue listens to it only while it sends. */
  readonly signal: AbortSignal | undefined;
  /** The time limit of `finish`, by the remaining notifications. */
  readonly finishTimeout: (remaining: readonly PendingNotification[]) => Duration;
  readonly warn: (message: string) => void;
}

export function createChannelQueue(options: ChannelQueueOptions): ChannelQueue {
  const { channel, pending, onDelivered, withLock, sendOptions, finishTimeout, warn } = options;
  const abortController = new AbortController();
  const { signal } = abortController;
  // Attempts and waits for the lock listen to it: many listeners are expected here, and no leak.
  setMaxListeners(0, signal);
  const channelText = `channel ${channel.name} (${channel.kind})`;
  let inFlight: Promise<void> | null = null;
  let hasMore = false;
  /** The reason why the last notification was not delivered; null if it was delivered. */
  let problem: string | null = null;

  /** Stops at the first failure: a broken channel would fail for every notification. */
  const sendPending = async (attempts: number | undefined): Promise<void> => {
    for (const one of await pending()) {
      if (signal.aborted) {
        problem ??= 'the time limit was reached';
        return;
      }
      const sent = await sendWithRetry(channel, one.notification, { attempts, ...sendOptions, signal });
      problem = sent.delivered ? null : sent.problem;
      if (!sent.delivered) return;
      if (sent.problem !== null)
        warn(`notification not delivered to all recipients of ${channelText}: ${sent.problem}`);
      await onDelivered(one);
    }
  };

  const shouldContinue = (): boolean => hasMore && problem === null;

  const work = async (attempts: number | undefined): Promise<void> => {
    const abort = (): void => abortController.abort();
    options.signal?.addEventListener('abort', abort, { once: true });
    if (options.signal?.aborted === true) abort();
    try {
      do {
        hasMore = false;
        // Nearly always nothing is pending, which needs no lock.
        if ((await pending()).length > 0) await withLock(() => sendPending(attempts), signal);
      } while (shouldContinue());
    } finally {
      options.signal?.removeEventListener('abort', abort);
      inFlight = null;
    }
  };

  const start = (attempts?: number): Promise<void> => {
    hasMore = true;
    inFlight ??= work(attempts);
    return inFlight;
  };

  return {
    notify() {
      if (problem === null) void start();
    },
    async finish() {
      const timer = setTimeout(() => abortController.abort(), finishTimeout(await pending()));
      try {
        // The attempt in progress may fail; the last attempt follows it.
        await inFlight;
        await start(problem === null ? undefined : 1);
      } finally {
        clearTimeout(timer);
      }
      const remaining = problem === null ? 0 : (await pending()).length;
      if (problem !== null && remaining > 0)
        warn(`${pluralize(remaining, 'notification')} not delivered to ${channelText}: ${problem}`);
    },
  };
}
