import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { systemClock } from '../core/clock.js';
import type { RunEvent } from '../core/events.js';
import { isoInstant, second } from '../core/time.js';
import { readEventLine } from '../lineage/event-line.js';
import type { CycleOutcome, StartWorker, WorkerEnd } from '../serve/worker.js';
import { acceptedPath } from './accepted-files.js';
import { exitCode } from './exit-code.js';
import { childrenOf } from './process-children.js';
import type { Surroundings } from './surroundings.js';

/** So many of its last words are kept of a run, to explain how it ended. */
const mostWords = 12;

/**
 * Every run in a process of its own: what it leaks or breaks ends with it. It is `pipe run` with its events as lines, so
 * whatever holds for a run by hand (lock, exit code, spool) holds here too.
 */
export function runProcesses(at: Surroundings): StartWorker {
  const [node, script] = [process.execPath, process.argv[1] ?? ''];
  return ({ pipeline, file, waits }, onEvent) => {
    const args = ['run', file, '--data', at.dataFolder, '--lineage', at.lineageFolder, '--debug', '--no-color'];
    args.push('--as-accepted', acceptedPath(at.dataFolder, pipeline));
    if (waits) args.push('--wait');
    // Only a clock that was set by hand has to be handed on.
    if (Math.abs(at.clock.now() - systemClock.now()) > second) args.push('--now', isoInstant(at.clock.now()));
    const child = spawn(node, [...process.execArgv, script, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: at.environment,
      // A Ctrl-C in the terminal is meant for the collector, which tells its runs itself.
      detached: true,
    });
    const words: string[] = [];
    let fatal: string | null = null;
    let wasStopped = false;
    createInterface({ input: child.stderr }).on('line', (line) => {
      const event = readEventLine(line);
      if (event === null) {
        words.push(line);
        if (words.length > mostWords) words.shift();
        return;
      }
      fatal = reasonIn(event) ?? fatal;
      onEvent(event);
    });
    const ended = new Promise<WorkerEnd>((resolve) => {
      child.on('error', (error) => resolve({ outcome: 'crashed', reason: error.message }));
      child.on('close', (code, signal) => {
        // Before it listens to signals a run has done nothing yet that would have to be ended well.
        const outcome = wasStopped && signal === 'SIGTERM' ? 'interrupted' : outcomeOf(code);
        const said = words.join('\n').trim();
        const killed = signal === null ? null : `ended by ${signal}`;
        resolve({ outcome, reason: outcome === 'ok' ? null : (fatal ?? (said === '' ? killed : said)) });
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

function killGroup(leader: number): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function reasonIn(event: RunEvent): string | null {
  return event.type === 'run-finished' ? (event.reason ?? null) : null;
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
