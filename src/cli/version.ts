import { readFileSync } from 'node:fs';

/** The version in package.json, which lies beside the folder that holds the compiled code. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? '0.0.0';
}
