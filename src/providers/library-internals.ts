/**
 * The only access to members that a client library does not declare. Each function throws if the member is missing, so that
 * an update of the library that moves it fails at once instead of running without protection.
 */

type Method = (...parameters: readonly unknown[]) => unknown;

/** The object at a path of undeclared members, such as `controller.socket`. */
export function findInternal(library: string, root: object, path: string): object {
  let member: unknown = root;
  for (const name of path.split('.')) member = isObjectLike(member) ? Reflect.get(member, name) : undefined;
  if (!isObjectLike(member)) throw missingMember(library, path);
  return member;
}

/** Replaces a method of one object; `wrap` receives the original. */
export function wrapInternalMethod(
  library: string,
  owner: object,
  name: string,
  wrap: (original: Method) => Method,
): void {
  const method: unknown = Reflect.get(owner, name);
  if (typeof method !== 'function') throw missingMember(library, name);
  const original: Method = (...parameters) => Reflect.apply(method, owner, parameters);
  if (!Reflect.set(owner, name, wrap(original))) throw new Error(`cannot replace ${name} of ${library}`);
}

/** Sets undeclared options of an object. */
export function setInternals(library: string, owner: object, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values))
    if (!Reflect.set(owner, name, value)) throw new Error(`cannot set ${name} of ${library}`);
}

/** Adds an interceptor to a manager of interceptors; it gets the options of every request and returns them. */
export function useInterceptor(library: string, manager: object, intercept: (options: object) => object): void {
  const use: unknown = Reflect.get(manager, 'use');
  if (typeof use !== 'function') throw missingMember(library, 'use');
  Reflect.apply(use, manager, [intercept]);
}

function isObjectLike(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function missingMember(library: string, path: string): Error {
  return new Error(`${library} has no ${path}: use the version in package-lock.json`);
}
