import { describe, expect, it } from 'vitest';

import { templateNames, templateProviders } from '../../../src/config/pipeline/template/choices.js';
import { renderPipelineTemplate } from '../../../src/config/pipeline/template/render-template.js';
import { parseTemplateSchedule } from '../../../src/config/pipeline/template/schedule.js';
import { expectValid, loadFiles } from './load-files.js';

const all = templateNames.flatMap((template) => templateProviders.map((provider) => [template, provider] as const));

describe('a template', () => {
  it.each(all)('%s for %s is valid without warnings and has no placeholder', async (template, provider) => {
    const text = renderPipelineTemplate('first.pipe.yaml', 'schema.json', { template, provider });
    expect(text).not.toMatch(/\{(?:file|schema|other|exchange|list)\}|undefined/);
    const loaded = await loadFiles({ 'first.pipe.yaml': text });
    const { name, steps } = expectValid(loaded);
    expect(loaded).toMatchObject({ warnings: [] });
    expect(name).toBe('first');
    expect(new Set(steps.map((step) => step.provider))).toEqual(new Set([provider]));
  });

  it.each(all)('%s for %s takes symbols, a schedule and an address', async (template, provider) => {
    const text = renderPipelineTemplate('a.yaml', 'schema.json', {
      template,
      provider,
      symbols: ['BRK B', 'M&M', '0700', 'LIST', 'NO'],
      schedule: parseTemplateSchedule('10m'),
      gateway: { host: 'gateway', port: 4002 },
    });
    const pipeline = expectValid(await loadFiles({ 'a.yaml': text }));
    expect(pipeline.symbols.map(({ instrument }) => instrument.symbol)).toEqual(
      expect.arrayContaining(['BRK B', 'M&M', '0700', 'LIST', 'NO']),
    );
    expect(pipeline.schedule?.times).toMatchObject({ kind: 'interval', every: 600_000 });
    if (provider === 'ib') expect(pipeline.providers.ib).toMatchObject({ host: 'gateway', port: 4002 });
  });

  it('keeps braces of a path as they are', () => {
    expect(renderPipelineTemplate('{list}.yaml', '{schema}')).toContain('pipe lint {list}.yaml');
  });
});

describe('parseTemplateSchedule', () => {
  it.each([
    ['5m', { kind: 'interval', every: '5m' }],
    ['18:30', { kind: 'time', hour: 18, minute: 30 }],
    ['none', { kind: 'none' }],
    ['24:00', null],
    ['100ms', null],
    ['daily', null],
  ])('reads %s', (text, expected) => {
    expect(parseTemplateSchedule(text)).toEqual(expected);
  });
});

describe('the value of a variable', () => {
  const text = `
    name: x
    symbols: [AAPL]
    parallel: { max_symbols: '\${COUNT}', timeout: '\${SECONDS}' }
    logs: { file: a.log, level: '\${LEVEL}' }
    steps: { contracts: {}, chains: { needs: contracts }, equity: { needs: contracts },
      snapshots: { needs: [chains, equity], strikes: '\${STRIKES:-10}', adaptive_strikes: '\${SWITCH}' } }
  `;

  it('may be a number of seconds, a switch or a word in capitals', async () => {
    const environment = { COUNT: '4', SECONDS: '30.0', LEVEL: 'DEBUG', STRIKES: '5', SWITCH: '1' };
    const { symbolLimits, notifications, steps } = expectValid(await loadFiles({ 'a.yaml': text }, environment));
    expect(symbolLimits).toEqual({ maxConcurrent: 4, timeout: 30_000 });
    expect(notifications.logs).toMatchObject({ level: 'debug' });
    expect(steps.at(-1)).toMatchObject({ strikes: 5, adaptiveStrikes: true });
  });

  it('is wrong if it has another form', async () => {
    const environment = { COUNT: '4', SECONDS: 'half a minute', LEVEL: 'LOUD', SWITCH: 'maybe' };
    const loaded = await loadFiles({ 'a.yaml': text }, environment);
    expect(loaded.ok ? [] : loaded.diagnostics).toHaveLength(3);
  });
});
