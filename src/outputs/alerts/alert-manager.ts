import { setMaxListeners } from 'node:events';

import type { Clock } from '../../core/time/clock.js';
import type { RunId } from '../../core/request.js';
import { second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { AlertSettings, Channel } from '../../config/pipeline/notifications/notifications.js';
import type { AlertChange } from './alert-change.js';
import { applyChanges, pendingNotifications, pruneAlerts, markNotified, noAlerts } from './alert-state.js';
import type { Alert, Alerts, PendingNotification } from './alert-state.js';
import type { AlertStore, WithAlertLock } from './alert-store.js';
import { createChannelQueue } from './channel-queue.js';
import type { ChannelQueue } from './channel-queue.js';
import type { SendOptions } from './send-with-retry.js';

/** Remembers what is wrong with one pipeline, and tells the right people when that changes. */
export interface AlertManager {
  /** Takes in what was found out; never waits, never throws. */
  record(changes: readonly AlertChange[]): void;
  /** What is known with everything noted, kept on disk, though told to nobody yet; waits for no channel. */
  persist(): Promise<Alerts>;
  /** Begins to tell what is due, beside whatever goes on; never waits, never throws. */
  notify(): void;
  /** Tells what is due and has not been told yet. Waits, but not longer than `finishWithin`; the rest is told some other time. */
  finish(): Promise<void>;
}

export interface AlertManagerOptions {
  readonly pipeline: string;
  readonly settings: AlertSettings;
  /** What may still be the subject of an alert: symbols and steps leave pipelines. */
  readonly isActiveSubject: (alert: Alert) => boolean;
  readonly run: RunId | null;
  readonly store: AlertStore;
  /** A run and whoever judges without one may do so at the same time. */
  readonly withLock: WithAlertLock;
  readonly clock: Clock;
  /** When it aborts, nobody is told anything any more. */
  readonly signal?: AbortSignal;
  /** Told when somebody cannot be reached, or alerts cannot be kept. */
  readonly warn: (message: string) => void;
  readonly sendTiming?: Pick<SendOptions, 'delay' | 'timeout'>;
  /** How long the end may take … */
  readonly finishTimeout?: Duration;
  /** … and for a channel that has only to hear again of what it could not be told before. */
  readonly repeatTimeout?: Duration;
}

/** Enough for one answer of the slowest service that is of use, and no more: whoever finishes holds up what comes next. */
const defaultFinishTimeout: Duration = 10 * second;

export function createAlertManager(options: AlertManagerOptions): AlertManager {
  const { pipeline, settings, isActiveSubject, run, store, withLock, clock, warn, sendTiming, signal } = options;
  const { finishTimeout = defaultFinishTimeout, repeatTimeout = finishTimeout } = options;
  const openedAt = clock.now();
  let pendingChanges: AlertChange[] = [];
  let alerts: Alerts = noAlerts;
  let hasSaveFailed = false;
  /** One change of what is known after the other. */
  let lastUpdate: Promise<void> = Promise.resolve();

  /** What is on disk, which others may have written; what could not be written is known here alone. */
  const readKnown = async (): Promise<Alerts> => (hasSaveFailed ? alerts : store.read(pipeline).catch(() => noAlerts));

  const save = async (next: Alerts): Promise<void> => {
    alerts = next;
    try {
      await store.write(pipeline, alerts);
      hasSaveFailed = false;
    } catch (error) {
      if (!hasSaveFailed) warn(`open alerts cannot be kept: ${error instanceof Error ? error.message : String(error)}`);
      hasSaveFailed = true;
    }
  };

  const update = (transform: (before: Alerts) => Alerts): Promise<void> => {
    lastUpdate = lastUpdate.then(async () => {
      const before = await readKnown();
      alerts = before;
      // Nearly always nothing is new, and nobody has to be kept out to find that.
      if (transform(before) === before) return;
      await withLock(pipeline, async () => {
        await save(transform(await readKnown()));
      });
    });
    return lastUpdate;
  };

  const persist = async (): Promise<Alerts> => {
    const changes = pendingChanges;
    pendingChanges = [];
    const now = clock.now();
    await update((before) => pruneAlerts(applyChanges(before, changes, now), settings.rules, isActiveSubject, now));
    return alerts;
  };

  const pendingFor = async ({ name }: Channel): Promise<readonly PendingNotification[]> => {
    await lastUpdate;
    return pendingNotifications(await readKnown(), settings.rules, { pipeline, run, now: clock.now() }).filter(
      ({ channel }) => channel === name,
    );
  };

  const createQueueFor = (channel: Channel): ChannelQueue => {
    const abortController = new AbortController();
    setMaxListeners(0, abortController.signal);
    const abort = (): void => abortController.abort();
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    return createChannelQueue({
      channel,
      pending: () => pendingFor(channel),
      onDelivered: (delivered) => update((before) => markNotified(before, delivered)),
      withLock: (work) => withLock(pipeline, work, { channel: channel.name, signal: abortController.signal }),
      sendOptions: { ...sendTiming, clock },
      abortController,
      finishTimeout: (remaining) => (remaining.some((one) => isNew(one, openedAt)) ? finishTimeout : repeatTimeout),
      warn,
    });
  };
  const queues = settings.channels.map(createQueueFor);

  return {
    record(changes) {
      pendingChanges.push(...changes);
    },
    persist,
    notify() {
      void persist().then(() => {
        for (const queue of queues) queue.notify();
      });
    },
    async finish() {
      await persist();
      await Promise.all(queues.map((queue) => queue.finish()));
    },
  };
}

/** Whether a message is about something that happened since; what happened before would have been told if it could have been. */
function isNew({ notification: { kind, alerts } }: PendingNotification, since: Instant): boolean {
  return kind === 'still open' || alerts.some((alert) => (alert.resolvedAt ?? alert.startedAt) >= since);
}
