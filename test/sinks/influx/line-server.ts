import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server that takes the line protocol, with its data in a temporary folder. */
export interface LineServer {
  readonly url: string;
  /** Ends the server at once, as a machine that loses power. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts InfluxDB 1. */
export function startInfluxDb(influxd: string): Promise<LineServer> {
  return startServer(influxd, async (folder, [port, rpcPort]) => {
    const config = join(folder, 'influxdb.conf');
    await writeFile(
      config,
      `reporting-disabled = true
bind-address = "127.0.0.1:${String(rpcPort)}"
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
[http]
bind-address = "127.0.0.1:${String(port)}"
log-enabled = false
[monitor]
store-enabled = false
`,
    );
    return ['run', '-config', config];
  });
}

export function startVictoriaMetrics(program: string): Promise<LineServer> {
  return startServer(program, (folder, [port]) =>
    Promise.resolve([
      `-httpListenAddr=127.0.0.1:${String(port)}`,
      `-storageDataPath=${folder}/data`,
      '-retentionPeriod=100y',
    ]),
  );
}

/** Starts QuestDB, whose jar is run by `java`. */
export function startQuestDb(jar: string): Promise<LineServer> {
  return startServer('java', async (folder, [port, minPort]) => {
    const settings = {
      'http.bind.to': `127.0.0.1:${String(port)}`,
      'http.min.enabled': 'false',
      'pg.enabled': 'false',
      'line.tcp.enabled': 'false',
      'telemetry.enabled': 'false',
      'http.min.bind.to': `127.0.0.1:${String(minPort)}`,
    };
    await mkdir(join(folder, 'conf'), { recursive: true });
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(folder, 'conf/server.conf'), lines.join(''));
    return ['-p', jar, '-m', 'io.questdb/io.questdb.ServerMain', '-d', folder];
  });
}

async function startServer(
  program: string,
  configure: (folder: string, ports: readonly [number, number]) => Promise<readonly string[]>,
): Promise<LineServer> {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-lines-'));
  const ports = [await findFreePort(), await findFreePort()] as const;
  const url = `http://127.0.0.1:${String(ports[0])}`;
  const parameters = await configure(folder, ports);
  let server: ChildProcess | null = null;

  async function start(): Promise<void> {
    const started = spawn(program, parameters, { cwd: folder, stdio: 'ignore' });
    server = started;
    for (;;) {
      const isUp = await fetch(`${url}/ping`).then(
        (response) => response.status === 204,
        () => false,
      );
      if (isUp) return;
      if (started.exitCode !== null) throw new Error(`${program} ended at its start`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  async function kill(): Promise<void> {
    const running = server;
    server = null;
    if (running?.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  }

  await start();
  return {
    url,
    kill,
    start,
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
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
