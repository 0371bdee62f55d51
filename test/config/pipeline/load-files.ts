import { loadPipeline } from '../../../src/config/pipeline/load-pipeline.js';
import type { LoadOptions, LoadedPipeline } from '../../../src/config/pipeline/load-pipeline.js';
import type { Environment } from '../../../src/config/pipeline/files/interpolate.js';
import type { Pipeline } from '../../../src/config/pipeline/pipeline.js';
import { renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';

export const knownCalendars = ['XNYS', 'XNAS', 'XASX', 'XNSE', 'XBOM'];

/** Loads the first of the given files, which exist only in memory. */
export function loadFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  environment: Environment = {},
  options: Pick<LoadOptions, 'disablesUnsetChannels'> = {},
): Promise<LoadedPipeline> {
  const [first = ''] = Object.keys(files);
  return loadPipeline(first, {
    ...options,
    environment,
    knownCalendars,
    resolveAuto: () => ({ provider: 'mock', warning: 'no provider is configured' }),
    readFile: (path) => {
      const content = files[path];
      if (content === undefined) return Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }));
      return Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content);
    },
  });
}

/** Loads a valid pipeline; fails the test with the diagnostics of an invalid one. */
export async function loadValid(text: string, environment: Environment = {}): Promise<Pipeline> {
  return expectValid(await loadFiles({ 'test.yaml': text }, environment));
}

export function expectValid(loaded: LoadedPipeline): Pipeline {
  if (loaded.ok) return loaded.pipeline;
  throw new Error(`not valid:\n${renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color: false })}`);
}

/** Returns the codes of all diagnostics, in order. */
export async function loadDiagnosticCodes(text: string): Promise<readonly string[]> {
  const loaded = await loadFiles({ 'test.yaml': text });
  return (loaded.ok ? loaded.warnings : loaded.diagnostics).map(({ code }) => code);
}
