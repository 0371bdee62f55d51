import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../../src/config/scenario/load-scenario.js';
import { renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';

const folder = new URL('./diagnostics/', import.meta.url).pathname;

// Every `x.yaml` of the folder is a test: its diagnostics must equal `x.expected.txt`, byte for byte.
describe('diagnostics of scenarios', async () => {
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort()) {
    it(`of ${name} equal the expected text`, async () => {
      const loaded = await loadScenario(name, (path) => readFile(`${folder}${path}`));
      const text = loaded.ok
        ? `valid\n\n${renderDiagnostics(loaded.warnings, loaded.sourceTexts, { color: false })}`
        : renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color: false });
      await expect(text).toMatchFileSnapshot(`${folder}${name.replace('.yaml', '.expected.txt')}`);
    });
  }
});
