import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { second } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { readLocks } from '../lake/lock.js';
import { diskFiles } from '../lineage/files.js';
import { catalogue } from '../serve/catalogue.js';
import { openCollector } from '../serve/collector.js';
import type { Collector } from '../serve/collector.js';
import { cycleStore, serveFolder } from '../serve/cycle-store.js';
import type { CollectorServer } from '../serve/http-server.js';
import type { Judging } from '../serve/judging.js';
import type { LaneView, OtherRun, ServedPipeline } from '../serve/lane.js';
import { meters } from '../serve/meters.js';
import type { ServeEvent } from '../serve/serve-event.js';
import { acceptedPath, keepAccepted } from './accepted-files.js';
import { calendarNamed } from './calendars.js';
import { collectorAnswers } from './collector-answers.js';
import { collectorFile } from './collector-file.js';
import { collectorLog } from './collector-log.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { lakeFigures } from './lake-figures.js';
import { leftAlone } from './left-alone.js';
import { nothingServed } from './nothing-served.js';
import { runProcesses } from './run-process.js';
import { serveJudging } from './serve-judging.js';
import { serveSignals } from './serve-signals.js';
import { serveVoice } from './serve-voice.js';
import { servedFiles } from './served-files.js';
import type { Surroundings } from './surroundings.js';

/** Where and how long, checked. */
export interface CollectSettings {
  readonly host: string;
  /** Null when it answers nobody. */
  readonly port: number | null;
  readonly grace: Duration;
  readonly json: boolean;
}

/** Collects until there is nothing more to collect or a signal comes, and answers with what the process is to exit with. */
export async function collect(
  named: readonly string[],
  settings: CollectSettings,
  at: Surroundings,
): Promise<ExitCode> {
  const { clock } = at;
  const say = serveVoice(settings.json, at);
  const counted = meters();
  for (const breaker of await leftAlone(at.dataFolder, clock.now())) counted.inherit(breaker);
  const source = servedFiles(named, at);
  const warn = (message: string): void => at.note(at.notePaint('warn', message));
  const figures = lakeFigures(at, (message) => warn(`the lake could not be looked at: ${message}`));
  const logs = collectorLog(at, warn);
  const unscheduled: string[] = [];
  let collector: Collector | null = null;
  let judging: Judging | null = null;
  let server: CollectorServer | null = null;

  const lanes = (): readonly LaneView[] => collector?.view().lanes ?? [];
  const answers = collectorAnswers(
    {
      view: () => collector?.view() ?? null,
      meters: counted,
      figures,
      served: () => lanes().flatMap(({ pipeline }) => source.pipelineOf(pipeline) ?? []),
    },
    at,
  );
  const path = join(serveFolder(at.dataFolder), 'collector.json');
  const note = collectorFile(path, () => answers.document());

  const emit = (event: ServeEvent): void => {
    if (event.type === 'pipeline-unscheduled') unscheduled.push(event.file);
    // One that had nothing to do does not stop.
    if (event.type === 'stopping' && judging === null) return;
    counted.take(event);
    judging?.take(event);
    logs.take(event);
    say(event);
    if (event.type === 'cycle-ended') figures.renew();
    if (judging !== null && (event.type !== 'run-event' || event.event.type === 'breaker-changed')) note.renew();
  };
  const accept = async (pipeline: ServedPipeline): Promise<void> => {
    await keepAccepted(acceptedPath(at.dataFolder, pipeline.name), {
      file: pipeline.file,
      texts: source.textsOf(pipeline),
    });
    const whole = source.pipelineOf(pipeline);
    if (whole !== null) logs.accept(whole);
  };

  const otherRun = async (pipeline: string): Promise<OtherRun | null> => {
    const locks = await readLocks(at.dataFolder);
    // Of a process on another machine only its own lock knows whether it lives.
    return locks.find(({ name, host }) => name === pipeline && host === hostname()) ?? null;
  };

  const signals = serveSignals();
  const over = new AbortController();
  try {
    // Before anything is begun: where another one listens nothing is.
    if (settings.port !== null) server = await answers.listen(settings.host, settings.port);
    collector = await openCollector({
      clock,
      calendar: calendarNamed,
      store: cycleStore(at.dataFolder, diskFiles),
      start: runProcesses(at),
      otherRun,
      accept,
      catalogue: catalogue(source),
      lookEvery: second,
      grace: settings.grace,
      stopping: signals.stopping,
      stopped: signals.stopped,
      emit,
    });
    if (lanes().length === 0) throw nothingServed(named, collector.view().refused, unscheduled);
    if (server !== null) sayAddress(server.address, settings, at);
    judging = serveJudging({ lanes, files: source, emit, stopping: over.signal }, at);
    figures.renew();
    note.renew();
    signals.stopping.addEventListener('abort', () => over.abort(), { once: true });
    await collector.done;
    return signals.received() ?? exitCode.done;
  } catch (error) {
    signals.abort();
    await collector?.done;
    throw error;
  } finally {
    over.abort();
    await judging?.done;
    signals.dispose();
    await server?.close();
    await logs.flush();
    await note.finish();
    await rm(path, { force: true });
  }
}

function sayAddress(address: string, { json }: CollectSettings, at: Surroundings): void {
  if (!json) at.note(`health and metrics at ${address}`);
  else process.stdout.write(`${JSON.stringify({ at: at.clock.now(), type: 'listening', address })}\n`);
}
