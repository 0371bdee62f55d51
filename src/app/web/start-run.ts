import { spawn } from 'node:child_process';

import { parseEventLine } from '../../lineage/records/event-line.js';
import { createLineReader } from './line-reader.js';
import { RequestProblem } from '../../web/server/routes.js';
import type { RunRequest } from '../../web/server/actions.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { collectorFd } from '../run/event-pipe.js';
import { programCommand } from '../this-program.js';

/** Starts runs on the command of a page. */
export interface RunStarter {
  /** Resolves with the id of the run when it has its lock and its plan; rejects if it ended before. */
  start(pipeline: Pipeline, request: RunRequest): Promise<string>;
}

/** The last lines of stderr that explain how a run ended. */
const maxLines = 12;

/**
 * Each run is a process of its own: `pipe run` with its lock, so that neither two pages nor a page and a schedule run a pipeline at
 * once. It continues when the server stops.
 */
export function createRunStarter(ctx: AppContext): RunStarter {
  const starting = new Set<string>();
  return {
    async start(pipeline, request) {
      if (starting.has(pipeline.name))
        throw new RequestProblem(
          409,
          `a run of ${pipeline.name} is being started`,
          'wait for it; Now shows its progress',
        );
      starting.add(pipeline.name);
      try {
        return await startRun(buildArguments(pipeline, request, ctx), ctx);
      } finally {
        starting.delete(pipeline.name);
      }
    },
  };
}

function buildArguments(pipeline: Pipeline, request: RunRequest, ctx: AppContext): readonly string[] {
  const { symbols, steps, from, to, retry } = request;
  // With `=`, a name that begins with a dash stays a value.
  return [
    'run',
    pipeline.file,
    `--data=${ctx.dataFolder}`,
    `--lineage=${ctx.lineageFolder}`,
    '--no-color',
    '--quiet',
    `--events-fd=${String(collectorFd)}`,
    ...(symbols === null ? [] : [`--symbols=${symbols.join(',')}`]),
    ...(steps === null ? [] : [`--steps=${steps.join(',')}`]),
    ...(from === null ? [] : [`--from=${from}`]),
    ...(to === null ? [] : [`--to=${to}`]),
    ...(retry === null ? [] : [`--retry-${retry}`]),
  ];
}

function startRun(args: readonly string[], ctx: AppContext): Promise<string> {
  const [node, ...nodeArgs] = programCommand(args);
  const child = spawn(node, nodeArgs, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: ctx.environment,
    // A signal for the server must not reach the run.
    detached: true,
  });
  const lines: string[] = [];
  createLineReader(child.stderr, (line) => {
    lines.push(line);
    if (lines.length > maxLines) lines.shift();
  });
  return new Promise((resolve, reject) => {
    createLineReader(child.stdio[collectorFd], (line) => {
      const event = parseEventLine(line);
      if (event !== null) resolve(event.runId);
    });
    child.on('error', (error) => reject(new RequestProblem(500, `the run could not be started: ${error.message}`)));
    child.on('close', (code) => reject(explainEnd(code, lines)));
  });
}

function explainEnd(code: number | null, lines: readonly string[]): RequestProblem {
  const first = lines.findIndex((line) => line.startsWith('pipe: '));
  const [message = '', hint = null] = lines.slice(Math.max(0, first));
  const text = message.replace(/^pipe: /, '').trim();
  const reason = text === '' ? `the run ended with exit code ${String(code)} before it started` : text;
  return new RequestProblem(
    code === exitCode.locked ? 409 : code === exitCode.usage ? 400 : 500,
    reason,
    hint?.trim() ?? null,
  );
}
