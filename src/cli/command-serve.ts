import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import type { Command } from 'commander';

import { parseDuration } from '../core/duration.js';
import { isoInstant, second } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { acquireLock } from '../lake/lock.js';
import type { Lock } from '../lake/lock.js';
import { diskFiles } from '../lineage/files.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { catalogue } from '../serve/catalogue.js';
import { openCollector } from '../serve/collector.js';
import { cycleStore, serveFolder } from '../serve/cycle-store.js';
import { exposition } from '../serve/exposition.js';
import { healthOf } from '../serve/health.js';
import { openServer } from '../serve/http-server.js';
import type { CollectorServer } from '../serve/http-server.js';
import type { Judging } from '../serve/judging.js';
import type { LaneView } from '../serve/lane.js';
import { meters } from '../serve/meters.js';
import { metricFamilies } from '../serve/metrics.js';
import type { ServeEvent } from '../serve/serve-event.js';
import { statusDocument } from '../serve/status-document.js';
import { acceptedPath, keepAccepted } from './accepted-files.js';
import { calendarNamed } from './calendars.js';
import { budgetFigures } from './budget-figures.js';
import { collectorFile } from './collector-file.js';
import type { FollowingFile } from './collector-file.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { lakeFigures } from './lake-figures.js';
import { prepareLineageFolder } from './lineage-folder.js';
import type { RunAction } from './run-action.js';
import { runProcesses } from './run-process.js';
import { leftAlone } from './left-alone.js';
import { newRunId } from './run-id.js';
import { serveJudging } from './serve-judging.js';
import { serveSignals } from './serve-signals.js';
import { serveWords } from './serve-words.js';
import { servedFiles } from './served-files.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';
import { version } from './version.js';

/** Where and how long, checked. */
interface Settings {
  readonly host: string;
  /** Null when it answers nobody. */
  readonly port: number | null;
  readonly grace: Duration;
  readonly json: boolean;
}

interface Flags {
  readonly port: string;
  readonly host: string;
  readonly http: boolean;
  readonly grace: string;
  readonly json?: boolean;
}

export function defineServe(command: Command, run: RunAction): void {
  command
    .command('serve')
    .description('Run pipelines when they are due, until it is stopped')
    .argument('[pipelines...]', 'pipeline files, or folders of them; pipelines/ when left out')
    .option('--port <number>', 'where health and metrics are asked for; 0 for any', '9108')
    .option('--host <address>', 'where to listen; others than this machine see everything', '127.0.0.1')
    .option('--no-http', 'answer nobody')
    .option('--grace <duration>', 'how long runs may take to end when the collector is stopped', '30s')
    .option('--json', 'every event as a JSON line on stdout')
    .action((files: readonly string[], flags: Flags) => run((at) => serve(files, flags, at)));
}

