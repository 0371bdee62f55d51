import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { barSizes } from '../../../src/core/tables/bars.js';
import { actionSyntaxes } from '../../../src/config/scenario/action-syntax.js';
import { parseScenario } from '../../../src/config/scenario/load-scenario.js';
import { getPart, readSchema, testSchema } from '../schema-suite.js';
import { phasesByAction, requestsBySource } from '../../../src/config/scenario/capabilities.js';

const schema = readSchema('scenario');

describe('schemas/scenario.schema.json', () => {
  testSchema(schema, new Ajv({ strict: true, allowUnionTypes: true }));

  it('has the same enumerations as the code', () => {
    expect(getPart(schema, 'definitions/barSize')['enum']).toEqual(Object.keys(barSizes));
    expect(getPart(schema, 'definitions/request')['enum']).toEqual([
      ...new Set(Object.values(requestsBySource).flat()),
    ]);
    expect(getPart(schema, 'properties/source')['enum']).toEqual(Object.keys(requestsBySource));

    const words = Object.entries(actionSyntaxes);
    const keys = Object.keys(getPart(schema, 'definitions/action/properties'));
    expect(getPart(schema, 'definitions/do/anyOf/0')['enum']).toEqual(
      words.flatMap(([word, { canStandAlone }]) => (canStandAlone ? [word] : [])),
    );
    expect(new Set(keys)).toEqual(
      new Set(words.flatMap(([word, { extraKeys }]) => (extraKeys === null ? [] : [word, ...extraKeys]))),
    );
    expect(new Set(words.map(([, { kind }]) => kind))).toEqual(new Set(Object.keys(phasesByAction)));
  });

  it.each(Object.entries(actionSyntaxes))('accepts the example of the action %s', (_, { kind, example }) => {
    const source = Object.keys(phasesByAction[kind])[0] ?? '';
    const phases = Object.values(phasesByAction[kind]).flat();
    const when = phases.includes('request') ? 'request' : 'connect';
    const loaded = parseScenario('x', `{ name: x, source: ${source}, rules: [{ when: ${when}, do: ${example} }] }`);
    expect(loaded.ok ? loaded.scenario.rules[0]?.action.kind : loaded.diagnostics).toBe(kind);
  });
});
