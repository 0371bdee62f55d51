import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { barSizes } from '../../../src/core/tables/bars.js';
import { actionSyntaxes } from '../../../src/config/scenario/action-syntax.js';
import { parseScenario } from '../../../src/config/scenario/load-scenario.js';
import { phasesByAction, requestsBySource } from '../../../src/config/scenario/capabilities.js';

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const parsed: unknown = JSON.parse(readFileSync('schemas/scenario.schema.json', 'utf8'));
const schema: Schema = isSchema(parsed) ? parsed : {};

function getPart(path: string): Schema {
  let node: unknown = schema;
  for (const part of path.split('/'))
    node = isSchema(node) || Array.isArray(node) ? Reflect.get(node, part) : undefined;
  if (!isSchema(node)) throw new Error(`the schema has no ${path}`);
  return node;
}

/** Iterates over the parts of the schema that describe a value, with their paths. */
function* listParts(node: unknown, path = ''): Generator<readonly [string, Schema]> {
  if (Array.isArray(node)) for (const [index, item] of node.entries()) yield* listParts(item, `${path}/${index}`);
  if (!isSchema(node)) return;
  if (node['type'] !== undefined && typeof node['title'] !== 'object') yield [path, node];
  for (const [key, child] of Object.entries(node)) {
    if (!['examples', 'default', 'enum'].includes(key)) yield* listParts(child, `${path}/${key}`);
  }
}

const all = [...listParts(schema)];

describe('schemas/scenario.schema.json', () => {
  it('has a title, a description and examples for every value', () => {
    const undocumented = all.filter(
      ([, { title, description, examples }]) =>
        typeof title !== 'string' ||
        typeof description !== 'string' ||
        !Array.isArray(examples) ||
        examples.length === 0,
    );
    expect(undocumented.map(([path]) => path)).toEqual([]);
  });

  it('has only valid examples and defaults', () => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    ajv.addSchema(schema, 'scenario');
    for (const [path, { examples, default: fallback }] of all) {
      const check = ajv.compile({ $ref: `scenario#${path}` });
      const values: unknown[] = fallback === undefined ? [] : [fallback];
      if (Array.isArray(examples)) examples.forEach((example: unknown) => values.push(example));
      for (const value of values) {
        expect(check(value), `${path}: ${JSON.stringify(value)} ${ajv.errorsText(check.errors)}`).toBe(true);
      }
    }
  });

  it('has the same enumerations as the code', () => {
    expect(getPart('definitions/barSize')['enum']).toEqual(Object.keys(barSizes));
    expect(getPart('definitions/request')['enum']).toEqual([...new Set(Object.values(requestsBySource).flat())]);
    expect(getPart('properties/source')['enum']).toEqual(Object.keys(requestsBySource));

    const words = Object.entries(actionSyntaxes);
    const keys = Object.keys(getPart('definitions/action/properties'));
    expect(getPart('definitions/do/anyOf/0')['enum']).toEqual(
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
