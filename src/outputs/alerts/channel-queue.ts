import type { Duration } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';
import type { Channel } from '../../config/pipeline/notifications/notifications.js';
import type { PendingNotification } from './alert-state.js';
import { sendWithRetry } from './send-with-retry.js';
import type { SendOptions } from './send-with-retry.js';

/** Tells one channel what is due to it, one series of attempts at a time, beside whatever else goes on. */
export interface ChannelQueue {
  /** Begins to tell, or sees to it that what is being told is followed by more. A channel that has failed is left alone. */
  notify(): void;
  /** Tells what is left, which is one more chance for a channel that has failed, and resolves when that has come to an end. */
  finish(): Promise<void>;
}

export interface ChannelQueueOptions {
  readonly channel: Channel;
  /** What it is to be told now. */
  readonly pending: () => Promise<readonly PendingNotification[]>;
  /** Remembers what has arrived. */
  readonly onDelivered: (delivered: PendingNotification) => Promise<void>;
  /** Does something while nobody else tells the channel anything, or not at all where somebody else goes on and on. */
  readonly withLock: (work: () => Promise<void>) => Promise<void>;
  readonly sendOptions: Omit<SendOptions, 'signal'>;
  /** Gives up whatever is under way. */
  readonly abortController: AbortController;
  /** How long the end may take, by what is left to be told. */
  readonly finishTimeout: (remaining: readonly PendingNotification[]) => Duration;
  readonly warn: (message: string) => void;
}

export function createChannelQueue(options: ChannelQueueOptions): ChannelQueue {
  const { channel, pending, onDelivered, withLock, sendOptions, abortController, finishTimeout, warn } = options;
  const { signal } = abortController;
  let inFlight: Promise<void> | null = null;
  let hasMore = false;
  /** Why the last message did not arrive. */
  let problem: string | null = null;

  const warnAbout = (messages: string, failure: string, reason: string): void =>
    warn(`${messages} ${failure} the channel ${channel.name} (${channel.kind}): ${reason}`);

  /** A channel that does not work for one message is not tried with the others. */
  const sendPending = async (attempts: number | undefined): Promise<void> => {
    for (const one of await pending()) {
      if (signal.aborted) {
        problem ??= 'no time was left';
        return;
      }
      const sent = await sendWithRetry(channel, one.notification, { attempts, ...sendOptions, signal });
      problem = sent.delivered ? null : sent.problem;
      if (!sent.delivered) return;
      if (sent.problem !== null) warnAbout('a message', 'could not be sent to all of', sent.problem);
      await onDelivered(one);
    }
  };

  const shouldContinue = (): boolean => hasMore && problem === null;

  const work = async (attempts: number | undefined): Promise<void> => {
    do {
      hasMore = false;
      // Nearly always nothing is due, and nobody has to be kept out to find that.
      if ((await pending()).length > 0) await withLock(() => sendPending(attempts));
    } while (shouldContinue());
    inFlight = null;
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
      // What is under way may fail yet, and then has its one more chance as well.
      await inFlight;
      await start(problem === null ? undefined : 1);
      clearTimeout(timer);
      const remaining = problem === null ? 0 : (await pending()).length;
      if (problem !== null && remaining > 0)
        warnAbout(pluralize(remaining, 'message'), 'could not be sent to', problem);
    },
  };
}
