import { isAlias, isScalar, isSeq } from 'yaml';
import type { Alias, ParsedNode, Scalar, YAMLMap } from 'yaml';
import type { Location } from '../../core/diagnostic.js';
import { problem } from './problem.js';
import type { ReportDiagnostic } from './problem.js';
import { quote } from './quote.js';
import type { ListNode, MapEntry, MapNode, ScalarNode, YamlNode } from './tree.js';

/** Limit on the values that aliases expand to, so that a few lines cannot become billions of values. */
const maxAliasedValues = 100_000;

/** A node and its number of values with aliases expanded. */
interface SizedNode {
  readonly node: YamlNode;
  readonly size: number;
}

interface BuildContext {
  readonly file: string;
  readonly report: ReportDiagnostic;
  /** Null marks an anchor whose value is still being read: an alias to it would contain itself. */
  readonly anchors: Map<string, SizedNode | null>;
  aliasedValues: number;
}

/** Converts a parsed document to a tree and resolves its aliases and merge keys. */
export function buildTree(file: string, contents: ParsedNode, report: ReportDiagnostic): YamlNode {
  const context: BuildContext = { file, report, anchors: new Map(), aliasedValues: 0 };
  return build(contents, { file, offset: 0, length: 0 }, context).node;
}

function locate(node: ParsedNode, { file }: BuildContext): Location {
  const [start, end] = node.range;
  return { file, offset: start, length: end - start };
}

function createNullNode(location: Location): ScalarNode {
  return { kind: 'scalar', value: null, text: '', isPlain: true, isInterpolated: false, location };
}

function build(node: ParsedNode | null, parentLocation: Location, context: BuildContext): SizedNode {
  if (node === null) return { node: createNullNode(parentLocation), size: 1 };
  if (isAlias(node)) return resolveAlias(node, locate(node, context), context);
  const anchor = node.anchor;
  if (anchor !== undefined) context.anchors.set(anchor, null);
  const built = isScalar(node)
    ? buildScalar(node, context)
    : isSeq(node)
      ? buildList(node.items, locate(node, context), context)
      : buildMap(node, context);
  if (anchor !== undefined) context.anchors.set(anchor, built);
  return built;
}

function buildScalar(node: Scalar.Parsed, context: BuildContext): SizedNode {
  const { value, source, type } = node;
  const isKnown =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
  const scalar: ScalarNode = {
    kind: 'scalar',
    value: isKnown ? value : source,
    text: source,
    isPlain: type === 'PLAIN',
    isInterpolated: false,
    location: locate(node, context),
  };
  return { node: scalar, size: 1 };
}

function buildList(items: readonly ParsedNode[], location: Location, context: BuildContext): SizedNode {
  let size = 1;
  const list: ListNode = { kind: 'list', items: [], location };
  for (const item of items) {
    const built = build(item, location, context);
    size += built.size;
    list.items.push(built.node);
  }
  return { node: list, size };
}

function buildMap(node: YAMLMap.Parsed, context: BuildContext): SizedNode {
  const map: MapNode = { kind: 'map', entries: new Map(), location: locate(node, context) };
  const mergeKeys: { value: YamlNode; location: Location }[] = [];
  let size = 1;
  for (const { key, value } of node.items) {
    if (!isScalar(key)) continue;
    const name = key.source;
    const keyLocation = locate(key, context);
    const built = build(value, keyLocation, context);
    size += built.size;
    const first = map.entries.get(name);
    if (name === '<<' && key.type === 'PLAIN') mergeKeys.push({ value: built.node, location: keyLocation });
    else if (first === undefined) map.entries.set(name, { key: name, keyLocation, value: built.node });
    else {
      context.report(
        problem('duplicate-key', keyLocation, `duplicate key ${quote(name)}`, {
          related: [{ message: 'the first one', location: first.keyLocation }],
        }),
      );
    }
  }
  for (const { value, location } of mergeKeys) merge(map, value, location, context);
  return { node: map, size };
}

/** Adds the keys of `<<` that the mapping does not set itself. */
function merge(target: MapNode, merged: YamlNode, location: Location, context: BuildContext): void {
  for (const mapping of merged.kind === 'list' ? merged.items : [merged]) {
    if (mapping.kind === 'map') {
      for (const entry of mapping.entries.values()) addEntryIfAbsent(target, entry);
    } else {
      context.report(
        problem('bad-merge', location, '`<<` must be a mapping or a list of mappings, usually an alias: `<<: *name`'),
      );
    }
  }
}

function resolveAlias(alias: Alias.Parsed, location: Location, context: BuildContext): SizedNode {
  const target = context.anchors.get(alias.source);
  if (target === undefined) {
    context.report(
      problem('unknown-alias', location, `there is no anchor \`&${alias.source}\` before this alias`, {
        suggestion: `to use it as text, quote it: "*${alias.source}"`,
      }),
    );
  } else if (target === null) {
    context.report(
      problem(
        'alias-cycle',
        location,
        `the alias \`*${alias.source}\` is inside the value of \`&${alias.source}\`, which would contain itself`,
      ),
    );
  } else {
    const previousCount = context.aliasedValues;
    context.aliasedValues += target.size;
    // Every use of a scalar is copied, because its type depends on the setting it is used for.
    if (context.aliasedValues <= maxAliasedValues)
      return target.node.kind === 'scalar' ? { node: { ...target.node }, size: 1 } : target;
    if (previousCount <= maxAliasedValues) {
      context.report(
        problem(
          'too-many-aliases',
          location,
          `with this alias the file expands to more than ${maxAliasedValues} values`,
        ),
      );
    }
  }
  return { node: createNullNode(location), size: 1 };
}

function addEntryIfAbsent(map: MapNode, entry: MapEntry): void {
  if (!map.entries.has(entry.key)) map.entries.set(entry.key, entry);
}
