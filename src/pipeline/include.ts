import { dirname, isAbsolute, join } from 'node:path';
import type { Place } from '../core/diagnostic.js';
import { pipelineFile } from './file-kinds.js';
import { interpolate } from './interpolate.js';
import type { Environment, Unresolved } from './interpolate.js';
import { problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import type { SourceReader } from '../yaml/sources.js';
import { quote } from '../yaml/text.js';
import type { Entry, MapNode, Node } from '../yaml/tree.js';
import { readMapping } from '../yaml/read-yaml.js';

/** One step on the way into included files: the file, and the place that includes it. */
interface Stop {
  readonly file: string;
  readonly includedAt: Place | null;
}

/** A path as the file that names it means it. */
export function pathBeside(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

/** What reading needs: files, variables, and where to note the values whose variables are not there. */
export interface Reading {
  readonly reader: SourceReader;
  readonly environment: Environment;
  readonly unresolved: Unresolved[];
}

/** Reads a pipeline file with everything it includes, merged into one tree. Null after a report. */
export async function readMerged(
  file: string,
  { reader, environment, unresolved }: Reading,
  report: Report,
): Promise<MapNode | null> {
  // A file that several others include is read and merged once.
  const done = new Map<string, MapNode | null>();

  async function readOne(path: string, trail: readonly Stop[]): Promise<MapNode | null> {
    const known = done.get(path);
    if (known !== undefined) return known;
    const merged = await readAndMerge(path, trail);
    done.set(path, merged);
    return merged;
  }

  async function readAndMerge(path: string, trail: readonly Stop[]): Promise<MapNode | null> {
    const includedAt = trail.at(-1)?.includedAt ?? null;
    const text = await reader.read(path, pipelineFile, includedAt);
    if (text === null) return null;
    const root = readMapping(path, text, pipelineFile, report);
    if (root === null) return null;
    unresolved.push(...interpolate(root, text, environment, report));

    const include = root.entries.get('include');
    root.entries.delete('include');
    let merged: MapNode | null = null;
    let failed = false;
    for (const { path: included, place } of includedPaths(include, report)) {
      const target = pathBeside(path, included);
      const stops = [...trail, { file: target, includedAt: place }];
      const first = stops.findIndex((stop) => stop.file === target);
      if (first < stops.length - 1) {
        reportCycle(stops.slice(first), report);
        failed = true;
        continue;
      }
      const base = await readOne(target, stops);
      if (base === null) failed = true;
      else merged = merged === null ? base : mergeOver(merged, base);
    }
    if (failed) return null;
    return merged === null ? root : mergeOver(merged, root);
  }

  return await readOne(file, [{ file, includedAt: null }]);
}

function includedPaths(include: Entry | undefined, report: Report): { readonly path: string; readonly place: Place }[] {
  if (include === undefined) return [];
  const paths: { path: string; place: Place }[] = [];
  for (const node of include.value.kind === 'list' ? include.value.items : [include.value]) {
    if (node.kind === 'scalar' && node.text.trim() !== '') paths.push({ path: node.text, place: node.place });
    else report(problem('wrong-type', include.keyPlace, '`include` names a YAML file, or a list of them'));
  }
  return paths;
}

function reportCycle(stops: readonly Stop[], report: Report): void {
  const last = stops.at(-1);
  if (last?.includedAt === null || last === undefined) return;
  const names = stops.map((stop) => quote(stop.file));
  const trail = names.length > 8 ? [...names.slice(0, 5), '…', ...names.slice(-2)] : names;
  report(
    problem('include-cycle', last.includedAt, `files include each other in a circle: ${trail.join(' → ')}`, {
      related: stops
        .slice(1, -1)
        .slice(0, 5)
        .flatMap((stop) =>
          stop.includedAt === null ? [] : [{ message: `includes ${quote(stop.file)}`, place: stop.includedAt }],
        ),
    }),
  );
}

/** Mappings key by key; everything else as a whole. */
function mergeOver(base: MapNode, over: MapNode): MapNode {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const below = base.entries.get(key);
    entries.set(key, below === undefined ? entry : { ...entry, value: mergeValue(below.value, entry.value) });
  }
  return { kind: 'map', entries, place: over.place };
}

function mergeValue(base: Node, over: Node): Node {
  return base.kind === 'map' && over.kind === 'map' ? mergeOver(base, over) : over;
}
