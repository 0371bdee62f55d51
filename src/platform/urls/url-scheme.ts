/**
 * The scheme of a text that is a URL, such as `s3` of `s3://bucket/lake`; null for a path. One slash is enough: a path that
 * went through a library loses the second one. A single letter is a drive of Windows.
 */
export function getUrlScheme(text: string): string | null {
  return /^([A-Za-z][A-Za-z0-9+.-]+):\//.exec(text)?.[1]?.toLowerCase() ?? null;
}
