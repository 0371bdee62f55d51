/** Whether a parsed JSON value is an object, whose fields may then be looked at. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One line of a file that only we write; null for what a crash tore and for what is none of the wanted kind. */
export function parseJsonLine<T>(line: string, isExpected: (value: unknown) => value is T): T | null {
  if (line === '') return null;
  try {
    const value: unknown = JSON.parse(line);
    return isExpected(value) ? value : null;
  } catch {
    return null;
  }
}
