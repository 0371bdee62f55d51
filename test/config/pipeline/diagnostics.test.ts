import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../src/config/pipeline/load-pipeline.js';
import { renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';
import { knownCalendars } from './load-files.js';

const folder = new URL('./diagnostics/', import.meta.url).pathname;

const environment = { SYMBOL: 'AAPL', SYMBOLS: 'MSFT', SEED: '7', WORD: 'many' };

// Every `x.yaml` of the folder is a test: its diagnostics must equal `x.expected.txt`, byte for byte.
describe('diagnostics of pipelines', async () => {
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort()) {
    it(`of ${name} equal the expected text`, async () => {
      const loaded = await loadPipeline(name, {
        environment,
        knownCalendars,
        resolveAuto: () => ({ provider: 'mock', warning: null }),
        readFile: (path) => readFile(`${folder}${path}`),
      });
      const text = loaded.ok
        ? `valid\n\n${renderDiagnostics(loaded.warnings, loaded.sourceTexts, { color: false })}`
        : renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color: false });
      await expect(text).toMatchFileSnapshot(`${folder}${name.replace('.yaml', '.expected.txt')}`);
    });
  }
});
