import type { Clock } from '../core/clock.js';
import { minute, second } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';
import type { LaneView } from './lane.js';
import type { ServeEvent } from './serve-event.js';

/** What judging the pipelines of a collector takes. */
export interface JudgingParts {
  readonly clock: Clock;
  /** The pipelines there are now. */
  readonly lanes: () => readonly LaneView[];
  /** Judges one; what it cannot do it says itself. */
  readonly judge: (lane: LaneView) => Promise<void>;
  /** When it aborts nothing more is judged. */
  readonly stopping: AbortSignal;
}

/** Judges pipelines again and again for what no run is there to see: that there was none. */
export interface Judging {
  /** Takes an event of the collector; never waits, never throws. */
  take(event: ServeEvent): void;
  /** Resolves when nothing is being judged any more. */
  readonly done: Promise<void>;
}

const judgeEvery: Duration = minute;

/** However often something happens to a pipeline, it is not judged sooner than this after the last time. */
const shortestPause: Duration = 5 * second;

export function openJudging({ clock, lanes, judge, stopping }: JudgingParts): Judging {
  const openedAt = clock.now();
  /** When each pipeline is judged next, and when it last was. */
  const next = new Map<string, Instant>();
  const last = new Map<string, Instant>();
  const underWay = new Map<string, Promise<void>>();
  let wake = new AbortController();

  /** Each for itself: a channel that answers late holds up its own pipeline and no other. */
  const begin = (lane: LaneView): void => {
    const { name } = lane.pipeline;
    if (underWay.has(name)) return;
    const judging = judge(lane).finally(() => {
      underWay.delete(name);
    });
    underWay.set(name, judging);
    last.set(name, clock.now());
    next.set(name, clock.now() + judgeEvery);
  };

  const round = (): Instant => {
    let soonest = clock.now() + judgeEvery;
    const there = lanes();
    for (const lane of there) {
      const { name } = lane.pipeline;
      // What is due at the start of the collector is given time to begin.
      const due = next.get(name) ?? openedAt + judgeEvery;
      if (due <= clock.now()) begin(lane);
      else soonest = Math.min(soonest, due);
    }
    const names = new Set(there.map(({ pipeline }) => pipeline.name));
    for (const known of [next, last]) for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    return soonest;
  };

  const live = async (): Promise<void> => {
    const isOver = (): boolean => stopping.aborted;
    const stop = (): void => wake.abort();
    stopping.addEventListener('abort', stop, { once: true });
    while (!isOver()) {
      const soonest = round();
      await clock.sleepUntil(soonest, wake.signal).catch((error: unknown) => {
        if (!wake.signal.aborted) throw error;
      });
      if (wake.signal.aborted) wake = new AbortController();
    }
    stopping.removeEventListener('abort', stop);
    await Promise.all(underWay.values());
  };

  return {
    done: live(),
    take(event) {
      if (!isBad(event)) return;
      const at = Math.max(clock.now(), (last.get(event.pipeline) ?? -Infinity) + shortestPause);
      next.set(event.pipeline, Math.min(at, next.get(event.pipeline) ?? Infinity));
      wake.abort();
    },
  };
}

/** Whether a due time has passed without having been run well. */
function isBad(event: ServeEvent): event is Extract<ServeEvent, { type: 'cycles-missed' | 'cycle-ended' }> {
  return event.type === 'cycles-missed' || (event.type === 'cycle-ended' && event.outcome !== 'ok');
}