async function serve(named: readonly string[], flags: Flags, at: Surroundings): Promise<ExitCode> {
  const files = named.length === 0 ? ['pipelines'] : named;
  for (const file of files) {
    if (!existsSync(file))
      throw new Stop(exitCode.usage, `there is no ${file}`, 'name pipeline files, or a folder of them');
  }
  const grace = parseDuration(flags.grace);
  if (!grace.ok)
    throw new Stop(exitCode.usage, `--grace ${flags.grace}: ${grace.error.message}`, grace.error.suggestion);
  const port = flags.http ? portOf(flags.port) : null;
  const settings = { host: flags.host, port, grace: grace.value, json: flags.json === true };
  await prepareLineageFolder(at.lineageFolder);
  const lock = await collectorLock(at);
  try {
    return await serveLocked(files, settings, at);
  } finally {
    await lock.release();
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Stop(exitCode.usage, `--port ${text} is not a port`, 'a number from 0 to 65535, such as 9108');
}

/** One collector a lake: two would run the same due times, and neither would know what the other has missed. */
async function collectorLock(at: Surroundings): Promise<Lock> {
  const holder = { runId: newRunId(at.clock.now()), command: ['pipe', ...process.argv.slice(2)].join(' ') };
  // No pipeline can be called so.
  const lock = await acquireLock({ folder: at.dataFolder, name: '(collector)', clock: at.clock, holder, wait: null });
  if (lock.ok) return lock.value;
  const { pid, host, since } = lock.error.holder;
  throw new Stop(
    exitCode.locked,
    `another collector serves this lake: process ${String(pid)} on ${host}, since ${isoInstant(since)}`,
    'see: pipe status',
  );
}

async function serveLocked(files: readonly string[], settings: Settings, at: Surroundings): Promise<ExitCode> {
  const { clock } = at;
  const say = (event: ServeEvent): void => {
    if (settings.json) process.stdout.write(`${JSON.stringify(event)}\n`);
    else {
      const words = serveWords(event, at.notePaint);
      if (words !== null) at.note(`${isoInstant(event.at).slice(0, 19)}Z  ${words}`);
    }
  };
  const counted = meters();
  for (const breaker of await leftAlone(at.dataFolder, clock.now())) counted.inherit(breaker);
  const source = servedFiles(files, at);
  const figures = lakeFigures(at, (message) =>
    at.note(at.notePaint('warn', `the lake could not be looked at: ${message}`)),
  );
  const signals = serveSignals();
  const following: FollowingFile[] = [];
  let judging: Judging | null = null;
  const emit = (event: ServeEvent): void => {
    counted.take(event);
    judging?.take(event);
    say(event);
    if (event.type === 'cycle-ended') figures.renew();
    if (event.type !== 'run-event' || event.event.type === 'breaker-changed') {
      for (const file of following) file.renew();
    }
  };
  const collector = await openCollector({
    clock,
    calendar: calendarNamed,
    store: cycleStore(at.dataFolder, diskFiles),
    start: runProcesses(at),
    accept: (pipeline) => keepAccepted(acceptedPath(at.dataFolder, pipeline.name), source.textsOf(pipeline)),
    catalogue: catalogue(source),
    lookEvery: second,
    grace: settings.grace,
    stopping: signals.stopping,
    stopped: signals.stopped,
    emit,
  });
  const over = new AbortController();
  const lanes = (): readonly LaneView[] => collector.view().lanes;
  const served = (): readonly Pipeline[] => lanes().flatMap(({ pipeline }) => source.pipelineOf(pipeline) ?? []);
  let server: CollectorServer | null = null;
  const document = (): Readonly<Record<string, unknown>> =>
    statusDocument(
      { pid: process.pid, host: hostname(), address: server?.address ?? null },
      collector.view(),
      counted,
      clock.now(),
    );
  const note = collectorFile(join(serveFolder(at.dataFolder), 'collector.json'), document);
  try {
    if (lanes().length === 0) {
      throw new Stop(
        exitCode.usage,
        'none of the pipelines can be served',
        'give one a schedule, such as `schedule: { every: 5m }`',
      );
    }
    if (settings.port !== null) {
      server = await listen(settings.host, settings.port, {
        health: () => healthOf(collector.view(), counted, clock.now()),
        status: document,
        metrics: async () => {
          const view = collector.view();
          const now = clock.now();
          return exposition(
            metricFamilies({
              now,
              version: version(),
              view,
              meters: counted,
              tables: figures.tables(),
              budgets: await budgetFigures(served(), at),
              healthy: healthOf(view, counted, now).unready.length === 0,
              residentBytes: process.memoryUsage.rss(),
            }),
          );
        },
      });
      if (!settings.json) at.note(`health and metrics at ${server.address}`);
      else process.stdout.write(`${JSON.stringify({ at: clock.now(), type: 'listening', address: server.address })}\n`);
    }
    figures.renew();
    following.push(note);
    note.renew();
    judging = serveJudging({ lanes, files: source, emit, stopping: over.signal }, at);
    signals.stopping.addEventListener('abort', () => over.abort(), { once: true });
    await collector.done;
    return signals.received() ?? exitCode.done;
  } catch (error) {
    signals.abort();
    await collector.done;
    throw error;
  } finally {
    over.abort();
    await judging?.done;
    signals.dispose();
    await server?.close();
    await note.finish();
    await rm(join(serveFolder(at.dataFolder), 'collector.json'), { force: true });
  }
}

async function listen(host: string, port: number, answers: Parameters<typeof openServer>[2]): Promise<CollectorServer> {
  try {
    return await openServer(host, port, answers);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Stop(
      exitCode.usage,
      `cannot listen on ${host}:${String(port)}: ${reason}`,
      'choose another one with --port, or --port 0 for any; --no-http does without',
    );
  }
}
