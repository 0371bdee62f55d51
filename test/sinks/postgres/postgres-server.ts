import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL server of its own in a temporary folder. */
export interface PostgresServer {
  readonly port: number;
  /** The address of a database, which is created. */
  createDatabase(): Promise<string>;
  query(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Kills every process of the server at once, as a machine that loses power. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** The children of a killed server end within seconds, on a slow machine within a minute. */
const maxStarts = 200;

/** Starts a server; `initdb` is the path of that program. The server refuses to run as root, so that another user runs it then. */
export async function startPostgres(initdb: string): Promise<PostgresServer> {
  const bin = dirname(realpathSync(initdb));
  const folder = await mkdtemp(join(tmpdir(), 'pipe-pg-'));
  const user = process.getuid?.() === 0 ? findUser('postgres') : null;
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const options = { ...(user ?? {}), cwd: folder, env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', TZ: 'UTC' } };
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'tester', '-A', 'trust', '-E', 'UTF8', '--locale', 'C', '-N'], {
    ...options,
    stdio: 'ignore',
  });
  const port = await findFreePort();
  let server: ChildProcess | null = null;
  const address = (database: string): string => `postgres://tester@127.0.0.1:${String(port)}/${database}`;

  const connect = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };

  function spawnServer(): ChildProcess {
    const settings = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
      'fsync=off',
      'shared_buffers=64MB',
    ];
    return spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
      { ...options, stdio: 'ignore', detached: true },
    );
  }

  async function start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      if (await tryToStart()) return;
      if (attempt === maxStarts) throw new Error('the PostgreSQL server ended at its start');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  /** Returns false for a server that ends at its start, as long as children of a killed one use the memory that they share. */
  async function tryToStart(): Promise<boolean> {
    const started = spawnServer();
    server = started;
    for (;;) {
      try {
        await connect(address('postgres'), (client) => client.query('SELECT 1'));
        return true;
      } catch {
        if (started.exitCode !== null) return false;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
  }

  async function kill(): Promise<void> {
    const running = server;
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    // Its children notice the death of the postmaster by themselves.
    process.kill(running.pid, 'SIGKILL');
    await ended;
    server = null;
  }

  await start();
  let databases = 0;
  return {
    port,
    async createDatabase() {
      const name = `test_${String(++databases)}`;
      await connect(address('postgres'), (client) => client.query(`CREATE DATABASE ${name}`));
      return address(name);
    },
    query: (url, sql) => connect(url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows),
    kill,
    start,
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

function findUser(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
