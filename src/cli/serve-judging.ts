import { openJudging } from '../serve/judging.js';
import type { Judging } from '../serve/judging.js';
import type { LaneView } from '../serve/lane.js';
import type { ServeEvent } from '../serve/serve-event.js';
import { judgeAlerts } from './judge-alerts.js';
import { runStarts } from './run-starts.js';
import type { ServedFiles } from './served-files.js';
import type { Surroundings } from './surroundings.js';

/** What the collector gives to have its pipelines judged. */
export interface ServeJudgingParts {
  readonly lanes: () => readonly LaneView[];
  /** Has the version of each pipeline that is served, whatever its file says by now. */
  readonly files: Pick<ServedFiles, 'pipelineOf'>;
  readonly emit: (event: ServeEvent) => void;
  readonly stopping: AbortSignal;
}

/** Judges the alerts of all that is served, and never fails: what it cannot do it says once, until it can again. */
export function serveJudging({ lanes, files, emit, stopping }: ServeJudgingParts, at: Surroundings): Judging {
  const starts = runStarts(at);
  const complaints = new Map<string, string>();

  const judge = async ({ pipeline: served, next }: LaneView): Promise<void> => {
    const pipeline = files.pipelineOf(served);
    // One that has had all its cycles misses none.
    if (pipeline === null || next === null || pipeline.telling.alerts === null) return;
    const { name } = served;
    const words: string[] = [];
    const warn = (message: string): void => void words.push(message);
    try {
      await starts.look();
      const lastStart = await starts.last(name);
      await judgeAlerts(pipeline, { command: 'pipe serve', lastStart, warn, signal: stopping }, at);
    } catch (error) {
      warn(error instanceof Error ? error.message : String(error));
    }
    const message = words.join('; ');
    if (message === '' || stopping.aborted) complaints.delete(name);
    else if (complaints.get(name) !== message) {
      complaints.set(name, message);
      emit({ at: at.clock.now(), type: 'alerts-untold', pipeline: name, message });
    }
  };

  return openJudging({ clock: at.clock, lanes, judge, stopping });
}
