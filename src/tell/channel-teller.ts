import type { Duration } from '../core/time.js';
import { plural } from '../core/words.js';
import type { Channel } from '../pipeline/telling.js';
import type { DueNotice } from './alert-state.js';
import { deliver } from './deliver.js';
import type { DeliverOptions } from './deliver.js';

/** Tells one channel what is due to it, one series of attempts at a time, beside whatever else goes on. */
export interface ChannelTeller {
  /** Begins to tell, or sees to it that what is being told is followed by more. A channel that has failed is left alone. */
  begin(): void;
  /** Tells what is left, which is one more chance for a channel that has failed, and resolves when that has come to an end. */
  finish(): Promise<void>;
}

export interface ChannelTellerOptions {
  readonly channel: Channel;
  /** What it is to be told now. */
  readonly due: () => Promise<readonly DueNotice[]>;
  /** Remembers what has arrived. */
  readonly heard: (arrived: DueNotice) => Promise<void>;
  /** Does something while nobody else tells the channel anything, or not at all where somebody else goes on and on. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
  readonly delivery: Omit<DeliverOptions, 'signal'>;
  /** Gives up whatever is under way. */
  readonly giveUp: AbortController;
  /** How long the end may take, by what is left to be told. */
  readonly finishWithin: (left: readonly DueNotice[]) => Duration;
  readonly warn: (message: string) => void;
}

export function channelTeller(options: ChannelTellerOptions): ChannelTeller {
  const { channel, due, heard, inTurn, delivery, giveUp, finishWithin, warn } = options;
  const { signal } = giveUp;
  let underWay: Promise<void> | null = null;
  let isMore = false;
  /** Why the last message did not arrive. */
  let problem: string | null = null;

  const warnOf = (messages: string, how: string, why: string): void =>
    warn(`${messages} ${how} the channel ${channel.name} (${channel.kind}): ${why}`);

  /** A channel that does not work for one message is not tried with the others. */
  const tellInTurn = async (attempts: number | undefined): Promise<void> => {
    for (const one of await due()) {
      if (signal.aborted) {
        problem ??= 'no time was left';
        return;
      }
      const sent = await deliver(channel, one.notice, { attempts, ...delivery, signal });
      problem = sent.arrived ? null : sent.problem;
      if (!sent.arrived) return;
      if (sent.problem !== null) warnOf('a message', 'could not be sent to all of', sent.problem);
      await heard(one);
    }
  };

  const goesOn = (): boolean => isMore && problem === null;

  const work = async (attempts: number | undefined): Promise<void> => {
    do {
      isMore = false;
      // Nearly always nothing is due, and nobody has to be kept out to find that.
      if ((await due()).length > 0) await inTurn(() => tellInTurn(attempts));
    } while (goesOn());
    underWay = null;
  };

  const start = (attempts?: number): Promise<void> => {
    isMore = true;
    underWay ??= work(attempts);
    return underWay;
  };

  return {
    begin() {
      if (problem === null) void start();
    },
    async finish() {
      const timer = setTimeout(() => giveUp.abort(), finishWithin(await due()));
      // What is under way may fail yet, and then has its one more chance as well.
      await underWay;
      await start(problem === null ? undefined : 1);
      clearTimeout(timer);
      const left = problem === null ? 0 : (await due()).length;
      if (problem !== null && left > 0) warnOf(plural(left, 'message'), 'could not be sent to', problem);
    },
  };
}
