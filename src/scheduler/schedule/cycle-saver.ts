import type { Schedule } from '../../config/pipeline/pipeline.js';
import { errorMessage } from '../../platform/error-message.js';
import type { CycleState } from './cycles.js';
import { computeScheduleKey } from './cycle-store.js';
import type { CycleStore, SavedCycles } from './cycle-store.js';

interface NamedSchedule {
  readonly name: string;
  readonly schedule: Schedule;
}

/** Saves the latest state; one that is superseded while an earlier one is being written is skipped. A failure is reported. */
export interface CycleSaver {
  /** Resolves when this state, or a later one, is saved. */
  save(pipeline: NamedSchedule, state: CycleState): Promise<void>;
  /** Resolves when every state is saved. */
  flush(): Promise<void>;
}

export function createCycleSaver(store: CycleStore, onError: (pipeline: string, message: string) => void): CycleSaver {
  let saving: Promise<void> = Promise.resolve();
  let pending: { readonly name: string; readonly saved: SavedCycles } | null = null;
  const savePending = async (): Promise<void> => {
    if (pending === null) return;
    const { name, saved } = pending;
    pending = null;
    try {
      await store.write(name, saved);
    } catch (error) {
      onError(name, errorMessage(error));
    }
  };
  return {
    flush: () => saving,
    save({ name, schedule }, state) {
      const isScheduled = pending !== null;
      pending = { name, saved: { schedule: computeScheduleKey(schedule), state } };
      if (!isScheduled) saving = saving.then(savePending);
      return saving;
    },
  };
}
