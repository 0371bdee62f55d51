import { errorMessage } from '../../platform/error-message.js';
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

/** Stores the alerts of one pipeline and notifies channels when they change. */
export interface AlertManager {
  /** Records changes; never waits, never throws. */
  record(changes: readonly AlertChange[]): void;
  /** Applies the recorded changes and writes them to disk, without waiting for a channel. */
  persist(): Promise<Alerts>;
  /** Starts sending pending notifications in the background; never waits, never throws. */
  notify(): void;
  /** Sends all pending notifications, for at most `finishTimeout`; the rest stays pending for the next run. */
  finish(): Promise<void>;
}

export interface AlertManagerOptions {
  readonly pipeline: string;
  readonly settings: AlertSettings;
  /** Returns whether the pipeline still has the subject of an alert: users remove symbols and steps from pipelines. */
  readonly isActiveSubject: (alert: Alert) => boolean;
  readonly run: RunId | null;
  readonly store: AlertStore;
  /** A run and an evaluation without a run may change the alerts at the same time. */
  readonly withLock: WithAlertLock;
  readonly clock: Clock;
  /** Ends all sending. */
  readonly signal?: AbortSignal;
  /** Called when a channel fails or alerts cannot be stored. */
  readonly warn: (message: string) => void;
  readonly allowedHosts?: SendOptions['allowedHosts'];
  readonly sendTiming?: Pick<SendOptions, 'delay' | 'timeout'>;
  /** The time limit of `finish`. */
  readonly finishTimeout?: Duration;
  /** The time limit of `finish` for a channel whose pending notifications all failed earlier. */
  readonly repeatTimeout?: Duration;
}

/** Long enough for one response of a slow service; a longer one would delay the next scheduled run. */
const defaultFinishTimeout: Duration = 10 * second;

export function createAlertManager(options: AlertManagerOptions): AlertManager {
  const { pipeline, settings, isActiveSubject, run, store, withLock, clock, warn, sendTiming, signal } = options;
  const { finishTimeout = defaultFinishTimeout, repeatTimeout = finishTimeout } = options;
  const openedAt = clock.now();
  let pendingChanges: AlertChange[] = [];
  let alerts: Alerts = noAlerts;
  let hasSaveFailed = false;
  /** Serializes changes of the stored alerts. */
  let lastUpdate: Promise<void> = Promise.resolve();

  /** Other processes may have written the stored alerts; alerts that could not be stored exist only in memory. */
  const readKnown = async (): Promise<Alerts> => (hasSaveFailed ? alerts : store.read(pipeline).catch(() => noAlerts));

  const save = async (next: Alerts): Promise<void> => {
    alerts = next;
    try {
      await store.write(pipeline, alerts);
      hasSaveFailed = false;
    } catch (error) {
      if (!hasSaveFailed) warn(`cannot store open alerts: ${errorMessage(error)}`);
      hasSaveFailed = true;
    }
  };

  const update = (transform: (before: Alerts) => Alerts): Promise<void> => {
    lastUpdate = lastUpdate.then(async () => {
      const before = await readKnown();
      alerts = before;
      // Nearly always nothing changes, which needs no lock.
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

  const listPending = async ({ name }: Channel): Promise<readonly PendingNotification[]> => {
    await lastUpdate;
    return pendingNotifications(await readKnown(), settings.rules, { pipeline, run, now: clock.now() }).filter(
      ({ channel }) => channel === name,
    );
  };

  const createQueue = (channel: Channel): ChannelQueue =>
    createChannelQueue({
      channel,
      pending: () => listPending(channel),
      onDelivered: (delivered) => update((before) => markNotified(before, delivered)),
      withLock: (work, sending) => withLock(pipeline, work, { channel: channel.name, signal: sending }),
      sendOptions: { ...sendTiming, clock, allowedHosts: options.allowedHosts },
      signal,
      finishTimeout: (remaining) => (remaining.some((one) => isNew(one, openedAt)) ? finishTimeout : repeatTimeout),
      warn,
    });
  const queues = settings.channels.map(createQueue);

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

/** Returns whether a notification is about a change since an instant; an older one has failed before. */
function isNew({ notification: { kind, alerts } }: PendingNotification, since: Instant): boolean {
  return kind === 'repeat' || alerts.some((alert) => (alert.resolvedAt ?? alert.startedAt) >= since);
}
