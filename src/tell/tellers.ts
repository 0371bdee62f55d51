import { join } from 'node:path';

import type { Clock } from '../core/clock.js';
import type { RunEvent } from '../core/events.js';
import type { RunId } from '../core/request.js';
import { second } from '../core/time.js';
import type { LakeReader } from '../lake/contract.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { AlertName } from '../pipeline/telling.js';
import { reportFold } from '../report/fold.js';
import { reportDocument } from '../report/json.js';
import { alarm } from './alarm.js';
import type { Alarm } from './alarm.js';
import { changesOf } from './alert-change.js';
import type { AlertChange } from './alert-change.js';
import { noAlerts } from './alert-state.js';
import { alertStore } from './alert-store.js';
import type { Exclusively } from './alert-store.js';
import { subjectsOf } from './alert-subjects.js';
import type { TellFiles } from './files.js';
import type { Redact } from '../core/redact.js';
import { runPanels } from './run-panels.js';
import { staleChains } from './stale-chains.js';
import { watch } from './watch.js';
import { ownerOfPanels, writePanels } from './write-panels.js';

/** Tells the outside what happens in a run: log, hooks, alerts and panels. Nothing of it fails a run. */
export interface Tellers {
  /** Takes an event; never waits, never throws. */
  take(event: RunEvent): void;
  /** Waits for the hooks before a run and before its first request; then says why the run must not go on, or null. */
  ready(): Promise<string | null>;
  /** Everything is told, or given up and warned of. Safe to call twice. */
  finish(): Promise<void>;
}

/** What telling needs of a run. */
export interface TellerOptions {
  readonly runId: RunId;
  readonly clock: Clock;
  /** The folder of the lake. */
  readonly lake: string;
  readonly reader: Pick<LakeReader, 'state' | 'statistics'>;
  readonly files: TellFiles;
  readonly exclusively: Exclusively;
  /** Hides what must not appear anywhere. */
  readonly redact: Redact;
  /** Whether the log takes everything, whatever its level. */
  readonly everything: boolean;
  /** When it aborts, the run is to end soon, and telling with it. */
  readonly stopping: AbortSignal;
  /** Told, as a warning of the run, what could not be told to others. */
  readonly warn: (message: string) => void;
}

