import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

import { systemClock } from '../../core/time/clock.js';
import type { RunEvent } from '../../core/events.js';
import { formatInstant, second } from '../../core/time/time.js';
import { parseEventLine } from '../../lineage/records/event-line.js';
import type { CycleOutcome, StartWorker, WorkerEnd } from '../../scheduler/worker.js';
import { definitionPath } from '../pipeline/definition-snapshot.js';
import { exitCode } from '../exit-code.js';
import { listChildren } from '../../platform/process-children.js';
import { collectorFd } from '../run/event-pipe.js';
import type { CliContext } from '../cli-context.js';

/** So many of its last words are kept of a run, to explain how it ended. */
const maxStderrLines = 12;

/**
 * Every run in a process of its own: what it leaks or breaks ends with it. It is `pipe run` with its events to us, so
 * whatever holds for a run by hand (lock, exit code, spool) holds here too.
 */
export function createProcessWorkers(ctx: CliContext): StartWorker {
  const [node, script] = [process.execPath, process.argv[1] ?? ''];
  return ({ pipeline, file, waitForLock }, onEvent) => {
    const args = ['run', file, '--data', ctx.dataFolder, '--lineage', ctx.lineageFolder, '--no-color'];
    args.push(ctx.verbosity === 'debug' ? '--debug' : '--quiet', '--events-to', String(collectorFd));
    args.push('--as-accepted', definitionPath(ctx.dataFolder, pipeline));
    if (waitForLock) args.push('--wait');
    // Only a clock that was set by hand has to be handed on.
    if (Math.abs(ctx.clock.now() - systemClock.now()) > second) args.push('--now', formatInstant(ctx.clock.now()));
    const child = spawn(node, [...process.execArgv, script, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: ctx.environment,
      // A Ctrl-C in the terminal is meant for the collector, which tells its runs itself.
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
        // Before it listens to signals a run has done nothing yet that would have to be ended well.
        const outcome = wasStopped && signal === 'SIGTERM' ? 'interrupted' : toOutcome(code);
        const lastMessage = extractMessage(stderrLines, outcome) ?? (signal === null ? null : `ended by ${signal}`);
        resolve({ outcome, reason: explainEnd(outcome, finished, lastMessage) });
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
        // Commands that it runs lead groups of their own and would go on without anybody to limit their time.
        const commands = listChildren(child.pid);
        for (const leader of [child.pid, ...commands]) killGroup(leader);
      },
    };
  };
}

function onLines(stream: unknown, onLine: (line: string) => void): void {
  if (stream instanceof Readable) createInterface({ input: stream }).on('line', onLine);
}

function killGroup(leader: number): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

type RunFinished = Extract<RunEvent, { type: 'run-finished' }>;

/** Why a run ended as it did. It says so itself; only one that died before it could is taken at its last words. */
function explainEnd(outcome: CycleOutcome, finished: RunFinished | null, lastMessage: string | null): string | null {
  if (outcome === 'ok' || outcome === 'interrupted') return finished?.reason ?? null;
  if (finished !== null && outcome !== 'crashed') return finished.reason ?? null;
  return finished?.reason ?? lastMessage;
}

/** What a process said on its standard error; whoever is locked out need not be told what to do about it. */
function extractMessage(lines: readonly string[], outcome: CycleOutcome): string | null {
  const first = lines.findIndex((line) => line.startsWith('pipe: '));
  const relevantLines = lines.slice(Math.max(0, first), outcome === 'locked' ? first + 1 : lines.length);
  const text = relevantLines
    .join('\n')
    .replace(/^pipe: /, '')
    .trim();
  return text === '' ? null : text;
}

function toOutcome(code: number | null): CycleOutcome {
  switch (code) {
    case exitCode.done:
      return 'ok';
    case exitCode.someFailed:
      return 'partial';
    case exitCode.provider:
      return 'provider';
    case exitCode.storage:
      return 'storage';
    case exitCode.locked:
      return 'locked';
    case exitCode.usage:
      return 'refused';
    case exitCode.interrupted:
    case exitCode.terminated:
      return 'interrupted';
    default:
      return 'crashed';
  }
}
