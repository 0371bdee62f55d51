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
import type { AlertStore, Exclusively } from './alert-store.js';
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
  /** A run and whoever judges without one may do so at the same time. */
  readonly exclusively: Exclusively;
  readonly clock: Clock;
  /** When it aborts, nobody is told anything any more. */
  readonly signal?: AbortSignal;
  /** Told when somebody cannot be reached, or alerts cannot be kept. */
  readonly warn: (message: string) => void;
  readonly patience?: Pick<DeliverOptions, 'attempts' | 'delay' | 'timeout'>;
  readonly finishWithin?: Duration;
}

export function alarm(options: AlarmOptions): Alarm {
  const { pipeline, settings, isSubject, run, store, exclusively, clock, warn, finishWithin = 20 * second } = options;
  let noted: AlertChange[] = [];
  let alerts: Alerts = noAlerts;
  let isTroubled = false;
  /** One thing after the other: what is told depends on what was told before. */
  let turn: Promise<void> = Promise.resolve();

  /** What is on disk, which others may have written; what could not be written is known here alone. */
  const known = async (): Promise<Alerts> => (isTroubled ? alerts : store.read(pipeline).catch(() => noAlerts));

  const withNoted = (before: Alerts): Alerts => {
    const now = clock.now();
    return forget(applyChanges(before, noted, now), settings.rules, isSubject, now);
  };

  const dueIn = (of: Alerts): readonly DueNotice[] =>
    dueNotices(of, settings.rules, { pipeline, run, now: clock.now() });

  const keep = async (next: Alerts, before: Alerts): Promise<void> => {
    alerts = next;
    if (next === before) return;
    try {
      await store.write(pipeline, alerts);
      isTroubled = false;
    } catch (error) {
      if (!isTroubled) warn(`open alerts cannot be kept: ${error instanceof Error ? error.message : String(error)}`);
      isTroubled = true;
    }
  };

  const takeIn = async (): Promise<void> => {
    const before = await known();
    const next = withNoted(before);
    noted = [];
    await keep(next, before);
  };

  const inTurn = (action: () => Promise<void>): Promise<void> => {
    turn = turn.then(async () => {
      // Nearly always nothing is new and nothing due, and nobody has to be kept out to find that.
      const before = await known();
      if (withNoted(before) === before && dueIn(before).length === 0) {
        alerts = before;
        noted = [];
      } else await exclusively(pipeline, action);
    });
    return turn;
  };

  const tellAll = async (): Promise<void> => {
    await takeIn();
    const due = dueIn(alerts);
    if (due.length === 0) return;
    const giveUp = new AbortController();
    setMaxListeners(0, giveUp.signal);
    const end = (): void => giveUp.abort();
    const timer = setTimeout(end, finishWithin);
    options.signal?.addEventListener('abort', end, { once: true });
    if (options.signal?.aborted === true) end();
    const channels = settings.channels.map((channel) =>
      tellChannel(
        channel,
        due.filter((one) => one.channel === channel.name),
        giveUp.signal,
      ),
    );
    const arrived = (await Promise.all(channels)).flat();
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
    await keep(arrived.reduce(heardOf, alerts), alerts);
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
