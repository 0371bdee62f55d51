import { dirname, isAbsolute, join } from 'node:path';
import type { Location } from '../../../core/diagnostic.js';
import { pipelineFileKind } from './file-kinds.js';
import { interpolate } from './interpolate.js';
import type { Environment, UnresolvedValue } from './interpolate.js';
import type { InterpolatedValue } from './conceal-values.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import type { SourceTextReader } from '../../yaml/source-texts.js';
import { quote } from '../../yaml/quote.js';
import type { MapEntry, MapNode, YamlNode } from '../../yaml/tree.js';
import { readMapping } from '../../yaml/read-mapping.js';

/** One level of includes: the file and the location that includes it. */
interface IncludeFrame {
  readonly file: string;
  readonly includedAt: Location | null;
}

/** Resolves a path relative to the file that contains it. */
export function resolveFrom(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

/** Dependencies of reading; values with unset variables are added to `unresolved`. */
export interface ReadContext {
  readonly reader: SourceTextReader;
  readonly environment: Environment;
  readonly unresolved: UnresolvedValue[];
  /** Values that hold the value of a variable are added here. */
  readonly values: InterpolatedValue[];
}

/** Reads a pipeline file with its includes, merged into one tree. Returns null after a report. */
export async function readWithIncludes(
  file: string,
  { reader, environment, unresolved, values }: ReadContext,
  report: ReportDiagnostic,
): Promise<MapNode | null> {
  // A file that several others include is read and merged once.
  const cache = new Map<string, MapNode | null>();

  async function readCached(path: string, trail: readonly IncludeFrame[]): Promise<MapNode | null> {
    const cached = cache.get(path);
    if (cached !== undefined) return cached;
    const merged = await readAndMerge(path, trail);
    cache.set(path, merged);
    return merged;
  }

  async function readAndMerge(path: string, trail: readonly IncludeFrame[]): Promise<MapNode | null> {
    const includedAt = trail.at(-1)?.includedAt ?? null;
    const text = await reader.read(path, pipelineFileKind, includedAt);
    if (text === null) return null;
    const root = readMapping(path, text, pipelineFileKind, report, () => reader.conceal(path));
    if (root === null) return null;
    const interpolation = interpolate(root, text, environment, report);
    unresolved.push(...interpolation.unresolved);
    values.push(...interpolation.values);

    const include = root.entries.get('include');
    root.entries.delete('include');
    let merged: MapNode | null = null;
    let failed = false;
    for (const { path: included, location } of listIncludes(include, report)) {
      const target = resolveFrom(path, included);
      const frames = [...trail, { file: target, includedAt: location }];
      const first = frames.findIndex((frame) => frame.file === target);
      if (first < frames.length - 1) {
        reportCycle(frames.slice(first), report);
        failed = true;
        continue;
      }
      const base = await readCached(target, frames);
      if (base === null) failed = true;
      else merged = merged === null ? base : mergeMaps(merged, base);
    }
    if (failed) return null;
    return merged === null ? root : mergeMaps(merged, root);
  }

  return await readCached(file, [{ file, includedAt: null }]);
}

function listIncludes(
  include: MapEntry | undefined,
  report: ReportDiagnostic,
): { readonly path: string; readonly location: Location }[] {
  if (include === undefined) return [];
  const paths: { path: string; location: Location }[] = [];
  for (const node of include.value.kind === 'list' ? include.value.items : [include.value]) {
    if (node.kind === 'scalar' && node.text.trim() !== '') paths.push({ path: node.text, location: node.location });
    else
      report(
        problem('wrong-type', include.keyLocation, '`include` must be the path of a YAML file, or a list of paths'),
      );
  }
  return paths;
}

function reportCycle(frames: readonly IncludeFrame[], report: ReportDiagnostic): void {
  const last = frames.at(-1);
  if (last?.includedAt === null || last === undefined) return;
  const names = frames.map((frame) => quote(frame.file));
  const trail = names.length > 8 ? [...names.slice(0, 5), '…', ...names.slice(-2)] : names;
  report(
    problem('include-cycle', last.includedAt, `circular include: ${trail.join(' → ')}`, {
      related: frames
        .slice(1, -1)
        .slice(0, 5)
        .flatMap((frame) =>
          frame.includedAt === null ? [] : [{ message: `includes ${quote(frame.file)}`, location: frame.includedAt }],
        ),
    }),
  );
}

/** Merges mappings key by key; other values are replaced as a whole. */
function mergeMaps(base: MapNode, over: MapNode): MapNode {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const baseEntry = base.entries.get(key);
    entries.set(key, baseEntry === undefined ? entry : { ...entry, value: mergeNodes(baseEntry.value, entry.value) });
  }
  return { kind: 'map', entries, location: over.location };
}

function mergeNodes(base: YamlNode, over: YamlNode): YamlNode {
  return base.kind === 'map' && over.kind === 'map' ? mergeMaps(base, over) : over;
}
