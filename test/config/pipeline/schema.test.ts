import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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
import { loadValid } from './load-files.js';

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(path: string): Schema {
  let node: unknown = schema;
  for (const part of path.split('/')) node = isSchema(node) ? node[part] : undefined;
  if (!isSchema(node)) throw new Error(`the schema has no ${path}`);
  return node;
}

const parsed: unknown = JSON.parse(readFileSync('schemas/pipeline.schema.json', 'utf8'));
const schema: Schema = isSchema(parsed) ? parsed : {};

/** Every part of the schema that says what a value is, with its path. */
function* parts(node: unknown, path = ''): Generator<readonly [string, Schema]> {
  if (Array.isArray(node)) for (const [index, item] of node.entries()) yield* parts(item, `${path}/${index}`);
  if (!isSchema(node)) return;
  if (typeof node['type'] === 'string') yield [path, node];
  for (const [key, child] of Object.entries(node)) {
    if (!['examples', 'default', 'enum'].includes(key)) yield* parts(child, `${path}/${key}`);
  }
}

const all = [...parts(schema)];

describe('schemas/pipeline.schema.json', () => {
  it('is what the types and the validator were generated from', () => {
    execFileSync(process.execPath, ['scripts/schema.js', '--check'], { stdio: 'pipe' });
  });

  it('describes every value, with examples', () => {
    const undocumented = all.filter(([, { title, description, examples }]) => {
      return (
        typeof title !== 'string' ||
        typeof description !== 'string' ||
        !Array.isArray(examples) ||
        examples.length === 0
      );
    });
    expect(undocumented.map(([path]) => path)).toEqual([]);
  });

  it('lets no mapping have keys that it does not name', () => {
    const open = all.filter(([, part]) => {
      return part['type'] === 'object' && part['additionalProperties'] === undefined && part['oneOf'] === undefined;
    });
    expect(open.map(([path]) => path)).toEqual([]);
  });

  it('gives examples and defaults that are valid where they stand', () => {
    const ajv = new Ajv({ strict: true, strictRequired: false, discriminator: true });
    ajv.addSchema(schema, 'pipeline');
    for (const [path, { examples, default: fallback }] of all) {
      const check = ajv.compile({ $ref: `pipeline#${path}` });
      const values: unknown[] = fallback === undefined ? [] : [fallback];
      if (Array.isArray(examples)) examples.forEach((example: unknown) => values.push(example));
      for (const value of values) {
        expect(check(value), `${path}: ${JSON.stringify(value)} ${ajv.errorsText(check.errors)}`).toBe(true);
      }
    }
  });

  it('knows the same words as the code', () => {
    expect(at('definitions/barSize')['enum']).toEqual(Object.keys(barSizes));
    expect(at('definitions/datasets/items')['enum']).toEqual(datasets.filter((dataset) => !isComputed(dataset)));
    expect(at('definitions/exchange')['enum']).toEqual(exchangeNames);
    // Only steps of one's own never go by their name.
    expect([...Object.keys(at('definitions/steps/properties')), 'sql', 'exec']).toEqual(stepTypes);
  });

  it('says the defaults that hold', async () => {
    const pipeline = await loadValid(`
      name: x
      symbols: [AAPL]
      schedule: { cron: '@daily' }
      pacing: { budgets: [{ name: a, kind: rolling, limit: 1, per: 1s }] }
      steps:
        contracts: {}
        chains: { needs: contracts }
        equity: { needs: contracts }
        options: { needs: [chains, equity] }
    `);
    const [contracts, chains, equity, options] = pipeline.steps;
    const stated = (path: string): unknown => at(path)['default'];
    const duration = (path: string): unknown => {
      const read = parseDuration(String(stated(path)));
      return read.ok ? read.value : read.error;
    };
    const step = (name: string, key: string): string => `definitions/${name}Step/properties/${key}`;
    expect(contracts).toMatchObject({
      refresh: duration(step('contracts', 'refresh')),
      provider: stated('properties/provider'),
    });
    expect(chains).toMatchObject({ refresh: duration(step('chains', 'refresh')) });
    expect(equity).toMatchObject({
      barSizes: [stated('definitions/barSizes')],
      what: stated(step('equity', 'what')),
      hours: stated('definitions/hours'),
      lookback: parseLookback(String(stated(step('equity', 'lookback')))),
    });
    expect(options).toMatchObject({
      lookback: parseLookback(String(stated(step('options', 'lookback')))),
      strikes: stated(step('options', 'strikes')),
      expiries: stated(step('options', 'expiries')),
      rights: stated(step('options', 'rights')),
    });
    expect(pipeline.schedule).toMatchObject({
      times: { timeZone: stated('properties/schedule/properties/timezone') },
      catchUp: stated('properties/schedule/properties/catch_up'),
      overlap: stated('properties/schedule/properties/overlap'),
    });
    expect(pipeline.metrics).toEqual({
      prefix: stated('properties/metrics/properties/prefix'),
      symbolLabel: stated('properties/metrics/properties/symbol_label'),
    });
    expect(pipeline.symbols[0]).toMatchObject({
      priority: stated('definitions/priority'),
      instrument: { kind: stated('definitions/kind'), exchange: stated('definitions/exchange') },
    });
    expect(pipeline.retry).toEqual({
      attempts: stated('definitions/retry/properties/attempts'),
      delay: duration('definitions/retry/properties/delay'),
      maxDelay: duration('definitions/retry/properties/max_delay'),
      timeout: duration('definitions/retry/properties/timeout'),
    });
    expect(pipeline.breaker).toEqual({
      threshold: stated('definitions/breaker/properties/threshold'),
      recovery: duration('definitions/breaker/properties/recovery'),
    });
    expect(pipeline.providers.mock).toMatchObject({
      seed: stated('definitions/mock/properties/seed'),
      delay: duration('definitions/mock/properties/delay'),
    });
    expect(pipeline.pacing.budgets?.[0]?.scope).toBe(stated('definitions/rollingBudget/properties/scope'));
  });

  it('refuses the same symbols as the code', () => {
    const pattern = new RegExp(String(at('definitions/symbol')['pattern']));
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
