/** `T` with the properties that may be undefined made optional. */
export type WithoutUndefined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Copies an object without the properties that are undefined: under `exactOptionalPropertyTypes` they must be absent. */
export function omitUndefined<T extends object>(value: T): WithoutUndefined<T>;
export function omitUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, property]) => property !== undefined));
}
