import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

import { systemClock } from '../core/clock.js';
import type { RunEvent } from '../core/events.js';
import { isoInstant, second } from '../core/time.js';
import { readEventLine } from '../lineage/event-line.js';
import type { CycleOutcome, StartWorker, WorkerEnd } from '../serve/worker.js';
import { acceptedPath } from './accepted-files.js';
import { exitCode } from './exit-code.js';
import { childrenOf } from './process-children.js';
import { collectorDescriptor } from './sent-events.js';
import type { Surroundings } from './surroundings.js';

/** So many of its last words are kept of a run, to explain how it ended. */
const mostWords = 12;

/**
 * Every run in a process of its own: what it leaks or breaks ends with it. It is `pipe run` with its events to us, so
 * whatever holds for a run by hand (lock, exit code, spool) holds here too.
 */
export function runProcesses(at: Surroundings): StartWorker {
  const [node, script] = [process.execPath, process.argv[1] ?? ''];
  return ({ pipeline, file, waits }, onEvent) => {
    const args = ['run', file, '--data', at.dataFolder, '--lineage', at.lineageFolder, '--no-color'];
    args.push(at.verbosity === 'debug' ? '--debug' : '--quiet', '--events-to', String(collectorDescriptor));
    args.push('--as-accepted', acceptedPath(at.dataFolder, pipeline));
    if (waits) args.push('--wait');
    // Only a clock that was set by hand has to be handed on.
    if (Math.abs(at.clock.now() - systemClock.now()) > second) args.push('--now', isoInstant(at.clock.now()));
    const child = spawn(node, [...process.execArgv, script, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: at.environment,
      // A Ctrl-C in the terminal is meant for the collector, which tells its runs itself.
      detached: true,
    });
    const words: string[] = [];
    let finished: Finished | null = null;
    let wasStopped = false;
    onLines(child.stderr, (line) => {
      words.push(line);
      if (words.length > mostWords) words.shift();
    });
    onLines(child.stdio[collectorDescriptor], (line) => {
      const event = readEventLine(line);
      if (event === null) return;
      if (event.type === 'run-finished') finished = event;
      onEvent(event);
    });
    const ended = new Promise<WorkerEnd>((resolve) => {
      child.on('error', (error) => resolve({ outcome: 'crashed', reason: error.message }));
      child.on('close', (code, signal) => {
        // Before it listens to signals a run has done nothing yet that would have to be ended well.
        const outcome = wasStopped && signal === 'SIGTERM' ? 'interrupted' : outcomeOf(code);
        const lastWords = wordsOf(words, outcome) ?? (signal === null ? null : `ended by ${signal}`);
        resolve({ outcome, reason: reasonOf(outcome, finished, lastWords) });
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
        const commands = childrenOf(child.pid);
        for (const leader of [child.pid, ...commands]) killGroup(leader);
      },
    };
  };
}

function onLines(stream: unknown, take: (line: string) => void): void {
  if (stream instanceof Readable) createInterface({ input: stream }).on('line', take);
}

function killGroup(leader: number): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

type Finished = Extract<RunEvent, { type: 'run-finished' }>;

/** Why a run ended as it did. It says so itself; only one that died before it could is taken at its last words. */
function reasonOf(outcome: CycleOutcome, finished: Finished | null, lastWords: string | null): string | null {
  if (outcome === 'ok' || outcome === 'interrupted') return finished?.reason ?? null;
  if (finished !== null && outcome !== 'crashed') return finished.reason ?? null;
  return finished?.reason ?? lastWords;
}

/** What a process said on its standard error; whoever is locked out need not be told what to do about it. */
function wordsOf(lines: readonly string[], outcome: CycleOutcome): string | null {
  const first = lines.findIndex((line) => line.startsWith('pipe: '));
  const said = lines.slice(Math.max(0, first), outcome === 'locked' ? first + 1 : lines.length);
  const text = said
    .join('\n')
    .replace(/^pipe: /, '')
    .trim();
  return text === '' ? null : text;
}

function outcomeOf(code: number | null): CycleOutcome {
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
