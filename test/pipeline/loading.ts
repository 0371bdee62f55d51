import { loadPipeline } from '../../src/pipeline/load.js';
import type { LoadOptions, Loaded } from '../../src/pipeline/load.js';
import type { Environment } from '../../src/pipeline/interpolate.js';
import type { Pipeline } from '../../src/pipeline/pipeline.js';
import { renderDiagnostics } from '../../src/yaml/render.js';

export const knownCalendars = ['XNYS', 'XNAS', 'XASX', 'XNSE', 'XBOM'];

/** Loads the first of some files that exist only in the test. */
export function loadFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  environment: Environment = {},
  options: Pick<LoadOptions, 'leavesOutChannels'> = {},
): Promise<Loaded> {
  const [first = ''] = Object.keys(files);
  return loadPipeline(first, {
    ...options,
    environment,
    knownCalendars,
    auto: () => ({ provider: 'mock', warning: 'nothing is set up' }),
    readFile: (path) => {
      const content = files[path];
      if (content === undefined) return Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }));
      return Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content);
    },
  });
}

/** The pipeline, or a failing test that shows what is wrong with it. */
export async function loadValid(text: string, environment: Environment = {}): Promise<Pipeline> {
  return valid(await loadFiles({ 'test.yaml': text }, environment));
}

export function valid(loaded: Loaded): Pipeline {
  if (loaded.ok) return loaded.pipeline;
  throw new Error(`not valid:\n${renderDiagnostics(loaded.diagnostics, loaded.sources, { color: false })}`);
}

/** The codes of everything that is wrong, in order. */
export async function problemCodes(text: string): Promise<readonly string[]> {
  const loaded = await loadFiles({ 'test.yaml': text });
  return (loaded.ok ? loaded.warnings : loaded.diagnostics).map(({ code }) => code);
}
