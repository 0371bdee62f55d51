import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barSizes } from '../../../src/core/tables/bars.js';
import { datasets, isComputed } from '../../../src/core/tables/tables.js';
import { exchangeNames } from '../../../src/config/pipeline/symbols/exchange-defaults.js';
import { parseLookback } from '../../../src/config/pipeline/steps/lookback.js';
import { stepTypes } from '../../../src/config/pipeline/steps/step-needs.js';
import { explainSymbol } from '../../../src/config/pipeline/symbols/explain-symbol.js';
import { parseDuration } from '../../../src/core/time/duration.js';
import { getPart, listParts, readSchema, testSchema } from '../schema-suite.js';
import { loadValid } from './load-files.js';

const schema = readSchema('pipeline');

describe('schemas/pipeline.schema.json', () => {
  testSchema(schema, new Ajv({ strict: true, strictRequired: false, discriminator: true }));

  it('is not compiled again if the generated files are newer', () => {
    const path = 'src/config/pipeline/schema.generated.ts';
    const { mtimeMs } = statSync(path);
    execFileSync(process.execPath, ['scripts/schema.js', '--if-stale'], { stdio: 'pipe' });
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
  });

  it('does not allow additional properties in any mapping', () => {
    const open = [...listParts(schema)].filter(([, part]) => {
      return part['type'] === 'object' && part['additionalProperties'] === undefined && part['oneOf'] === undefined;
    });
    expect(open.map(([path]) => path)).toEqual([]);
  });

  it('has the same enumerations as the code', () => {
    expect(getPart(schema, 'definitions/barSize')['enum']).toEqual(Object.keys(barSizes));
    expect(getPart(schema, 'definitions/datasets/items')['enum']).toEqual(
      datasets.filter((dataset) => !isComputed(dataset)),
    );
    expect(getPart(schema, 'definitions/exchange')['enum']).toEqual(exchangeNames);
    // Custom steps are never identified by their name.
    expect([...Object.keys(getPart(schema, 'definitions/steps/properties')), 'sql', 'exec', 'import']).toEqual(
      stepTypes,
    );
  });

  it('documents the defaults of the code', async () => {
    const pipeline = await loadValid(`
      name: x
      symbols: [AAPL]
      schedule: { cron: '@daily' }
      pacing: { budgets: [{ name: a, kind: rolling, limit: 1, window: 1s }] }
      steps:
        contracts: {}
        chains: { needs: contracts }
        equity: { needs: contracts }
        options: { needs: [chains, equity] }
    `);
    const [contracts, chains, equity, options] = pipeline.steps;
    const documentedDefault = (path: string): unknown => getPart(schema, path)['default'];
    const duration = (path: string): unknown => {
      const read = parseDuration(String(documentedDefault(path)));
      return read.ok ? read.value : read.error;
    };
    const step = (name: string, key: string): string => `definitions/${name}Step/properties/${key}`;
    expect(contracts).toMatchObject({
      refresh: duration(step('contracts', 'refresh')),
      provider: documentedDefault('properties/provider'),
    });
    expect(chains).toMatchObject({ refresh: duration(step('chains', 'refresh')) });
    expect(equity).toMatchObject({
      barSizes: [documentedDefault('definitions/barSizes')],
      priceType: documentedDefault(step('equity', 'price_type')),
      hours: documentedDefault('definitions/hours'),
      lookback: parseLookback(String(documentedDefault(step('equity', 'lookback')))),
    });
    expect(options).toMatchObject({
      lookback: parseLookback(String(documentedDefault(step('options', 'lookback')))),
      strikes: documentedDefault(step('options', 'strikes')),
      expiries: documentedDefault(step('options', 'expiries')),
      rights: documentedDefault(step('options', 'rights')),
    });
    expect(pipeline.schedule).toMatchObject({
      times: { timeZone: documentedDefault('properties/schedule/properties/timezone') },
      catchUp: documentedDefault('properties/schedule/properties/catch_up'),
      overlap: documentedDefault('properties/schedule/properties/overlap'),
    });
    expect(pipeline.metrics).toEqual({
      prefix: documentedDefault('properties/metrics/properties/prefix'),
      symbolLabel: documentedDefault('properties/metrics/properties/symbol_label'),
    });
    expect(pipeline.symbols[0]).toMatchObject({
      priority: documentedDefault('definitions/priority'),
      instrument: { kind: documentedDefault('definitions/kind'), exchange: documentedDefault('definitions/exchange') },
    });
    expect(pipeline.retry).toEqual({
      attempts: documentedDefault('definitions/retry/properties/attempts'),
      delay: duration('definitions/retry/properties/delay'),
      maxDelay: duration('definitions/retry/properties/max_delay'),
      timeout: duration('definitions/retry/properties/timeout'),
    });
    expect(pipeline.breaker).toEqual({
      threshold: documentedDefault('definitions/breaker/properties/threshold'),
      cooldown: duration('definitions/breaker/properties/cooldown'),
    });
    expect(pipeline.providers.mock).toMatchObject({
      seed: documentedDefault('definitions/mock/properties/seed'),
      delay: duration('definitions/mock/properties/delay'),
    });
    expect(pipeline.pacing.budgets?.[0]?.scope).toBe(documentedDefault('definitions/rollingBudget/properties/scope'));
  });

  it('accepts the same symbols as the code', () => {
    const pattern = new RegExp(String(getPart(schema, 'definitions/symbol')['pattern']));
    const likely = fc.string({
      unit: fc.constantFrom(...Array.from('AZaz09 .-_&/+^=:!#$@;*\'"\n\t\u0410\u200b')),
      maxLength: 36,
    });
    fc.assert(
      fc.property(fc.oneof(likely, fc.string()), (text) => {
        expect(pattern.test(text)).toBe(explainSymbol(text) === null);
      }),
      { numRuns: 2_000 },
    );
  });
});
