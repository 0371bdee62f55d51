import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { isRecord } from '../../platform/json.js';

/*
 * A validator of the part of JSON Schema that the schemas of pipelines and scenarios use. It interprets the schema: generated code
 * would be six times as large as the schema, and is loaded at every start. Its errors are those of Ajv with `allErrors`, `verbose`
 * and `discriminator`, without the keys that no message uses; a test compares both.
 */

/** A part of a schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A violation of a schema. */
export interface SchemaError {
  readonly keyword: string;
  /** The JSON pointer of the value. */
  readonly instancePath: string;
  /** What the keyword says about the violation, such as `{ limit: 1 }`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The part of the schema that has the keyword. */
  readonly parentSchema: JsonSchema;
  readonly data: unknown;
  /** The key, if the violation is about a key and not about its value. */
  readonly propertyName?: string;
}

/** Returns the value if it matches, else every violation. */
export type ValidateSchema<T> = (value: unknown) => Result<T, readonly SchemaError[]>;

interface Position {
  readonly path: string;
  readonly propertyName?: string;
}

/**
 * Creates a validator for values of a type, which is generated from the same schema. The build rejects a schema with keywords that
 * are not checked here. Patterns are compiled when they are first needed.
 */
export function createSchemaValidator<T>(root: JsonSchema): ValidateSchema<T> {
  const definitions = isRecord(root['definitions']) ? root['definitions'] : {};
  const patterns = new Map<string, RegExp>();

  const resolve = (schema: unknown): JsonSchema => {
    if (!isRecord(schema)) return {};
    const reference = schema['$ref'];
    return typeof reference === 'string' ? resolve(definitions[reference.slice('#/definitions/'.length)]) : schema;
  };
  const matches = (pattern: string, text: string): boolean => {
    let compiled = patterns.get(pattern);
    if (compiled === undefined) patterns.set(pattern, (compiled = new RegExp(pattern, 'u')));
    return compiled.test(text);
  };

  function validate(unresolved: unknown, data: unknown, at: Position, errors: SchemaError[]): void {
    const schema = resolve(unresolved);
    const report = (keyword: string, params: SchemaError['params']): void => {
      const name = at.propertyName === undefined ? {} : { propertyName: at.propertyName };
      errors.push({ keyword, instancePath: at.path, params, parentSchema: schema, data, ...name });
    };
    const { type } = schema;
    if (type !== undefined && !asList(type).some((name) => hasType(data, name))) report('type', { type });
    checkScalar(schema, data, matches, report);
    checkAlternatives(schema, data, at, errors, report);
    if (Array.isArray(data)) checkItems(schema, data, at, errors, report);
    else if (isRecord(data)) checkProperties(schema, data, at, errors, report);
  }

  function checkAlternatives(
    schema: JsonSchema,
    data: unknown,
    at: Position,
    errors: SchemaError[],
    report: Report,
  ): void {
    if (Array.isArray(schema['anyOf'])) {
      const found: SchemaError[] = [];
      const isValid = schema['anyOf'].some((branch: unknown) => {
        const before = found.length;
        validate(branch, data, at, found);
        return found.length === before;
      });
      if (!isValid) {
        for (const error of found) errors.push(error);
        report('anyOf', {});
      }
    }
    const discriminator = schema['discriminator'];
    if (!Array.isArray(schema['oneOf']) || !isRecord(discriminator) || !isRecord(data)) return;
    const tag = String(discriminator['propertyName']);
    const tagValue = data[tag];
    const branch: unknown = schema['oneOf'].find((one: unknown) => listTags(resolve(one), tag).includes(tagValue));
    if (typeof tagValue !== 'string') report('discriminator', { error: 'tag', tag, tagValue });
    else if (branch === undefined) report('discriminator', { error: 'mapping', tag, tagValue });
    else validate(branch, data, at, errors);
  }

  function listTags(branch: JsonSchema, tag: string): readonly unknown[] {
    const property = resolve(isRecord(branch['properties']) ? branch['properties'][tag] : undefined);
    return 'const' in property ? [property['const']] : asList(property['enum'] ?? []);
  }

  function checkItems(
    schema: JsonSchema,
    data: readonly unknown[],
    at: Position,
    errors: SchemaError[],
    report: Report,
  ): void {
    const { minItems, maxItems, items } = schema;
    if (typeof maxItems === 'number' && data.length > maxItems) report('maxItems', { limit: maxItems });
    if (typeof minItems === 'number' && data.length < minItems) report('minItems', { limit: minItems });
    if (items === undefined) return;
    for (const [index, item] of data.entries()) validate(items, item, { path: `${at.path}/${String(index)}` }, errors);
  }

  function checkProperties(
    schema: JsonSchema,
    data: JsonSchema,
    at: Position,
    errors: SchemaError[],
    report: Report,
  ): void {
    const { minProperties, maxProperties, required, propertyNames, additionalProperties } = schema;
    const keys = Object.keys(data);
    const properties = isRecord(schema['properties']) ? schema['properties'] : {};
    if (typeof maxProperties === 'number' && keys.length > maxProperties)
      report('maxProperties', { limit: maxProperties });
    if (typeof minProperties === 'number' && keys.length < minProperties)
      report('minProperties', { limit: minProperties });
    for (const missingProperty of asList(required ?? []))
      if (data[String(missingProperty)] === undefined) report('required', { missingProperty });
    for (const key of keys) {
      const before = errors.length;
      if (propertyNames !== undefined) validate(propertyNames, key, { path: at.path, propertyName: key }, errors);
      if (errors.length > before) report('propertyNames', { propertyName: key });
      if (Object.hasOwn(properties, key)) continue;
      if (additionalProperties === false) report('additionalProperties', { additionalProperty: key });
      else if (isRecord(additionalProperties))
        validate(additionalProperties, data[key], { path: `${at.path}/${escapePointer(key)}` }, errors);
    }
    for (const [key, property] of Object.entries(properties))
      if (Object.hasOwn(data, key) && data[key] !== undefined)
        validate(property, data[key], { path: `${at.path}/${escapePointer(key)}` }, errors);
  }

  let errors: SchemaError[] = [];
  const isValid = (value: unknown): value is T => {
    validate(root, value, { path: '' }, errors);
    return errors.length === 0;
  };
  return (value) => {
    errors = [];
    return isValid(value) ? ok(value) : err(errors);
  };
}

type Report = (keyword: string, params: SchemaError['params']) => void;

/** The keywords about one value, in the order of Ajv. */
function checkScalar(
  schema: JsonSchema,
  data: unknown,
  matches: (pattern: string, text: string) => boolean,
  report: Report,
): void {
  if (typeof data === 'number' && Number.isFinite(data)) {
    for (const [keyword, comparison, holds] of comparisons) {
      const limit = schema[keyword];
      if (typeof limit === 'number' && !holds(data, limit)) report(keyword, { comparison, limit });
    }
  }
  const { pattern } = schema;
  if (typeof data === 'string' && typeof pattern === 'string' && !matches(pattern, data))
    report('pattern', { pattern });
  if ('const' in schema && data !== schema['const']) report('const', { allowedValue: schema['const'] });
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(data))
    report('enum', { allowedValues: schema['enum'] });
}

const comparisons = [
  ['maximum', '<=', (value: number, limit: number) => value <= limit],
  ['minimum', '>=', (value: number, limit: number) => value >= limit],
  ['exclusiveMaximum', '<', (value: number, limit: number) => value < limit],
  ['exclusiveMinimum', '>', (value: number, limit: number) => value > limit],
] as const;

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function hasType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
