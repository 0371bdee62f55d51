import { expect, test } from 'vitest';

import { getProviderLimits } from '../../../src/app/providers/create-provider.js';
import { hour } from '../../../src/core/time/time.js';
import { renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';
import { loadFiles, loadValid } from './load-files.js';

const base = 'name: daily\nsymbols: [AAPL]\nsteps: { contracts: {} }\n';

test('needs three answers twelve hours apart of real providers, and one of the mock provider', async () => {
  const pipeline = await loadValid(base);
  for (const provider of ['ib', 'kite', 'synthetic'] as const)
    expect(getProviderLimits(pipeline, provider).confirmEmpty).toEqual({ answers: 3, every: 12 * hour });
  expect(getProviderLimits(pipeline, 'mock').confirmEmpty).toEqual({ answers: 1, every: 0 });
});

test('replaces only the settings that the pipeline has', async () => {
  const pipeline = await loadValid(`${base}confirm_empty: { every: 6h }\n`);
  expect(getProviderLimits(pipeline, 'ib').confirmEmpty).toEqual({ answers: 3, every: 6 * hour });
  expect(pipeline.hash).not.toBe((await loadValid(base)).hash);
});

test('reports a number of answers and a time between them that are out of range', async () => {
  const loaded = await loadFiles({ 'daily.yaml': `${base}confirm_empty: { answers: 0, every: 31d }\n` });
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
  const text = renderDiagnostics(diagnostics, loaded.sourceTexts, { color: false });
  expect(text).toContain('daily.yaml:4:27 error');
  expect(text).toContain('the time between answers is more than 30d');
});
