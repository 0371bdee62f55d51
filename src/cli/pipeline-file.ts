import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { knownExchanges } from '../calendar/calendars.js';
import { nearest } from '../core/nearest.js';
import type { Result } from '../core/result.js';
import { loadPipeline } from '../pipeline/load.js';
import type { Loaded } from '../pipeline/load.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { ibFromEnvironment } from '../providers/ib/environment.js';
import { kiteFromEnvironment } from '../providers/kite/environment.js';
import { mockFromEnvironment } from '../providers/mock/environment.js';
import { plainPaint } from '../report/paint.js';
import { renderDiagnostics } from '../yaml/render.js';
import { definitionReader, isInDefinition } from './accepted-files.js';
import { autoProvider } from './auto-provider.js';
import { exitCode } from './exit-code.js';
import { scenarioOrStop } from './scenario-file.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

/** The pipeline a command works on: the file that was named, or the only one there is. */
export function pipelineFile(named: string | undefined): string {
  if (named !== undefined) return named;
  if (existsSync('pipeline.yaml')) return 'pipeline.yaml';
  const found = pipelinesHere();
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new Stop(
    exitCode.usage,
    found.length === 0 ? 'no pipeline was named and none was found' : 'which pipeline?',
    found.length === 0 ? 'name a file, or make one with: pipe init' : `name one of ${found.join(', ')}`,
  );
}

/** The pipelines of this project: those a command that works on all of them means when none is named. */
export function pipelineFiles(): readonly string[] {
  const found = existsSync('pipeline.yaml') ? ['pipeline.yaml'] : pipelinesHere();
  if (found.length > 0) return found;
  throw new Stop(
    exitCode.usage,
    'no pipeline was named and none was found',
    'name a file, or make one with: pipe init',
  );
}

function pipelinesHere(): readonly string[] {
  if (!existsSync('pipelines')) return [];
  return readdirSync('pipelines')
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join('pipelines', name));
}

/** What was probably meant by a file that is not there. */
function insteadOf(file: string): string {
  const here = pipelinesHere();
  const near = here.find((path) => path === join('pipelines', basename(file))) ?? nearest(file, here);
  if (near !== null) return `did you mean ${near}?`;
  return here.length > 0 ? `there is ${here.join(', ')}` : `this is ${process.cwd()}; make a pipeline with: pipe init`;
}

/** Reads a file whatever it holds; the loader says what is wrong with it. To be used, it may lack what only the environment lacks. */
export function load(file: string, surroundings: Surroundings, purpose: 'lint' | 'use'): Promise<Loaded> {
  return loadPipeline(file, {
    environment: surroundings.environment,
    auto: () => autoProvider(surroundings.environment),
    knownCalendars: knownExchanges,
    readFile: definitionReader(surroundings),
    leavesOutChannels: purpose === 'use',
  });
}

/** The pipeline, or the end of the command with everything that is wrong with it. */
export async function loadOrStop(file: string, surroundings: Surroundings): Promise<Pipeline> {
  if (!isInDefinition(file, surroundings)) throw new Stop(exitCode.usage, `there is no file ${file}`, insteadOf(file));
  const loaded = await load(file, surroundings, 'use');
  const color = surroundings.notePaint !== plainPaint;
  if (!loaded.ok) {
    surroundings.complain(renderDiagnostics(loaded.diagnostics, loaded.sources, { color }).trimEnd());
    throw new Stop(exitCode.usage, '', null);
  }
  if (loaded.warnings.length > 0) {
    surroundings.note(renderDiagnostics(loaded.warnings, loaded.sources, { color }).trimEnd());
  }
  // Said even to those who want to hear little: whoever meant to collect real prices would be deceived.
  const { aboutAuto } = loaded.pipeline;
  if (aboutAuto !== null) surroundings.complain(surroundings.notePaint('warn', `warning: ${aboutAuto}`));
  const pipeline = withEnvironment(loaded.pipeline, surroundings);
  const { scenario } = pipeline.providers.synthetic;
  const plays = pipeline.steps.some(({ provider }) => provider === 'synthetic');
  if (plays && scenario !== null) await scenarioOrStop(scenario, 'synthetic', surroundings);
  return pipeline;
}

/** What the environment says of the sources goes before what the pipeline says. */
function withEnvironment(pipeline: Pipeline, { environment }: Surroundings): Pipeline {
  const { providers } = pipeline;
  const mock = orStop(mockFromEnvironment(providers.mock, environment));
  const ib = orStop(ibFromEnvironment(providers.ib, environment));
  const kite = orStop(kiteFromEnvironment(providers.kite, environment));
  return { ...pipeline, providers: { ...providers, mock, ib, kite } };
}

function orStop<Settings>(settings: Result<Settings, { readonly name: string; readonly message: string }>): Settings {
  if (settings.ok) return settings.value;
  throw new Stop(exitCode.usage, `${settings.error.name}: ${settings.error.message}`);
}
