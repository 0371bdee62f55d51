import { setMaxListeners } from 'node:events';

import type { Clock } from '../core/clock.js';
import type { RunId } from '../core/request.js';
import { second } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';
import type { AlertSettings, Channel } from '../pipeline/telling.js';
import type { AlertChange } from './alert-change.js';
import { applyChanges, dueNotices, forget, heardOf, noAlerts } from './alert-state.js';
import type { Alert, Alerts, DueNotice } from './alert-state.js';
import type { AlertStore, Exclusively } from './alert-store.js';
import { channelTeller } from './channel-teller.js';
import type { ChannelTeller } from './channel-teller.js';
import type { DeliverOptions } from './deliver.js';

/** Remembers what is wrong with one pipeline, and tells the right people when that changes. */
export interface Alarm {
  /** Takes in what was found out; never waits, never throws. */
  note(changes: readonly AlertChange[]): void;
  /** What is known with everything noted, kept on disk, though told to nobody yet; waits for no channel. */
  settle(): Promise<Alerts>;
  /** Begins to tell what is due, beside whatever goes on; never waits, never throws. */
  tell(): void;
  /** Tells what is due and has not been told yet. Waits, but not longer than `finishWithin`; the rest is told some other time. */
  finish(): Promise<void>;
}

export interface AlarmOptions {
  readonly pipeline: string;
  readonly settings: AlertSettings;
  /** What may still be the subject of an alert: symbols and steps leave pipelines. */
  readonly isSubject: (alert: Alert) => boolean;
  readonly run: RunId | null;
  readonly store: AlertStore;
  /** A run and whoever judges without one may do so at the same time. */
  readonly exclusively: Exclusively;
  readonly clock: Clock;
  /** When it aborts, nobody is told anything any more. */
  readonly signal?: AbortSignal;
  /** Told when somebody cannot be reached, or alerts cannot be kept. */
  readonly warn: (message: string) => void;
  readonly patience?: Pick<DeliverOptions, 'delay' | 'timeout'>;
  /** How long the end may take … */
  readonly finishWithin?: Duration;
  /** … and for a channel that has only to hear again of what it could not be told before. */
  readonly repeatWithin?: Duration;
}

/** Enough for one answer of the slowest service that is of use, and no more: whoever finishes holds up what comes next. */
const longestFinish: Duration = 10 * second;

export function alarm(options: AlarmOptions): Alarm {
  const { pipeline, settings, isSubject, run, store, exclusively, clock, warn, patience, signal } = options;
  const { finishWithin = longestFinish, repeatWithin = finishWithin } = options;
  const openedAt = clock.now();
  let noted: AlertChange[] = [];
  let alerts: Alerts = noAlerts;
  let isTroubled = false;
  /** One change of what is known after the other. */
  let turn: Promise<void> = Promise.resolve();

  /** What is on disk, which others may have written; what could not be written is known here alone. */
  const known = async (): Promise<Alerts> => (isTroubled ? alerts : store.read(pipeline).catch(() => noAlerts));

  const keep = async (next: Alerts): Promise<void> => {
    alerts = next;
    try {
      await store.write(pipeline, alerts);
      isTroubled = false;
    } catch (error) {
      if (!isTroubled) warn(`open alerts cannot be kept: ${error instanceof Error ? error.message : String(error)}`);
      isTroubled = true;
    }
  };

  const change = (by: (before: Alerts) => Alerts): Promise<void> => {
    turn = turn.then(async () => {
      const before = await known();
      alerts = before;
      // Nearly always nothing is new, and nobody has to be kept out to find that.
      if (by(before) === before) return;
      await exclusively(pipeline, async () => {
        await keep(by(await known()));
      });
    });
    return turn;
  };

  const settle = async (): Promise<Alerts> => {
    const taken = noted;
    noted = [];
    const now = clock.now();
    await change((before) => forget(applyChanges(before, taken, now), settings.rules, isSubject, now));
    return alerts;
  };

  const dueTo = async ({ name }: Channel): Promise<readonly DueNotice[]> => {
    await turn;
    return dueNotices(await known(), settings.rules, { pipeline, run, now: clock.now() }).filter(
      ({ channel }) => channel === name,
    );
  };

  const tellerOf = (channel: Channel): ChannelTeller => {
    const giveUp = new AbortController();
    setMaxListeners(0, giveUp.signal);
    const end = (): void => giveUp.abort();
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted === true) end();
    return channelTeller({
      channel,
      due: () => dueTo(channel),
      heard: (arrived) => change((before) => heardOf(before, arrived)),
      inTurn: (work) => exclusively(pipeline, work, { channel: channel.name, signal: giveUp.signal }),
      delivery: { ...patience, clock },
      giveUp,
      finishWithin: (left) => (left.some((one) => isNews(one, openedAt)) ? finishWithin : repeatWithin),
      warn,
    });
  };
  const tellers = settings.channels.map(tellerOf);

  return {
    note(changes) {
      noted.push(...changes);
    },
    settle,
    tell() {
      void settle().then(() => {
        for (const teller of tellers) teller.begin();
      });
    },
    async finish() {
      await settle();
      await Promise.all(tellers.map((teller) => teller.finish()));
    },
  };
}

/** Whether a message is about something that happened since; what happened before would have been told if it could have been. */
function isNews({ notice: { kind, alerts } }: DueNotice, since: Instant): boolean {
  return kind === 'still open' || alerts.some((alert) => (alert.until ?? alert.since) >= since);
}
