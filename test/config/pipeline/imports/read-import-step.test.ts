import { describe, expect, it } from 'vitest';

import { expectValid, loadFiles } from '../load-files.js';
import type { ImportStep } from '../../../../src/config/pipeline/pipeline.js';

const start = 'name: history\nsymbols: [AAPL]\nsteps:\n';
const columns = 'columns: { date: Date, open: Open, high: High, low: Low, close: Close }';

async function load(step: string): Promise<ImportStep | undefined> {
  const { customSteps } = expectValid(await loadFiles({ 'p/a.yaml': `${start}  bought: ${step}\n` }));
  return customSteps.find((one) => one.uses === 'import');
}

async function loadProblems(step: string): Promise<readonly string[]> {
  const loaded = await loadFiles({ 'p/a.yaml': `${start}  bought: ${step}\n` });
  return loaded.ok ? [] : loaded.diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

describe('import steps', () => {
  it('have defaults', async () => {
    expect(await load(`{ uses: import, files: '*.csv', ${columns} }`)).toMatchObject({
      files: ['*.csv'],
      folder: 'p',
      project: null,
      source: 'import:files',
      dataset: 'equity_bars',
      barSize: '1 day',
      onDifference: 'keep',
      acceptsRejected: false,
      layouts: [{ delimiter: ',', timeFormat: 'auto', timeZone: null, barTime: 'start' }],
    });
  });

  it('take the layouts of a preset, with changed settings', async () => {
    expect(
      await load('{ uses: import, files: [a, b], preset: polygon, bar_size: 1 min, dataset: option_bars }'),
    ).toMatchObject({
      source: 'import:polygon',
      dataset: 'option_bars',
      layouts: [{ columns: { contract: 'ticker' }, timeFormat: 'epoch_ns', timeZone: 'America/New_York' }],
    });
  });

  it.each([
    [
      '{ uses: import, files: a.csv }',
      'missing-columns: `bought` does not say which columns are `date` or `time`, open, high, low and close',
    ],
    [
      `{ uses: import, files: a.csv, ${columns}, dataset: option_bars }`,
      'missing-columns: `bought` does not say which columns are symbol, expiry, strike and right',
    ],
    [
      `{ uses: import, files: a.csv, ${columns}, bar_size: 1 min }`,
      'missing-zone: `bought` does not say in which zone the times of the files are',
    ],
    [
      `{ uses: import, files: a.csv, ${columns}, time_zone: Mars/Base }`,
      'unknown-zone: there is no time zone `Mars/Base`',
    ],
    [
      `{ uses: import, files: a.csv, ${columns}, time_format: DD.MM }`,
      'time-format: `DD.MM`: a pattern needs a year (YYYY or YY), a month (MM or MMM) and a day (DD)',
    ],
    [
      '{ uses: import, files: a.csv, preset: firstrate }',
      'missing-bar-size: `bought` does not say which bar size the files have',
    ],
    [
      '{ uses: import, files: a.csv, preset: yahoo, dataset: option_bars }',
      'preset-table: the preset yahoo has no option_bars',
    ],
    [
      '{ uses: import, files: a.csv, preset: yahoo, bar_size: 1 min }',
      'preset-bar-size: the files of yahoo have bars of 1 day',
    ],
  ])('report %s', async (step, problem) => {
    expect(await loadProblems(step)).toContain(problem);
  });
});
