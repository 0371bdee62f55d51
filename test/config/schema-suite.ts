import { readFileSync } from 'node:fs';
import type { Ajv } from 'ajv';
import { expect, it } from 'vitest';

export type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readSchema(kind: 'pipeline' | 'scenario'): Schema {
  const parsed: unknown = JSON.parse(readFileSync(`schemas/${kind}.schema.json`, 'utf8'));
  return isSchema(parsed) ? parsed : {};
}

/** Returns the part of a schema at a path such as `definitions/barSize`. */
export function getPart(schema: Schema, path: string): Schema {
  let node: unknown = schema;
  for (const part of path.split('/'))
    node = isSchema(node) || Array.isArray(node) ? Reflect.get(node, part) : undefined;
  if (!isSchema(node)) throw new Error(`the schema has no ${path}`);
  return node;
}

/** Iterates over the parts of a schema that describe a value, with their paths. */
export function* listParts(node: unknown, path = ''): Generator<readonly [string, Schema]> {
  if (Array.isArray(node)) for (const [index, item] of node.entries()) yield* listParts(item, `${path}/${index}`);
  if (!isSchema(node)) return;
  if (typeof node['type'] === 'string' || Array.isArray(node['type'])) yield [path, node];
  for (const [key, child] of Object.entries(node)) {
    if (!['examples', 'default', 'enum'].includes(key)) yield* listParts(child, `${path}/${key}`);
  }
}

/** Adds the tests that every schema has to pass. */
export function testSchema(schema: Schema, ajv: Ajv): void {
  const parts = [...listParts(schema)];

  it('has a title, a description and examples for every value', () => {
    expect(parts.length).toBeGreaterThan(0);
    const undocumented = parts.filter(([, { title, description, examples }]) => {
      return (
        typeof title !== 'string' ||
        typeof description !== 'string' ||
        !Array.isArray(examples) ||
        examples.length === 0
      );
    });
    expect(undocumented.map(([path]) => path)).toEqual([]);
  });

  it('has only valid examples and defaults', () => {
    ajv.addSchema(schema, 'schema');
    for (const [path, { examples, default: fallback }] of parts) {
      const check = ajv.compile({ $ref: `schema#${path}` });
      const values: unknown[] = fallback === undefined ? [] : [fallback];
      if (Array.isArray(examples)) examples.forEach((example: unknown) => values.push(example));
      for (const value of values) {
        expect(check(value), `${path}: ${JSON.stringify(value)} ${ajv.errorsText(check.errors)}`).toBe(true);
      }
    }
  });
}
