import type { Diagnostic } from '../core/diagnostic.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Sources } from '../yaml/sources.js';
import { loadScenarioFile, otherSource } from './scenario-file.js';
import type { Surroundings } from './surroundings.js';

/** The scenario that a pipeline's source plays, as far as its file can be used. */
export interface Played {
  readonly file: string;
  readonly sources: Sources;
  readonly wrong?: string | readonly Diagnostic[];
}

/** A scenario is part of the definition, though only the run reads it; null for a pipeline that plays none. */
export async function playedBy(
  { steps, providers }: Pipeline,
  at: Pick<Surroundings, 'accepted'>,
): Promise<Played | null> {
  const { scenario: file } = providers.synthetic;
  if (file === null || !steps.some(({ provider }) => provider === 'synthetic')) return null;
  const loaded = await loadScenarioFile(file, at);
  const { sources } = loaded;
  if (!loaded.ok) return { file, sources, wrong: loaded.diagnostics };
  const other = otherSource(loaded.scenario, file, 'synthetic');
  return other === null ? { file, sources } : { file, sources, wrong: other };
}
