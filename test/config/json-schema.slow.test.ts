import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createSchemaValidator } from '../../src/config/yaml/json-schema.js';
import type { SchemaError } from '../../src/config/yaml/json-schema.js';
import { readSchema } from './schema-suite.js';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A file of each kind, with most settings. */
const files: Readonly<Record<'pipeline' | 'scenario', Json>> = {
  pipeline: {
    name: 'x',
    schedule: { every: '5m', market_hours: true },
    symbols: ['AAPL', { symbol: 'SPY', kind: 'etf', priority: 1 }, { file: 'list.csv' }],
    groups: { au: { exchange: 'ASX', symbols: ['BHP'] } },
    steps: {
      contracts: { refresh: '7d' },
      equity: { needs: ['contracts'], bar_size: ['1 day', '5 mins'], lookback: '1y' },
      options: { needs: ['equity'], strikes: { delta: [0.1, 0.9] }, expiries: { dte: { min: 1 } }, rights: ['C'] },
      custom: { uses: 'sql', query: 'SELECT 1' },
    },
    pacing: { budgets: [{ name: 'a', kind: 'rolling', limit: 1, window: '1s' }] },
    alerts: { channels: { ops: { kind: 'webhook', url: 'https://example.com' } }, rules: [{ on: 'run_failed' }] },
    sinks: { files: { kind: 'csv', folder: 'out' } },
    providers: { mock: { seed: 1, base_price: { AAPL: 1 } } },
  },
  scenario: {
    name: 'x',
    source: 'tws',
    rules: [{ when: { request: 'historical', symbol: 'AAPL' }, do: { delay: '1s' }, times: 2 }],
  },
};

const replacement = fc.oneof(
  fc.constantFrom<Json>('', 'x', '5m', 'csv', 'sql', 0, 1, -1, 0.5, 1e12, true, null, [], {}, ['a', 'a'], {
    kind: 'csv',
  }),
  fc.constantFrom<Json>({ 'a/b~c': 1 }, { uses: 'nothing' }, { needs: 1 }, [[]], [null]),
);

/** Replaces, removes or adds one part of a value; the numbers choose the place. */
function mutate(value: Json, places: readonly number[], by: Json, action: 'add' | 'remove' | 'replace'): Json {
  const [place = 0, ...rest] = places;
  if (typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  const key = keys[place % Math.max(1, keys.length)];
  if (key === undefined || (rest.length === 0 && action === 'replace')) return by;
  const changed = (entries: readonly (readonly [string, Json])[]): Json =>
    Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
  const entries = Object.entries(value) as readonly (readonly [string, Json])[];
  if (rest.length > 0)
    return changed(entries.map(([name, item]) => [name, name === key ? mutate(item, rest, by, action) : item]));
  if (action === 'remove') return changed(entries.filter(([name]) => name !== key));
  return changed([...entries, ['unknown', by]]);
}

const toText = ({ keyword, instancePath, params, parentSchema, data, propertyName }: SchemaError): string =>
  JSON.stringify([keyword, instancePath, params, parentSchema, data, propertyName]);

describe.each(['pipeline', 'scenario'] as const)('the validator of a %s', (kind) => {
  const schema = readSchema(kind);
  const ajv = new Ajv({ allErrors: true, verbose: true, messages: false, discriminator: true, strict: false });
  const compiled = ajv.compile(schema);
  const validate = createSchemaValidator(schema);

  const expectSameErrors = (value: Json): void => {
    const result = validate(value);
    const isValid = compiled(value);
    const expected = (compiled.errors ?? []).map(({ data, parentSchema = {}, ...error }) =>
      toText({ ...error, data, parentSchema }),
    );
    expect((result.ok ? [] : result.error).map(toText).sort()).toEqual(expected.sort());
    expect(result.ok).toBe(isValid);
  };

  it('accepts a file with most settings, as Ajv does', () => {
    expectSameErrors(files[kind]);
    expect(validate(files[kind]).ok).toBe(true);
  });

  it('reports the errors of Ajv for files with wrong parts', () => {
    const change = fc.tuple(
      fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }),
      replacement,
      fc.constantFrom('add' as const, 'remove' as const, 'replace' as const),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        expectSameErrors(
          changes.reduce((value, [places, by, action]) => mutate(value, places, by, action), files[kind]),
        );
      }),
      { numRuns: 300 },
    );
  });
});
