import type { Schedule } from '../../config/pipeline/pipeline.js';
import { errorMessage } from '../../platform/error-message.js';
import type { CycleState } from './cycles.js';
import { computeScheduleKey } from './cycle-store.js';
import type { CycleStore } from './cycle-store.js';

interface NamedSchedule {
  readonly name: string;
  readonly schedule: Schedule;
}

/** Saves states one after the other; a failure is reported. */
export interface CycleSaver {
  save(pipeline: NamedSchedule, state: CycleState): Promise<void>;
  /** Resolves when every state is saved. */
  flush(): Promise<void>;
}

export function createCycleSaver(store: CycleStore, onError: (pipeline: string, message: string) => void): CycleSaver {
  let saving: Promise<void> = Promise.resolve();
  return {
    flush: () => saving,
    save({ name, schedule }, state) {
      const saved = { schedule: computeScheduleKey(schedule), state };
      saving = saving
        .then(() => store.write(name, saved))
        .catch((error: unknown) => onError(name, errorMessage(error)));
      return saving;
    },
  };
}
