import { execa } from 'execa';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { inject } from 'vitest';

import { callInPool } from './command-pool.js';

/** The built command. */
const command = join(import.meta.dirname, '../dist/main.js');

/** Options of one call of the command. */
export interface CallOptions {
  /** Variables besides those of the rig; the environment of the tests is not inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; empty by default. */
  readonly input?: string;
  /** The working folder, relative to the project; the project's folder by default. */
  readonly folder?: string;
  /** Milliseconds after which a call that hangs is killed and the test fails. */
  readonly timeout?: number;
  /** Runs the call in a new process, as users do, instead of one that has run other calls. */
  readonly newProcess?: boolean;
}

/** The result of a call. */
export interface CallResult {
  /** Null if a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A call in progress. */
export interface RunningCall {
  readonly pid: number;
  /** The output so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when either output contains the text or matches; rejects if the call ends first. */
  waitForOutput(what: string | RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly result: Promise<CallResult>;
}

type CallArguments = readonly string[] | readonly [...string[], CallOptions];

/** A temporary project folder and the real command to use in it. */
export interface Rig {
  /** The project's folder, without symbolic links in its path. */
  readonly folder: string;
  path(...parts: readonly string[]): string;
  /** Writes a file and creates its folders. */
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
  /** The files below a folder, sorted, with `/` between the parts. */
  files(path?: string): Promise<readonly string[]>;
  /**
   * Calls the command and waits for its end, with any exit code. Processes that have the command loaded run the calls
   * in turn, unless a call requests a new process, reads standard input or sets options of Node.
   */
  pipe(...args: CallArguments): Promise<CallResult>;
  /** Starts the command in a new process, for tests that interrupt it. */
  spawn(...args: CallArguments): RunningCall;
  /** The text with `<project>` for the folder and `<run 1>`, `<run 2>`, … for run ids in the order in which they appear. */
  normalize(text: string): string;
  /** Kills running calls and removes the folder; called automatically after the last test of a file. */
  close(): Promise<void>;
}

const openRigs = new Set<Rig>();

/** Called after the last test of each file. */
export async function closeRigs(): Promise<void> {
  for (const rig of openRigs) await rig.close();
}

/** Ends a call that hangs; far above what a slow and busy machine needs. */
const defaultTimeout = 300_000;

/** Creates a project in a new temporary folder. `PIPE_TEST_KEEP=1` keeps the folder for inspection. */
export async function createRig(): Promise<Rig> {
  const pool = inject('commandPool');
  if (pool === null) throw new Error('dist/ is older than src/ and could not be built: see the errors above');
  const home = await realpath(await mkdtemp(join(tmpdir(), 'pipe-test-')));
  const folder = join(home, 'project');
  await Promise.all([folder, join(home, 'home'), join(home, 'tmp')].map((path) => mkdir(path)));
  const running = new Set<RunningCall>();
  const path = (...parts: readonly string[]): string => join(folder, ...parts);

  const spawn = (...args: CallArguments): RunningCall => {
    const { words, options } = splitArguments(args);
    const call = startCall(words, {
      cwd: path(options.folder ?? '.'),
      env: { ...createEnvironment(home), ...options.env },
      input: options.input ?? '',
      timeout: options.timeout ?? defaultTimeout,
    });
    running.add(call);
    const untrack = (): void => void running.delete(call);
    call.result.then(untrack, untrack);
    return call;
  };

  const callInWarmProcess = async (words: readonly string[], options: CallOptions): Promise<CallResult> => {
    const env = { ...createEnvironment(home), ...options.env };
    const timeout = AbortSignal.timeout(options.timeout ?? defaultTimeout);
    return callInPool(pool, { words, cwd: path(options.folder ?? '.'), env }, timeout);
  };

  const rig: Rig = {
    folder,
    path,
    spawn,
    pipe(...args) {
      const { words, options } = splitArguments(args);
      const needsProcess = options.input !== undefined || options.env?.['NODE_OPTIONS'] !== undefined;
      return (options.newProcess ?? needsProcess) ? spawn(...args).result : callInWarmProcess(words, options);
    },
    async write(file, text) {
      await mkdir(dirname(path(file)), { recursive: true });
      await writeFile(path(file), text);
    },
    read: (file) => readFile(path(file), 'utf8'),
    async files(below = '.') {
      const entries = await readdir(path(below), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(path(below), join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
        .sort();
    },
    normalize: (text) => normalizeOutput(text, folder),
    async close() {
      openRigs.delete(rig);
      for (const call of running) call.kill('SIGKILL');
      await Promise.allSettled([...running].map((call) => call.result));
      if (process.env['PIPE_TEST_KEEP'] !== '1')
        await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
  openRigs.add(rig);
  return rig;
}

/** The same on every machine: no colours, UTC, one language, and the rig's own home and temporary folders. */
function createEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: join(home, 'home'),
    TMPDIR: join(home, 'tmp'),
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
  };
}

function splitArguments(args: CallArguments): { readonly words: readonly string[]; readonly options: CallOptions } {
  const words: string[] = [];
  let options: CallOptions = {};
  for (const one of args) {
    if (typeof one === 'string') words.push(one);
    else options = one;
  }
  return { words, options };
}

interface SpawnOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  readonly timeout: number;
}

function startCall(words: readonly string[], options: SpawnOptions): RunningCall {
  const child = execa(process.execPath, [command, ...words], {
    ...options,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    killSignal: 'SIGKILL',
    cleanup: true,
  });
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      for (const listener of listeners) listener();
    });
  }

  const result = child.then((end): CallResult => {
    for (const listener of listeners) listener();
    const output = `stdout:\n${said.stdout}\nstderr:\n${said.stderr}`;
    if (end.timedOut) throw new Error(`pipe ${words.join(' ')} did not end within ${options.timeout} ms\n${output}`);
    if (end.exitCode === undefined && end.signal === undefined) {
      throw new Error(`pipe ${words.join(' ')} could not be called: ${end.message}`);
    }
    return { exitCode: end.exitCode ?? null, signal: end.signal ?? null, stdout: end.stdout, stderr: end.stderr };
  });

  return {
    pid: child.pid ?? 0,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    kill: (signal) => void child.kill(signal),
    result,
    waitForOutput: (what) =>
      new Promise((resolve, reject) => {
        const hasMatch = (): boolean => [said.stdout, said.stderr].some((text) => matches(text, what));
        const listener = (): void => {
          if (!hasMatch()) return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
        listener();
        const ended = (): void => {
          if (hasMatch()) return;
          reject(new Error(`pipe ${words.join(' ')} ended without saying ${what}\n${said.stdout}${said.stderr}`));
        };
        result.then(ended, ended);
      }),
  };
}

function matches(text: string, what: string | RegExp): boolean {
  return typeof what === 'string' ? text.includes(what) : what.test(text);
}

/** A UUID of version 7. */
const runId = /\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g;

/** The text without what differs between test runs: the project's path and the ids of its runs. */
export function normalizeOutput(text: string, folder: string): string {
  const seen: string[] = [];
  return text.replaceAll(folder, '<project>').replace(runId, (id) => {
    if (!seen.includes(id)) seen.push(id);
    return `<run ${seen.indexOf(id) + 1}>`;
  });
}
