import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

import { systemClock } from '../../core/time/clock.js';
import type { RunFinished } from '../../core/events.js';
import { formatInstant, second } from '../../core/time/time.js';
import { parseEventLine } from '../../lineage/records/event-line.js';
import type { CycleOutcome, StartWorker, WorkerEnd } from '../../scheduler/worker.js';
import { definitionPath } from '../pipeline/definition-snapshot.js';
import { exitCode } from '../exit-code.js';
import { listChildren } from '../../platform/process-children.js';
import { signalGroup } from '../../platform/process-group.js';
import { collectorFd } from '../run/event-pipe.js';
import type { AppContext } from '../context.js';
import { endScenarioRuns } from '../providers/scenario-run.js';
import { programCommand } from '../this-program.js';

/** The last lines of stderr that are kept to explain how a run ended. */
const maxStderrLines = 12;

/**
 * Starts every run in a process of its own, which contains its leaks and crashes. The process is `pipe run` with its events on
 * a pipe, so that lock, exit code and spool are the same as in a manual run.
 */
export function createProcessWorkers(ctx: Omit<AppContext, 'definition'>, isDebug: boolean): StartWorker {
  const collectorStart = formatInstant(ctx.clock.now());
  endScenarioRuns(ctx.dataFolder);
  return ({ pipeline, file, waitForLock }, onEvent) => {
    const args = ['run', file, '--data', ctx.dataFolder, '--lineage', ctx.lineageFolder, '--no-color'];
    args.push(isDebug ? '--debug' : '--quiet', '--events-fd', String(collectorFd));
    args.push('--definition', definitionPath(ctx.dataFolder, pipeline), '--collector-start', collectorStart);
    if (waitForLock) args.push('--wait');
    // A clock that was set with --now is handed on.
    if (Math.abs(ctx.clock.now() - systemClock.now()) > second) args.push('--now', formatInstant(ctx.clock.now()));
    const [node, ...nodeArgs] = programCommand(args);
    const child = spawn(node, nodeArgs, {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: ctx.environment,
      // A Ctrl-C in the terminal must reach the collector only, which stops its runs itself.
      detached: true,
    });
    const stderrLines: string[] = [];
    let finished: RunFinished | null = null;
    let wasStopped = false;
    onLines(child.stderr, (line) => {
      stderrLines.push(line);
      if (stderrLines.length > maxStderrLines) stderrLines.shift();
    });
    onLines(child.stdio[collectorFd], (line) => {
      const event = parseEventLine(line);
      if (event === null) return;
      if (event.type === 'run-finished') finished = event;
      onEvent(event);
    });
    const ended = new Promise<WorkerEnd>((resolve) => {
      child.on('error', (error) => resolve({ outcome: 'crashed', reason: error.message }));
      child.on('close', (code, signal) => {
        // A run that has not installed its signal handlers yet has nothing to save, and ends by the signal itself.
        const outcome = signal === 'SIGTERM' || signal === 'SIGINT' ? 'cancelled' : toOutcome(code, finished);
        const lastMessage = extractMessage(stderrLines, outcome) ?? (signal === null ? null : `ended by ${signal}`);
        // The collector knows why it stopped a run.
        const isUnexplained = outcome === 'cancelled' && finished === null && !wasStopped;
        resolve({ outcome, reason: isUnexplained ? lastMessage : explainEnd(outcome, finished, lastMessage) });
      });
    });
    return {
      ended,
      stop() {
        wasStopped = true;
        child.kill('SIGTERM');
      },
      kill() {
        if (child.pid === undefined) return;
        void killRun(child.pid);
      },
    };
  };
}

/** Kills a run with its commands, which have process groups of their own and would continue without a time limit. */
async function killRun(pid: number): Promise<void> {
  const commands = await listChildren(pid);
  for (const leader of [pid, ...commands]) signalGroup(leader, 'SIGKILL');
}

function onLines(stream: unknown, onLine: (line: string) => void): void {
  if (stream instanceof Readable) createInterface({ input: stream }).on('line', onLine);
}

/** Explains the end of a run: by its own reason, or by its last output if it died without one. */
function explainEnd(outcome: CycleOutcome, finished: RunFinished | null, lastMessage: string | null): string | null {
  if (outcome === 'ok' || outcome === 'cancelled') return finished?.reason ?? null;
  if (finished !== null && outcome !== 'crashed') return finished.reason ?? null;
  return finished?.reason ?? lastMessage;
}

/** Extracts the error message from stderr, without the hint if another run held the lock. */
function extractMessage(lines: readonly string[], outcome: CycleOutcome): string | null {
  const first = lines.findIndex((line) => line.startsWith('pipe: '));
  const relevantLines = lines.slice(Math.max(0, first), outcome === 'locked' ? first + 1 : lines.length);
  const text = relevantLines
    .join('\n')
    .replace(/^pipe: /, '')
    .trim();
  return text === '' ? null : text;
}

function toOutcome(code: number | null, finished: RunFinished | null): CycleOutcome {
  switch (code) {
    case exitCode.done:
      return 'ok';
    case exitCode.someFailed:
      return finished?.status === 'failed' ? 'failed' : 'partial';
    case exitCode.provider:
      return 'provider';
    case exitCode.storage:
      return 'storage';
    case exitCode.locked:
      return 'locked';
    case exitCode.usage:
      return 'invalid-pipeline';
    case exitCode.interrupted:
    case exitCode.terminated:
      return 'cancelled';
    default:
      return 'crashed';
  }
}
