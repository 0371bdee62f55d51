/** Every path of a JSON value with the type at its end; items of a list share one path. Null fits any type and is `null`. */
export function listPaths(value: unknown, path = '$'): readonly string[] {
  if (Array.isArray(value)) {
    return [`${path}: list`, ...new Set(value.flatMap((item: unknown) => listPaths(item, `${path}[]`)))];
  }
  if (typeof value === 'object' && value !== null) {
    return [`${path}: object`, ...Object.entries(value).flatMap(([key, item]) => listPaths(item, `${path}.${key}`))];
  }
  return [`${path}: ${value === null ? 'null' : typeof value}`];
}

/** Shortens lists to the items that add a path, at most `max` of them, and texts of many lines to their first one. */
export function shorten(value: unknown, max = 3): unknown {
  if (Array.isArray(value)) {
    const known = new Set<string>();
    const kept: unknown[] = [];
    for (const item of value as readonly unknown[]) {
      const paths = listPaths(item);
      if (kept.length >= max || (kept.length > 0 && paths.every((one) => known.has(one)))) continue;
      for (const one of paths) known.add(one);
      kept.push(shorten(item, max));
    }
    return kept;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shorten(item, max)]));
  }
  return value;
}
