import { join } from 'node:path';

import type { Command } from 'commander';

import type { ProviderName } from '../core/series.js';
import type { ProviderSettings } from '../pipeline/pipeline.js';
import { ibDefaults, kiteDefaults } from '../pipeline/provider-defaults.js';
import type { Finding } from '../providers/finding.js';
import { ibFromEnvironment } from '../providers/ib/environment.js';
import { kiteFromEnvironment } from '../providers/kite/environment.js';
import { wrap } from '../report/columns.js';
import { calendarNamed } from './calendars.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { kiteCredentialsOf } from './kite-credentials.js';

import { loadOrStop, pipelineFile } from './pipeline-file.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

interface Flags {
  readonly json?: boolean;
}

type Settings = Pick<ProviderSettings, 'ib' | 'kite'>;

/** Whoever has to be reached to be asked; the others are part of this program. */
type Reached = Extract<ProviderName, 'ib' | 'kite'>;

export function defineDoctor(command: Command, run: RunAction): void {
  command
    .command('doctor')
    .description('Say whether a source can be reached, what it permits, and what to do where it cannot')
    .argument('[what]', 'ib, kite, or a pipeline whose sources are meant; the only pipeline when left out')
    .option('--json', 'one JSON document on stdout')
    .action((what: string | undefined, flags: Flags) => run((at) => doctor(what, flags, at)));
}

async function doctor(what: string | undefined, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const { sources, settings } = await examined(what, at);
  const signal = new AbortController().signal;
  const diagnoses: { source: Reached; findings: readonly Finding[] }[] = [];
  for (const source of sources) {
    if (flags.json !== true) at.note(`looking at ${source} …`);
    diagnoses.push({ source, findings: await examine[source](settings, at, signal) });
  }
  if (flags.json === true) at.json({ sources: diagnoses });
  else if (diagnoses.length === 0)
    at.answer('this pipeline asks no source outside of this program: nothing can be wrong with it\n');
  else for (const { source, findings } of diagnoses) at.answer(text(source, findings, at));
  const all = diagnoses.flatMap(({ findings }) => findings);
  const isCutOff = all.some(
    ({ name, ok }) => ok === 'no' && ['connection', 'credentials', 'login', 'accounts'].includes(name),
  );
  if (isCutOff) return exitCode.provider;
  return all.some(({ ok }) => ok === 'no') ? exitCode.checkFailed : exitCode.done;
}

/** The sources to look at, and where they are: by the pipeline that was named, or by the environment alone. */
async function examined(
  what: string | undefined,
  at: Surroundings,
): Promise<{ sources: readonly Reached[]; settings: Settings }> {
  if (what === 'ib' || what === 'kite') {
    const ib = ibFromEnvironment(ibDefaults, at.environment);
    const kite = kiteFromEnvironment(kiteDefaults, at.environment);
    if (!ib.ok) throw new Stop(exitCode.usage, `${ib.error.name}: ${ib.error.message}`);
    if (!kite.ok) throw new Stop(exitCode.usage, `${kite.error.name}: ${kite.error.message}`);
    return { sources: [what], settings: { ib: ib.value, kite: kite.value } };
  }
  const pipeline = await loadOrStop(pipelineFile(what), at);
  const named = new Set(pipeline.steps.map(({ provider }) => provider));
  const sources = (['ib', 'kite'] as const).filter((name) => named.has(name));
  return { sources, settings: pipeline.providers };
}

const examine: Readonly<
  Record<Reached, (settings: Settings, at: Surroundings, signal: AbortSignal) => Promise<readonly Finding[]>>
> = {
  async ib({ ib }, { clock }, signal) {
    const { diagnose } = await import('../providers/ib/doctor.js');
    const probe = { symbol: 'SPY', kind: 'etf', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' } as const;
    const { findings } = await diagnose({ settings: ib, probe, calendar: calendarNamed('XNYS'), clock }, signal);
    return findings;
  },
  async kite({ kite }, at, signal) {
    const { diagnose } = await import('../providers/kite/doctor.js');
    const probe = { symbol: 'NIFTY', kind: 'index', exchange: 'NSE', currency: 'INR', calendar: 'XNSE' } as const;
    const { findings } = await diagnose(
      {
        settings: kite,
        credentials: () => kiteCredentialsOf(kite.root, at.environment),
        cacheFolder: join(at.dataFolder, '_cache', 'kite'),
        calendarOf: calendarNamed,
        clock: at.clock,
        notices: () => undefined,
        probe,
      },
      signal,
    );
    return findings;
  },
};

const marks = { yes: ['✓', 'good'], no: ['✗', 'bad'], unknown: ['?', 'warn'] } as const;

function text(source: Reached, findings: readonly Finding[], { paint, width }: Surroundings): string {
  const names = Math.max(...findings.map(({ name }) => name.length));
  const indent = ' '.repeat(names + 6);
  const lines = findings.flatMap(({ name, ok, says, remedy }) => {
    const [mark, tone] = marks[ok];
    const [first = '', ...more] = wrap(says, Math.max(40, width - indent.length));
    const advice = remedy === '' ? [] : wrap(`→ ${remedy}`, Math.max(40, width - indent.length));
    return [
      `  ${paint(tone, mark)} ${name.padEnd(names)}  ${first}`,
      ...[...more, ...advice].map((line) => `${indent}${line}`),
    ];
  });
  return `${source}\n${lines.join('\n')}\n`;
}
