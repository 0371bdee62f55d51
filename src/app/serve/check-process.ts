import { spawn } from 'node:child_process';

import { formatInstant, second } from '../../core/time/time.js';
import { systemClock } from '../../core/time/clock.js';
import { isRecord, parseJson } from '../../platform/json.js';
import type { CheckSummary } from '../../scheduler/serve-event.js';
import type { AppContext } from '../context.js';
import { definitionPath } from '../pipeline/definition-snapshot.js';
import { programCommand } from '../this-program.js';

type CheckContext = Pick<AppContext, 'clock' | 'dataFolder' | 'lineageFolder' | 'environment'>;

/** The last characters of stderr that are kept to explain how a check ended. */
const maxStderr = 2_000;

/**
 * Checks the lake in a process of its own, as `pipe check` does: it may take minutes and much memory. The process raises and
 * resolves the alerts of the pipeline.
 */
export function checkInProcess(pipeline: string, signal: AbortSignal, ctx: CheckContext): Promise<CheckSummary> {
  const startedAt = ctx.clock.now();
  const args = ['check', '--json', '--data', ctx.dataFolder, '--lineage', ctx.lineageFolder, '--no-color', '--quiet'];
  args.push('--definition', definitionPath(ctx.dataFolder, pipeline));
  // A clock that was set with --now is handed on.
  if (Math.abs(startedAt - systemClock.now()) > second) args.push('--now', formatInstant(startedAt));
  const [node, ...nodeArgs] = programCommand(args);
  return new Promise((resolve) => {
    const child = spawn(node, nodeArgs, { stdio: ['ignore', 'pipe', 'pipe'], env: ctx.environment, detached: true });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-maxStderr)));
    const finish = (problem: string): void => {
      signal.removeEventListener('abort', stop);
      const findings = countFindings(stdout);
      const durationMs = ctx.clock.now() - startedAt;
      resolve({ startedAt, durationMs, findings, problem: findings === null ? problem : null });
    };
    child.on('error', (error) => finish(error.message));
    child.on('close', (code, killedBy) => {
      const message = stderr.trim().split('\n', 1)[0] ?? '';
      finish(message === '' ? `the check ended with ${killedBy ?? `exit code ${String(code)}`}` : message);
    });
  });
}

/** The findings of the document that a check prints; null for another text. */
function countFindings(text: string): CheckSummary['findings'] {
  const document = parseJson(text);
  if (!isRecord(document) || !Array.isArray(document['findings'])) return null;
  const severities = document['findings'].map((finding: unknown) => (isRecord(finding) ? finding['severity'] : null));
  const count = (wanted: string): number => severities.filter((severity) => severity === wanted).length;
  return { errors: count('error'), warnings: count('warning') };
}
