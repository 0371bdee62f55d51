import type { SchemaError } from './json-schema.js';

export function getJsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** Returns whether the schema requires one of several keys: an `anyOf` of `required` only. */
export function requiresOneOfKeys(error: SchemaError): boolean {
  const branches = error.parentSchema['anyOf'];
  return (
    error.keyword === 'anyOf' &&
    Array.isArray(branches) &&
    branches.every(
      (branch: unknown) => typeof branch === 'object' && branch !== null && Object.keys(branch).join() === 'required',
    )
  );
}

/**
 * Selects the errors that are worth a message. For a value with alternatives the validator reports why it fails each of them; only the
 * alternative of the same type was intended.
 */
export function selectRelevantErrors(errors: readonly SchemaError[]): readonly SchemaError[] {
  const unionPaths = new Set(errors.filter(isUnionError).map((error) => error.instancePath));
  const missingTags = new Set(
    errors
      .filter((error) => error.keyword === 'required')
      .map((error) => `${error.instancePath}/${String(error.params['missingProperty'])}`),
  );
  const specific = errors.filter((error) => {
    if (isUnionError(error) || error.keyword === 'propertyNames') return false;
    // A branch of an `anyOf` that requires one of several keys.
    if (error.keyword === 'required' && error.parentSchema['title'] === undefined) return false;
    if (error.keyword === 'discriminator')
      return !missingTags.has(`${error.instancePath}/${String(error.params['tag'])}`);
    if (error.keyword === 'type') return !unionPaths.has(error.instancePath);
    const expectedType = error.parentSchema['type'];
    return typeof expectedType !== 'string' || hasJsonType(error.data, expectedType);
  });

  const relevant = [...specific];
  const explained = new Set<string>();
  const markExplained = (instancePath: string): void => {
    for (let path = instancePath; path !== ''; path = path.slice(0, path.lastIndexOf('/'))) explained.add(path);
  };
  for (const { instancePath } of specific) markExplained(instancePath);
  // An error inside a value explains the error of the value.
  const depthFirst = errors.filter(isUnionError).sort((a, b) => b.instancePath.length - a.instancePath.length);
  for (const error of depthFirst) {
    if (explained.has(error.instancePath)) continue;
    relevant.push(error);
    markExplained(error.instancePath);
  }
  return relevant;
}

/** Returns whether an error is about a value with alternatives. */
function isUnionError(error: SchemaError): boolean {
  return error.keyword === 'anyOf' && !requiresOneOfKeys(error);
}

export function hasJsonType(value: unknown, type: string): boolean {
  return getJsonType(value) === (type === 'integer' ? 'number' : type);
}