/** What there is nobody to tell of is not even loaded. */
export async function tellers(pipeline: Pipeline, options: TellerOptions): Promise<Tellers> {
  const { telling, name } = pipeline;
  const { clock, files, reader, redact } = options;
  const warn = (message: string): void => {
    options.warn(redact(message));
  };
  const log = telling.logs === null ? null : await openLog();
  const { stopping } = options;
  const [silence, over] = [new AbortController(), new AbortController()];
  const fold = reportFold();
  const panels = runPanels();
  const hooks = telling.hooks.hooks.length === 0 ? null : await openHooks();
  const watching = telling.alerts === null ? null : openAlarm(telling.alerts);
  const unusable = (telling.alerts?.channels ?? []).filter((channel) => channel.kind === 'unusable');
  let isOver = false;
  let ended: RunEvent | null = null;

  async function openLog() {
    const { log: open } = await import('./log.js');
    const settings = { pipeline: name, everything: options.everything, redact, onTrouble: warn };
    return telling.logs === null ? null : open({ ...settings, settings: telling.logs });
  }

  async function openHooks() {
    const { hooks: open } = await import('./hooks.js');
    return open({
      settings: telling.hooks,
      pipeline: name,
      warn,
      stopping,
      giveUp: over.signal,
      log: (end) => log?.hookEnded(end, clock.now()),
      report: () => {
        const report = fold.report();
        return report === null ? null : reportDocument(report);
      },
    });
  }

  function openAlarm(settings: NonNullable<typeof telling.alerts>) {
    const store = alertStore(options.lake, files);
    const own = alarm({
      pipeline: name,
      settings,
      isSubject: subjectsOf(pipeline),
      run: options.runId,
      store,
      exclusively: options.exclusively,
      clock,
      signal: silence.signal,
      warn,
      repeatWithin: longestRepeat,
    });
    const equitySteps = new Set(pipeline.steps.filter(({ uses }) => uses === 'equity').map((step) => step.name));
    return { alarm: own, find: watch({ rules: settings.rules, equitySteps }) };
  }

  const staleNow = async (): Promise<readonly AlertChange[]> => {
    const rules = (telling.alerts?.rules ?? []).filter(({ on }) => on === 'stale_option_chains');
    if (rules.length === 0 || !pipeline.steps.some(({ uses }) => uses === 'chains')) return [];
    const state = await reader.state();
    const now = clock.now();
    return rules.flatMap((rule) => changesOf(rule, staleChains(pipeline, state, rule.olderThan, now)));
  };

  const settle = async (own: Alarm): Promise<void> => {
    own.note(await staleNow().catch(unlessTold('the age of option chains is not known', [])));
    await own.settle();
  };

  const showPanels = async (folder: string): Promise<void> => {
    const report = fold.report();
    if (report === null) return;
    const alerts = (await watching?.alarm.settle()) ?? noAlerts;
    const content = {
      report,
      panels,
      tables: await reader.statistics(),
      alerts: [...alerts.values()],
      now: clock.now(),
    };
    const owner = await ownerOfPanels(folder, files);
    await writePanels(folder, content, files, redact);
    if (owner !== null && owner !== name) {
      const own = `panels: { folder: ${join(folder, name)} }`;
      warn(
        `${join(folder, 'status.json')} was last written by ${owner}: give each pipeline a folder of its own: ${own}`,
      );
    }
  };

  /** What telling cannot read or write must not fail a run that has gone well. */
  function unlessTold<T>(what: string, instead: T): (error: unknown) => T {
    return (error) => {
      warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return instead;
    };
  }

  return {
    take(event) {
      log?.take(event);
      fold.add(event);
      panels.take(event);
      // What is run at the end of a run is run when its panels are there to be read.
      if (event.type === 'run-finished') ended = event;
      else hooks?.take(event);
      if (watching === null) return;
      if (event.type === 'run-started')
        for (const { name: channel, why } of unusable) warn(`the channel ${channel} is left out: ${why}`);
      const changes = watching.find(event);
      watching.alarm.note(changes);
      // Some things cannot wait for the end of a long run.
      if (changes.some(isUrgent)) watching.alarm.tell();
    },
    ready: async () => (await hooks?.ready()) ?? null,
    async finish() {
      if (isOver) return;
      isOver = true;
      const timers: NodeJS.Timeout[] = [];
      const hurry = (): void => {
        timers.push(
          setTimeout(() => silence.abort(), lastWords),
          setTimeout(() => over.abort(), lastHooks),
        );
      };
      stopping.addEventListener('abort', hurry, { once: true });
      if (stopping.aborted) hurry();
      if (ended !== null && watching !== null) await settle(watching.alarm);
      if (ended !== null && telling.panels !== null)
        await showPanels(telling.panels.folder).catch(unlessTold('the panels cannot be written', undefined));
      if (ended !== null) hooks?.take(ended);
      await Promise.all([watching?.alarm.finish(), hooks?.finish()]);
      stopping.removeEventListener('abort', hurry);
      for (const timer of timers) clearTimeout(timer);
      await log?.flush();
    },
  };
}

/** In a run that was told to stop: how long messages may go on, which can be sent another time … */
const lastWords = 1.5 * second;

/** … and hooks, which cannot be run another time. Whoever stops a run does not wait for slow ones. */
const lastHooks = 5 * second;

/** A channel that is down must not make every run of a busy schedule wait for it at length. */
const longestRepeat = 2 * second;

const urgent: ReadonlySet<AlertName> = new Set(['api_circuit_breaker_open', 'data_integrity_failure', 'error_rate']);

function isUrgent({ kind, rule }: AlertChange): boolean {
  return kind === 'raise' && urgent.has(rule.on);
}
