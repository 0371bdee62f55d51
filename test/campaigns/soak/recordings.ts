import type { RunEventBody } from '../../../src/core/events.js';
import { minute } from '../../../src/core/time/time.js';
import { parseEventLine } from '../../../src/lineage/records/event-line.js';
import type { StartWorker, WorkerEnd } from '../../../src/scheduler/worker.js';
import type { Rig } from '../../rig.js';
import type { VirtualClock } from '../../virtual-clock.js';
import { partialPipeline, getCycleTime, soakPipeline } from './soak-pipeline.js';

/** Event lines of real runs. */
export interface Recordings {
  /** A normal cycle, and one with an unavailable symbol. */
  readonly ok: readonly string[];
  readonly partial: readonly string[];
}

/** Records the second cycle of each pipeline; the first has more to do than later ones. */
export async function recordRuns(rig: Rig): Promise<Recordings> {
  await rig.write('soak.yaml', soakPipeline);
  await rig.write('ailing.yaml', partialPipeline);
  const second = async (file: string): Promise<readonly string[]> => {
    await rig.pipe('run', file, '--now', getCycleTime(0), '--quiet');
    const { stderr } = await rig.pipe('run', file, '--now', getCycleTime(1), '--debug');
    return stderr.trimEnd().split('\n');
  };
  return { ok: await second('soak.yaml'), partial: await second('ailing.yaml') };
}

/** Records a run at a source that is down: the circuit opens and the run ends without an answer. */
const providerDownEvents = [
  {
    type: 'request-retried',
    request: '1',
    task: 'quotes/SPY',
    attempt: 1,
    delay: 1,
    failure: 'retryable',
    message: 'no',
  },
  { type: 'breaker-changed', provider: 'mock', state: 'open', carriedOver: false },
] as const satisfies readonly RunEventBody[];

/**
 * Replays recordings as the runs of a collector: most succeed, one in ten has a failed symbol, and occasionally the source is
 * down. Each run has its own id, so that retained run ids show up as growth.
 */
export function replayRuns(clock: VirtualClock, { ok, partial }: Recordings): StartWorker {
  const readRunId = (lines: readonly string[]): string => /"runId":"([^"]+)"/.exec(lines[0] ?? '')?.[1] ?? '';
  const [okRunId, partialRunId] = [readRunId(ok), readRunId(partial)];
  let count = 0;
  return (_request, onEvent) => {
    count++;
    const id = `01a19cb5-0000-7000-8000-${String(count).padStart(12, '0')}`;
    const emitLine = (line: string): void => {
      const event = parseEventLine(line);
      if (event !== null) onEvent({ ...event, at: clock.now() });
    };
    const replay = (lines: readonly string[], recorded: string, end: WorkerEnd): WorkerEnd => {
      for (const line of lines) emitLine(line.replaceAll(recorded, id));
      return end;
    };
    const replayProviderDown = (end: WorkerEnd): WorkerEnd => {
      for (const event of providerDownEvents) emitLine(JSON.stringify({ at: 0, runId: id, ...event }));
      return end;
    };
    const end =
      count % 97 === 0
        ? replayProviderDown({ outcome: 'provider', reason: `mock cannot be reached (${id})` })
        : count % 10 === 0
          ? replay(partial, partialRunId, { outcome: 'partial', reason: `3 tasks failed in ${id}` })
          : replay(ok, okRunId, { outcome: 'ok', reason: null });
    const ended = clock.sleepUntil(clock.now() + minute / 60).then(() => end);
    return { ended, stop: () => undefined, kill: () => undefined };
  };
}
