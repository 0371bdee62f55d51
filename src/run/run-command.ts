import { execa } from 'execa';
import type { Clock } from '../core/clock.js';
import { durationText } from '../core/words.js';
import { second } from '../core/time.js';
import type { Duration } from '../core/time.js';

/** A command with everything that it may know. */
export interface Command {
  readonly words: readonly string[];
  readonly folder: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  /** What must not appear in anything that is told of it. */
  readonly secrets: readonly string[];
}

/** How long it may take to end by itself once it is asked to. */
const grace = 2 * second;

/** How much of its complaints is kept, and how much of that is told. */
const kept = 65_536;
const told = { lines: 5, characters: 1_000 };

/**
 * Runs a command without a shell. Null when it has ended well, otherwise the reason in words. When its time is up, or the
 * signal aborts, it is ended with everything that it has started.
 */
export async function runCommand(command: Command, clock: Clock, signal: AbortSignal): Promise<string | null> {
  const [program = '', ...args] = command.words;
  let complaints = '';
  const fate = { timedOut: false };
  const over = new AbortController();
  const child = execa(program, args, {
    cwd: command.folder === '' ? '.' : command.folder,
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
    complaints = `${complaints}${text}`.slice(-kept);
  });
  // What it leaves behind may hold the pipe open for ever.
  child.once('exit', () => {
    setTimeout(() => child.stderr.destroy(), 200).unref();
  });
  const end = (): void => {
    endGroup(child.pid, 'SIGTERM');
    clock.sleepUntil(clock.now() + grace, over.signal).then(
      () => {
        endGroup(child.pid, 'SIGKILL');
      },
      () => undefined,
    );
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  clock.sleepUntil(clock.now() + command.timeout, over.signal).then(
    () => {
      fate.timedOut = true;
      end();
    },
    () => undefined,
  );
  try {
    const result = await child;
    // Children that outlive a command which was ended go with it.
    if (fate.timedOut || signal.aborted) endGroup(child.pid, 'SIGKILL');
    if (fate.timedOut) return withComplaints(`took longer than ${durationText(command.timeout)}`);
    if (signal.aborted) return 'the run was stopped';
    if (result.code === 'ENOENT') return `there is no program ${masked(program)}, or no folder ${command.folder}`;
    if (result.code === 'EACCES') return `${masked(program)} may not be run: permission denied`;
    if (result.signal !== undefined) return withComplaints(`was ended by ${result.signal}`);
    if (result.exitCode === 0) return null;
    return withComplaints(`ended with exit code ${String(result.exitCode ?? result.code ?? 'none')}`);
  } finally {
    over.abort();
    signal.removeEventListener('abort', end);
  }

  function withComplaints(reason: string): string {
    const lines = masked(complaints)
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
    const last = lines.slice(-told.lines).join('\n').slice(-told.characters);
    return last === '' ? reason : `${reason}: ${last}`;
  }

  function masked(text: string): string {
    return command.secrets.reduce((masking, secret) => masking.replaceAll(secret, '***'), text);
  }
}

function endGroup(pid: number | undefined, how: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, how);
  } catch {
    // It has ended by itself.
  }
}
