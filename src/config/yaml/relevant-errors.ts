import type { ErrorObject } from 'ajv';

/** What a value is, in the words of JSON schema. */
export function getJsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** The parts of a schema that messages are made of, read with care: an error carries it untyped. */
export function getParentSchema(error: ErrorObject): Readonly<Record<string, unknown>> {
  const schema: unknown = error.parentSchema;
  return isObject(schema) ? { ...schema } : {};
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether the schema wants one of several keys, which is what an `anyOf` of nothing but `required` says. */
export function requiresOneOfKeys(error: ErrorObject): boolean {
  const branches = getParentSchema(error)['anyOf'];
  return (
    error.keyword === 'anyOf' &&
    Array.isArray(branches) &&
    branches.every((branch: unknown) => isObject(branch) && Object.keys(branch).join() === 'required')
  );
}

/**
 * The errors that say something to a person. Where a value may be one of several things, Ajv tells how it fails to be each
 * of them; only the thing it is nearest to, by type, was meant.
 */
export function selectRelevantErrors(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unionPaths = new Set(errors.filter(isUnionError).map((error) => error.instancePath));
  const missingTags = new Set(
    errors
      .filter((error) => error.keyword === 'required')
      .map((error) => `${error.instancePath}/${String(error.params['missingProperty'])}`),
  );
  const specific = errors.filter((error) => {
    if (isUnionError(error) || error.keyword === 'propertyNames') return false;
    // A branch of an `anyOf` that wants one of several keys.
    if (error.keyword === 'required' && getParentSchema(error)['title'] === undefined) return false;
    if (error.keyword === 'discriminator')
      return !missingTags.has(`${error.instancePath}/${String(error.params['tag'])}`);
    if (error.keyword === 'type') return !unionPaths.has(error.instancePath);
    const expectedType = getParentSchema(error)['type'];
    return typeof expectedType !== 'string' || hasJsonType(error.data, expectedType);
  });

  const relevant = [...specific];
  const explained = new Set<string>();
  const markExplained = (instancePath: string): void => {
    for (let path = instancePath; path !== ''; path = path.slice(0, path.lastIndexOf('/'))) explained.add(path);
  };
  for (const { instancePath } of specific) markExplained(instancePath);
  // What is wrong inside explains what is wrong around it.
  const depthFirst = errors.filter(isUnionError).sort((a, b) => b.instancePath.length - a.instancePath.length);
  for (const error of depthFirst) {
    if (explained.has(error.instancePath)) continue;
    relevant.push(error);
    markExplained(error.instancePath);
  }
  return relevant;
}

/** A value that may be one of several things. */
function isUnionError(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' && !requiresOneOfKeys(error);
}

function hasJsonType(value: unknown, type: string): boolean {
  return getJsonType(value) === (type === 'integer' ? 'number' : type);
}
