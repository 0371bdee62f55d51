import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import type { Socket } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/** One command line, with the working folder and environment to run it in. */
export interface PooledCall {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface PooledResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Pool {
  /** The address that `callInPool` connects to. */
  readonly address: string;
  close(): void;
}

interface Waiting {
  readonly call: PooledCall;
  readonly client: Socket;
}

/** A process that has the command loaded and runs one call at a time. */
interface Worker {
  readonly child: ChildProcess;
  calls: number;
  current: { readonly client: Socket; stdout: string; stderr: string } | null;
}

/** More processes than cores, because calls also wait for disks and sockets. */
const maxWorkers = availableParallelism() + 2;

/** A process is replaced after this many calls, which bounds its memory. */
const maxCalls = 100;

const script = join(import.meta.dirname, 'warm-command.js');

/** Opens a pool of processes that have the built command loaded, shared by all test files of a run. */
export function openCommandPool(): Pool {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-pool-'));
  const address =
    process.platform === 'win32' ? `\\\\.\\pipe\\pipe-pool-${String(process.pid)}` : join(folder, 'socket');
  const workers = new Set<Worker>();
  const queue: Waiting[] = [];

  const finish = (worker: Worker, end: { readonly exitCode: number | null; readonly signal: string | null }): void => {
    const { current } = worker;
    worker.current = null;
    if (current !== null)
      current.client.end(JSON.stringify({ ...end, stdout: current.stdout, stderr: current.stderr }));
    if (worker.calls >= maxCalls) retire(worker);
    dispatch();
  };
  const retire = (worker: Worker): void => {
    workers.delete(worker);
    worker.child.kill('SIGKILL');
  };
  const start = (): Worker => {
    const child = fork(script, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
    const worker: Worker = { child, calls: 0, current: null };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        if (worker.current !== null) worker.current[stream] += text;
      });
    }
    child.on('message', (message: { stream?: 'stdout' | 'stderr'; text?: string; exitCode?: number }) => {
      if (message.stream !== undefined) {
        if (worker.current !== null) worker.current[message.stream] += message.text ?? '';
      } else if (message.exitCode !== undefined) finish(worker, { exitCode: message.exitCode, signal: null });
    });
    child.on('close', (exitCode, signal) => {
      workers.delete(worker);
      finish(worker, { exitCode, signal });
    });
    workers.add(worker);
    return worker;
  };
  const dispatch = (): void => {
    while (queue.length > 0) {
      const idle = [...workers].find(({ current }) => current === null) ?? (workers.size < maxWorkers ? start() : null);
      const next = idle === null ? undefined : queue.shift();
      if (idle === null || next === undefined) return;
      const { call, client } = next;
      idle.calls += 1;
      idle.current = { client, stdout: '', stderr: '' };
      // A caller that timed out closes its socket: its call is ended.
      client.once('close', () => {
        if (idle.current?.client === client) retire(idle);
      });
      idle.child.send(call);
    }
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    let text = '';
    client.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (!text.endsWith('\n')) return;
      queue.push({ call: JSON.parse(text) as PooledCall, client });
      dispatch();
    });
    client.on('error', () => client.destroy());
  });
  server.listen(address);

  return {
    address,
    close() {
      server.close();
      for (const worker of workers) retire(worker);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a call in a pool that another process has opened; the signal ends the call. */
export async function callInPool(address: string, call: PooledCall, signal: AbortSignal): Promise<PooledResult> {
  const socket = connect({ path: address });
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop);
  try {
    socket.setEncoding('utf8').write(`${JSON.stringify(call)}\n`);
    let text = '';
    for await (const part of socket) text += String(part);
    signal.throwIfAborted();
    return JSON.parse(text) as PooledResult;
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}
