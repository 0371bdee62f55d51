import { execa } from 'execa';
import type { Clock } from '../core/time/clock.js';
import { humanizeDuration } from '../platform/format.js';
import { second } from '../core/time/time.js';
import type { Duration } from '../core/time/time.js';

/** A command with everything that it may know. */
export interface ProcessCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  /** What must not appear in anything that is told of it. */
  readonly secrets: readonly string[];
}

/** How long it may take to end by itself once it is asked to. */
const killGrace = 2 * second;

/** How much of its complaints is kept, and how much of that is told. */
const maxStderrLength = 65_536;
const stderrTail = { lines: 5, characters: 1_000 };

/**
 * Runs a command without a shell. Null when it has ended well, otherwise the reason in words. When its time is up, or the
 * signal aborts, it is ended with everything that it has started.
 */
export async function runProcess(command: ProcessCommand, clock: Clock, signal: AbortSignal): Promise<string | null> {
  const [program = '', ...args] = command.argv;
  let stderr = '';
  const state = { timedOut: false };
  const finished = new AbortController();
  const child = execa(program, args, {
    cwd: command.cwd === '' ? './' : command.cwd,
    env: command.env,
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    // A group of its own, so that it can be ended with all its children.
    detached: true,
  });
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-maxStderrLength);
  });
  // What it leaves behind may hold the pipe open for ever.
  child.once('exit', () => {
    setTimeout(() => child.stderr.destroy(), 200).unref();
  });
  const terminate = (): void => {
    killGroup(child.pid, 'SIGTERM');
    clock.sleepUntil(clock.now() + killGrace, finished.signal).then(
      () => {
        killGroup(child.pid, 'SIGKILL');
      },
      () => undefined,
    );
  };
  signal.addEventListener('abort', terminate);
  if (signal.aborted) terminate();
  clock.sleepUntil(clock.now() + command.timeout, finished.signal).then(
    () => {
      state.timedOut = true;
      terminate();
    },
    () => undefined,
  );
  try {
    const result = await child;
    // Children that outlive a command which was ended go with it.
    if (state.timedOut || signal.aborted) killGroup(child.pid, 'SIGKILL');
    if (state.timedOut) return withStderr(`took longer than ${humanizeDuration(command.timeout)}`);
    if (signal.aborted) return 'the run was stopped';
    if (result.code === 'ENOENT') return `there is no program ${redactSecrets(program)}, or no folder ${command.cwd}`;
    if (result.code === 'EACCES') return `${redactSecrets(program)} may not be run: permission denied`;
    if (result.signal !== undefined) return withStderr(`was ended by ${result.signal}`);
    if (result.exitCode === 0) return null;
    return withStderr(`ended with exit code ${String(result.exitCode ?? result.code ?? 'none')}`);
  } finally {
    finished.abort();
    signal.removeEventListener('abort', terminate);
  }

  function withStderr(reason: string): string {
    const lines = redactSecrets(stderr)
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
    const last = lines.slice(-stderrTail.lines).join('\n').slice(-stderrTail.characters);
    return last === '' ? reason : `${reason}: ${last}`;
  }

  function redactSecrets(text: string): string {
    return command.secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text);
  }
}

function killGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended by itself.
  }
}
