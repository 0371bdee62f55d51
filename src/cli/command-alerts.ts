import type { Command } from 'commander';

import { isoInstant } from '../core/time.js';
import { durationText, plural } from '../core/words.js';
import { diskFiles } from '../lineage/files.js';
import { columns } from '../report/columns.js';
import { alertStore } from '../tell/alert-store.js';
import { deliver } from '../tell/deliver.js';
import { testNotice } from '../tell/notice.js';
import { openAlerts } from '../tell/write-panels.js';
import type { OpenAlert } from '../tell/write-panels.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { judgeAlerts } from './judge-alerts.js';
import { lastStartOf } from './missed-runs.js';
import { loadOrStop, pipelineFile } from './pipeline-file.js';
import type { RunAction } from './run-action.js';
import { redactorFor } from './secrets.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

interface Flags {
  readonly json?: boolean;
}

export function defineAlerts(command: Command, run: RunAction): void {
  const alerts = command
    .command('alerts')
    .description('List what is wrong according to the alert rules; test channels; judge what no run can tell')
    .option('--json', 'one JSON document on stdout')
    .action((flags: Flags) => run((at) => list(flags, at)));
  alerts
    .command('test')
    .description('Send a test message over a channel')
    .argument('<channel>', 'the name of a channel of the pipeline')
    .argument('[pipeline]', 'a pipeline file; the only one in pipelines/ when left out')
    .action((channel: string, file: string | undefined) => run((at) => test(channel, file, at)));
  alerts
    .command('check')
    .description('Judge without a run: did the runs that were due take place, how old are the option chains')
    .argument('[pipeline]', 'a pipeline file; the only one in pipelines/ when left out')
    .action((file: string | undefined) => run((at) => check(file, at)));
}

type PipelineAlert = OpenAlert & { readonly pipeline: string };

async function openOnes({ dataFolder }: Surroundings, only?: string): Promise<readonly PipelineAlert[]> {
  const store = alertStore(dataFolder, diskFiles);
  const pipelines = only === undefined ? await store.pipelines() : [only];
  const found = await Promise.all(
    pipelines.map(async (pipeline) =>
      openAlerts((await store.read(pipeline)).values()).map((alert) => ({ pipeline, ...alert })),
    ),
  );
  // Two that began in one millisecond would otherwise change places from call to call.
  const key = ({ pipeline, rule, subject }: PipelineAlert): string => [pipeline, rule, subject].join('\n');
  return found.flat().sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

async function list(flags: Flags, at: Surroundings): Promise<ExitCode> {
  const open = await openOnes(at);
  if (flags.json === true) at.json({ alerts: open });
  else at.answer(listText(open, at));
  return exitCode.done;
}

function listText(open: readonly PipelineAlert[], { paint, clock }: Surroundings): string {
  if (open.length === 0) return 'No alerts are open.\n';
  const quiet = (text: string) => ({ text, paint: (own: string) => paint('quiet', own) });
  const rows = open.map(({ pipeline, rule, severity, subject, message, since }) => [
    { text: `  ${severity}`, paint: (own: string) => paint(severity === 'critical' ? 'bad' : 'warn', own) },
    { text: pipeline },
    { text: rule },
    { text: subject },
    { text: durationText(Math.max(0, clock.now() - Date.parse(since))) },
    { text: message },
  ]);
  const head = ['  severity', 'pipeline', 'rule', 'subject', 'for', 'what'].map(quiet);
  return `${columns([head, ...rows], ['left', 'left', 'left', 'left', 'right', 'left'], 2).join('\n')}\n`;
}

async function test(name: string, file: string | undefined, at: Surroundings): Promise<ExitCode> {
  const pipeline = await loadOrStop(pipelineFile(file), at);
  const channels = pipeline.telling.alerts?.channels ?? [];
  const channel = channels.find((one) => one.name === name);
  if (channel === undefined) {
    const known = channels.map((one) => one.name).join(', ');
    throw new Stop(
      exitCode.usage,
      `${pipeline.file} has no channel ${name}`,
      known === '' ? 'name channels in its section alerts' : `it has ${known}`,
    );
  }
  const { signal } = new AbortController();
  const notice = testNotice(pipeline.name, at.clock.now());
  const { problem } = await deliver(channel, notice, { clock: at.clock, signal, attempts: 1 });
  if (problem === null) {
    at.answer(`A test message has gone out over ${name}.\n`);
    return exitCode.done;
  }
  const redact = await redactorFor(pipeline, at);
  at.complain(at.notePaint('bad', redact(`${name} (${channel.kind}) does not work: ${problem}`)));
  return exitCode.checkFailed;
}

async function check(file: string | undefined, at: Surroundings): Promise<ExitCode> {
  const pipeline = await loadOrStop(pipelineFile(file), at);
  if (pipeline.telling.alerts === null)
    throw new Stop(exitCode.usage, `${pipeline.file} has no section alerts: nothing is watched`);
  const warn = (message: string): void => {
    at.complain(at.notePaint('warn', message));
  };
  const lastStart = await lastStartOf(pipeline, at);
  await judgeAlerts(pipeline, { command: 'pipe alerts check', lastStart, warn }, at);
  const open = await openOnes(at, pipeline.name);
  at.answer(listText(open, at));
  at.note(`judged at ${isoInstant(at.clock.now())}: ${plural(open.length, 'open alert')}`);
  return open.length === 0 ? exitCode.done : exitCode.checkFailed;
}
