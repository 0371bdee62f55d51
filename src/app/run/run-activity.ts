import type { RequestId } from '../../core/request.js';
import type { RunEvent } from '../../core/events.js';
import { pluralize } from '../../platform/format.js';

/** What a run is doing, for the user who stops it. */
export interface RunActivity {
  handle(event: RunEvent): void;
  /** Names what has to end before the run can stop. */
  describe(): string;
}

export function createRunActivity(): RunActivity {
  const inFlight = new Set<RequestId>();
  const customSteps = new Set<string>();
  let phase: 'planning' | 'working' | 'finished' = 'planning';
  return {
    handle(event) {
      if (event.type === 'request-sent') inFlight.add(event.request);
      else if (event.type === 'request-completed' || event.type === 'request-retried') inFlight.delete(event.request);
      else if (event.type === 'task-started' && event.symbol === null) customSteps.add(event.step);
      else if (event.type === 'task-finished' && event.symbol === null) customSteps.delete(event.step);
      else if (event.type === 'planned') phase = 'working';
      else if (event.type === 'run-finished') phase = 'finished';
    },
    describe() {
      if (phase === 'finished') return 'notifications and the report';
      if (inFlight.size > 0) return `${pluralize(inFlight.size, 'request')} in flight`;
      if (customSteps.size > 0) return `the step ${[...customSteps].join(', ')}`;
      return phase === 'planning' ? 'the plan' : 'the commit of what was received';
    },
  };
}
