import type { RunEventBody } from '../../../src/core/events.js';
import { minute } from '../../../src/core/time/time.js';
import { parseEventLine } from '../../../src/lineage/records/event-line.js';
import type { StartWorker, WorkerEnd } from '../../../src/scheduler/worker.js';
import type { Rig } from '../../rig.js';
import type { VirtualClock } from '../../virtual-clock.js';
import { partialPipeline, getCycleTime, soakPipeline } from './soak-pipeline.js';

/** What real runs said, line by line. */
export interface Recordings {
  /** A cycle like any other, and one with a symbol that cannot be had. */
  readonly ok: readonly string[];
  readonly partial: readonly string[];
}

/** Runs cycles for real and keeps what the second one of each pipeline said: the first has more to do than any later one. */
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

/** A source that is down is asked again and then left alone: the run ends without an answer. */
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
 * Replays recordings as the runs of a collector: most go well, one in ten has a symbol that fails, and once in a while the
 * source is down. Each says its events under an id of its own, so that whoever remembers runs is found out.
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
