import { setMaxListeners } from 'node:events';

import type { Clock } from '../core/clock.js';
import type { RunId } from '../core/request.js';
import { second } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { plural } from '../core/words.js';
import type { AlertSettings, Channel } from '../pipeline/telling.js';
import type { AlertChange } from './alert-change.js';
import { applyChanges, dueNotices, forget, heardOf, noAlerts } from './alert-state.js';
import type { Alert, Alerts, DueNotice } from './alert-state.js';
import type { AlertStore } from './alert-store.js';
import { deliver } from './deliver.js';
import type { DeliverOptions } from './deliver.js';

/** Remembers what is wrong with one pipeline, and tells the right people when that changes. */
export interface Alarm {
  /** Takes in what was found out; never waits, never throws. */
  note(changes: readonly AlertChange[]): void;
  /** What is known with everything noted, kept on disk, though told to nobody yet. */
  settle(): Promise<Alerts>;
  /** Tells what is due. Waits, but not longer than `finishWithin`. */
  tell(): Promise<void>;
}

export interface AlarmOptions {
  readonly pipeline: string;
  readonly settings: AlertSettings;
  /** What may still be the subject of an alert: symbols and steps leave pipelines. */
  readonly isSubject: (alert: Alert) => boolean;
  readonly run: RunId | null;
  readonly store: AlertStore;
  readonly clock: Clock;
  /** Told when somebody cannot be reached, or alerts cannot be kept. */
  readonly warn: (message: string) => void;
  readonly patience?: Pick<DeliverOptions, 'attempts' | 'delay' | 'timeout'>;
  readonly finishWithin?: Duration;
}

export function alarm(options: AlarmOptions): Alarm {
  const { pipeline, settings, isSubject, run, store, clock, warn, finishWithin = 20 * second } = options;
  let noted: AlertChange[] = [];
  let alerts: Alerts = noAlerts;
  let isRead = false;
  let isTroubled = false;
  /** One thing after the other: what is told depends on what was told before. */
  let turn: Promise<void> = Promise.resolve();

  const keep = async (next: Alerts): Promise<void> => {
    if (next === alerts) return;
    alerts = next;
    try {
      await store.write(pipeline, alerts);
    } catch (error) {
      if (!isTroubled) warn(`open alerts cannot be kept: ${error instanceof Error ? error.message : String(error)}`);
      isTroubled = true;
    }
  };

  const takeIn = async (): Promise<void> => {
    if (!isRead) alerts = await store.read(pipeline).catch(() => noAlerts);
    isRead = true;
    const changes = noted;
    noted = [];
    const now = clock.now();
    await keep(forget(applyChanges(alerts, changes, now), settings.rules, isSubject, now));
  };

  const inTurn = (action: () => Promise<void>): Promise<void> => {
    turn = turn.then(action);
    return turn;
  };

  const tellAll = async (): Promise<void> => {
    await takeIn();
    const due = dueNotices(alerts, settings.rules, { pipeline, run, now: clock.now() });
    if (due.length === 0) return;
    const giveUp = new AbortController();
    setMaxListeners(0, giveUp.signal);
    const timer = setTimeout(() => {
      giveUp.abort();
    }, finishWithin);
    const channels = settings.channels.map((channel) =>
      tellChannel(
        channel,
        due.filter((one) => one.channel === channel.name),
        giveUp.signal,
      ),
    );
    const arrived = (await Promise.all(channels)).flat();
    clearTimeout(timer);
    await keep(arrived.reduce(heardOf, alerts));
  };

  /** The messages that arrived. A channel that does not work for one is not tried with the others. */
  const tellChannel = async (
    channel: Channel,
    due: readonly DueNotice[],
    signal: AbortSignal,
  ): Promise<readonly DueNotice[]> => {
    for (const [index, one] of due.entries()) {
      const { arrived, problem } = await deliver(channel, one.notice, { ...options.patience, clock, signal });
      if (problem === null) continue;
      const lost = arrived ? 'a message' : plural(due.length - index, 'message');
      const how = arrived ? 'could not be sent to all of' : 'could not be sent to';
      warn(`${lost} ${how} the channel ${channel.name} (${channel.kind}): ${problem}`);
      if (!arrived) return due.slice(0, index);
    }
    return due;
  };

  return {
    note(changes) {
      noted.push(...changes);
    },
    async settle() {
      await inTurn(takeIn);
      return alerts;
    },
    tell: () => inTurn(tellAll),
  };
}
