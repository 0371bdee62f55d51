import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

import { isRecord, isString, listOf, parseJson } from '../json.js';

/**
 * Replaces the places of bundled code in a stack by those of the sources, as far as maps lie beside the code. Reading the maps
 * here and not in Node (`--enable-source-maps`) leaves every start without their cost.
 */
export function mapStack(stack: string, readMap: (file: string) => SourceMap | null = readSourceMap): string {
  return stack.replaceAll(
    /(file:\/\/\/[^\s():]+\.js):(\d+):(\d+)/g,
    (place, url: string, line: string, column: string) => {
      const entry = readMap(fileURLToPath(url))?.findEntry(Number(line) - 1, Number(column) - 1);
      if (entry === undefined || !('originalSource' in entry)) return place;
      const source = new URL(entry.originalSource, url).pathname;
      return `${source}:${String(entry.originalLine + 1)}:${String(entry.originalColumn + 1)}`;
    },
  );
}

function readSourceMap(file: string): SourceMap | null {
  try {
    const payload = parseJson(readFileSync(`${file}.map`, 'utf8'));
    return isSourceMap(payload) ? new SourceMap(payload) : null;
  } catch {
    // The package has no maps; its functions have their names.
    return null;
  }
}

function isSourceMap(value: unknown): value is SourceMapPayload {
  return isRecord(value) && isString(value['mappings']) && listOf(isString)(value['sources']);
}
