import type { Command } from 'commander';

import { isoInstant } from '../core/time.js';
import { plural } from '../core/words.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { plainPaint } from '../report/paint.js';
import type { Scenario } from '../scenario/scenario.js';
import { timetableOf } from '../serve/timetable.js';
import { diagnosticsDocument, renderDiagnostics } from '../yaml/render.js';
import { calendarNamed } from './calendars.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { load } from './pipeline-file.js';
import { pipelineFilesIn } from './pipeline-files-in.js';
import { playedBy } from './played-scenario.js';
import { isScenarioFile, loadScenarioFile } from './scenario-file.js';
import type { RunAction } from './run-action.js';
import type { Surroundings } from './surroundings.js';

interface Flags {
  readonly json?: boolean;
}

export function defineLint(command: Command, run: RunAction): void {
  command
    .command('lint')
    .description('Check pipelines and report every problem with its place; nothing is fetched or written')
    .argument('[pipelines...]', 'pipeline or scenario files and folders of them; pipelines/ when left out')
    .option('--json', 'one JSON document on stdout')
    .action((files: readonly string[], flags: Flags) => run((at) => lint(files, flags, at)));
}

async function lint(named: readonly string[], flags: Flags, at: Surroundings): Promise<ExitCode> {
  const files = await pipelineFilesIn(named);
  const documents: unknown[] = [];
  let wrong = false;
  for (const file of files) {
    const isScenario = await isScenarioFile(file);
    const loaded = isScenario ? await loadScenarioFile(file) : await load(file, at, 'lint');
    const played = 'pipeline' in loaded ? await playedBy(loaded.pipeline, at) : null;
    const own = loaded.ok ? loaded.warnings : loaded.diagnostics;
    // What a pipeline plays is wrong in its own place, or not for this source, which no place can show.
    const ofScenario = typeof played?.wrong === 'string' ? [] : (played?.wrong ?? []);
    const other = typeof played?.wrong === 'string' ? played.wrong : null;
    const isWell = loaded.ok && played?.wrong === undefined;
    wrong ||= !isWell;
    const sources = new Map([...loaded.sources, ...(played?.sources ?? [])]);
    const diagnostics = [...own, ...ofScenario];
    documents.push({
      file,
      ok: isWell,
      diagnostics: diagnosticsDocument(diagnostics, sources),
      ...(other === null ? {} : { scenario: other }),
    });
    if (flags.json === true) continue;
    if (diagnostics.length > 0) {
      at.complain(renderDiagnostics(diagnostics, sources, { color: at.notePaint !== plainPaint }).trimEnd());
    }
    if (other !== null) at.complain(`${file}: ${other}`);
    if (!loaded.ok || !isWell) continue;
    const words = 'scenario' in loaded ? scenarioWords(loaded.scenario) : pipelineWords(loaded.pipeline, at);
    at.answer(`${file}: ${at.paint('good', 'well')}, ${words}\n`);
  }
  if (flags.json === true) at.json(files.length === 1 ? documents[0] : documents);
  return wrong ? exitCode.usage : exitCode.done;
}

function pipelineWords({ name, schedule, symbols, steps, own }: Pipeline, at: Surroundings): string {
  const due = schedule === null ? null : timetableOf({ schedule, name, calendar: calendarNamed }).next(at.clock.now());
  const next = due === null ? '' : `, next due ${isoInstant(due)}`;
  return `${plural(symbols.length, 'symbol')}, ${plural(steps.length + own.length, 'step')}${next}`;
}

function scenarioWords({ source, rules }: Scenario): string {
  return `a scenario of ${source} with ${plural(rules.length, 'rule')}`;
}
