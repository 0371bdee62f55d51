import type { RunEventBody } from '../../src/core/events.js';
import { minute } from '../../src/core/time.js';
import { readEventLine } from '../../src/lineage/event-line.js';
import type { StartWorker, WorkerEnd } from '../../src/serve/worker.js';
import type { Rig } from '../rig.js';
import type { VirtualClock } from '../virtual-clock.js';
import { ailingPipeline, momentOf, soakPipeline } from './soak-pipeline.js';

/** What real runs said, line by line. */
export interface Recordings {
  /** A cycle like any other, and one with a symbol that cannot be had. */
  readonly usual: readonly string[];
  readonly ailing: readonly string[];
}

/** Runs cycles for real and keeps what the second one of each pipeline said: the first has more to do than any later one. */
export async function recordRuns(rig: Rig): Promise<Recordings> {
  await rig.write('soak.yaml', soakPipeline);
  await rig.write('ailing.yaml', ailingPipeline);
  const second = async (file: string): Promise<readonly string[]> => {
    await rig.pipe('run', file, '--now', momentOf(0), '--quiet');
    const { stderr } = await rig.pipe('run', file, '--now', momentOf(1), '--debug');
    return stderr.trimEnd().split('\n');
  };
  return { usual: await second('soak.yaml'), ailing: await second('ailing.yaml') };
}

/** A source that is down is asked again and then left alone: the run ends without an answer. */
const whenDown = [
  {
    type: 'request-retried',
    request: '1',
    task: 'quotes/SPY',
    attempt: 1,
    delay: 1,
    failure: 'retryable',
    message: 'no',
  },
  { type: 'breaker-changed', provider: 'mock', state: 'open' },
] as const satisfies readonly RunEventBody[];

/**
 * Replays recordings as the runs of a collector: most go well, one in ten has a symbol that fails, and once in a while the
 * source is down. Each says its events under an id of its own, so that whoever remembers runs is found out.
 */
export function replayedRuns(clock: VirtualClock, { usual, ailing }: Recordings): StartWorker {
  const idIn = (lines: readonly string[]): string => /"runId":"([^"]+)"/.exec(lines[0] ?? '')?.[1] ?? '';
  const [idOfUsual, idOfAiling] = [idIn(usual), idIn(ailing)];
  let count = 0;
  return (_order, onEvent) => {
    count++;
    const id = `01a19cb5-0000-7000-8000-${String(count).padStart(12, '0')}`;
    const say = (line: string): void => {
      const event = readEventLine(line);
      if (event !== null) onEvent({ ...event, at: clock.now() });
    };
    const replay = (lines: readonly string[], recorded: string, end: WorkerEnd): WorkerEnd => {
      for (const line of lines) say(line.replaceAll(recorded, id));
      return end;
    };
    const breakDown = (end: WorkerEnd): WorkerEnd => {
      for (const event of whenDown) say(JSON.stringify({ at: 0, runId: id, ...event }));
      return end;
    };
    const end =
      count % 97 === 0
        ? breakDown({ outcome: 'provider', reason: `mock cannot be reached (${id})` })
        : count % 10 === 0
          ? replay(ailing, idOfAiling, { outcome: 'partial', reason: `3 tasks failed in ${id}` })
          : replay(usual, idOfUsual, { outcome: 'ok', reason: null });
    const ended = clock.sleepUntil(clock.now() + minute / 60).then(() => end);
    return { ended, stop: () => undefined, kill: () => undefined };
  };
}
