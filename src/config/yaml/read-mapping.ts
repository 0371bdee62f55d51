import { Composer, Lexer, Parser, isAlias, isScalar, isSeq } from 'yaml';
import type { Alias, CST, Document, ParsedNode, Scalar, YAMLMap } from 'yaml';
import type { Diagnostic, Location } from '../../core/diagnostic.js';
import type { YamlFileKind } from './file-kind.js';
import { problem } from './problem.js';
import type { ReportDiagnostic } from './problem.js';
import { formatCodePoint, quote } from './quote.js';
import type { MapEntry, ListNode, MapNode, YamlNode, ScalarNode } from './tree.js';
import { explainYamlErrors } from './explain-yaml-errors.js';

/** Limit on nesting; a recursive parser runs out of stack on a file of nothing but brackets. */
const maxDepth = 60;

/** Limit on the values that aliases expand to, so that a few lines cannot become billions of values. */
const maxAliasedValues = 100_000;

/** Reads one YAML 1.2 document that is a mapping. Returns null after a report if it is not. */
export function readMapping(file: string, text: string, kind: YamlFileKind, report: ReportDiagnostic): MapNode | null {
  const root = readYaml(file, text, kind, report);
  if (root === null || root.kind === 'map') return root;
  const actual = root.kind === 'list' ? 'a list' : 'a single value';
  const message = `a ${kind.noun} must be a mapping with keys such as ${kind.exampleKeys}, not ${actual}`;
  const location = { ...root.location, length: Math.min(root.location.length, 1) };
  report(problem('not-a-mapping', location, message));
  return null;
}

/** Reads one YAML 1.2 document. Returns null after a report if it cannot be read. */
function readYaml(file: string, text: string, kind: YamlFileKind, report: ReportDiagnostic): YamlNode | null {
  const problems = [...findControlCharacters(file, text)];
  const documents = problems.length > 0 ? [] : parseDocuments(file, text, kind, (found) => problems.push(found));
  if (problems.length > 0) {
    problems.forEach(report);
    return null;
  }
  const [document, nextDocument] = documents;
  if (nextDocument !== undefined) {
    const location = { file, offset: Math.min(nextDocument.range[0], text.length), length: 3 };
    report(
      problem('yaml-documents', location, `a ${kind.noun} must be a single YAML document; a second one starts here`, {
        suggestion: kind.multipleDocumentsHint,
      }),
    );
    return null;
  }
  if (document?.contents === null || document?.contents === undefined || isEmptyNode(document.contents)) {
    report(
      problem('empty-file', { file, offset: 0, length: 0 }, 'the file is empty', {
        suggestion: kind.emptyHint,
      }),
    );
    return null;
  }
  const root = buildTree(file, document.contents, (found) => problems.push(found));
  problems.forEach(report);
  return problems.length > 0 ? null : root;
}

/** Reports control characters other than tabs and line ends, which are invisible and cause confusing errors later. */
function* findControlCharacters(file: string, text: string): Generator<Diagnostic> {
  for (const { 0: character, index } of text.matchAll(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g)) {
    const name = formatCodePoint(character).slice(1, -1);
    yield problem('control-character', { file, offset: index, length: 1 }, `invisible control character ${name}`, {
      suggestion: 'delete it',
    });
  }
}

function isEmptyNode(node: ParsedNode): boolean {
  return isScalar(node) && node.value === null && node.source === '';
}

function parseDocuments(
  file: string,
  text: string,
  { noun }: YamlFileKind,
  report: ReportDiagnostic,
): Document.Parsed[] {
  const tokens: CST.Token[] = [];
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > maxDepth) {
      const location = { file, offset: Math.max(0, parser.offset - lexeme.length), length: lexeme.length };
      report(problem('too-deep', location, `the ${noun} is nested more than ${maxDepth} levels deep`));
      return [];
    }
  }
  for (const token of parser.end()) tokens.push(token);

  // Duplicate keys are found below, with both locations and without comparing every pair of keys.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, stringKeys: true, version: '1.2' });
  const documents = withoutStackTraces(() => [...composer.compose(tokens, true, text.length)]);
  for (const document of documents) {
    for (const diagnostic of explainYamlErrors(file, text, noun, [...document.errors, ...document.warnings]))
      report(diagnostic);
    const { explicit = false, version } = document.directives.yaml;
    if (explicit && version !== '1.2') {
      const location = { file, offset: Math.max(0, text.indexOf('%YAML')), length: 5 };
      report(
        problem('yaml-version', location, `a ${noun} must be YAML 1.2, not ${version}`, {
          suggestion: 'remove the `%YAML` line',
        }),
      );
    }
  }
  return documents;
}

/**
 * Disables stack traces of the parser's errors: a file that is not YAML has an error at every character, and recording their
 * stacks takes ten times as long as parsing.
 */
function withoutStackTraces<T>(action: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return action();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Null marks an anchor whose value is still being read: an alias to it would contain itself. */
type Anchors = Map<string, { readonly node: YamlNode; readonly size: number } | null>;

function buildTree(file: string, contents: ParsedNode, report: ReportDiagnostic): YamlNode {
  const anchors: Anchors = new Map();
  let aliasedValues = 0;

  const locate = (node: ParsedNode): Location => {
    const [start, end] = node.range;
    return { file, offset: start, length: end - start };
  };
  const createNullNode = (location: Location): ScalarNode => {
    return { kind: 'scalar', value: null, text: '', isPlain: true, isInterpolated: false, location };
  };

  /** Returns the node and its number of values with aliases expanded. */
  function build(node: ParsedNode | null, parentLocation: Location): { node: YamlNode; size: number } {
    if (node === null) return { node: createNullNode(parentLocation), size: 1 };
    if (isAlias(node)) return resolveAlias(node, locate(node));
    const anchor = node.anchor;
    if (anchor !== undefined) anchors.set(anchor, null);
    const built = isScalar(node)
      ? buildScalar(node)
      : isSeq(node)
        ? buildList(node.items, locate(node))
        : buildMap(node);
    if (anchor !== undefined) anchors.set(anchor, built);
    return built;
  }

  function buildScalar(node: Scalar.Parsed): { node: YamlNode; size: number } {
    const { value, source, type } = node;
    const isKnown =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
    const scalar: ScalarNode = {
      kind: 'scalar',
      value: isKnown ? value : source,
      text: source,
      isPlain: type === 'PLAIN',
      isInterpolated: false,
      location: locate(node),
    };
    return { node: scalar, size: 1 };
  }

  function buildList(items: readonly ParsedNode[], location: Location): { node: YamlNode; size: number } {
    let size = 1;
    const list: ListNode = { kind: 'list', items: [], location };
    for (const item of items) {
      const built = build(item, location);
      size += built.size;
      list.items.push(built.node);
    }
    return { node: list, size };
  }

  function buildMap(node: YAMLMap.Parsed): { node: YamlNode; size: number } {
    const map: MapNode = { kind: 'map', entries: new Map(), location: locate(node) };
    const mergeKeys: { value: YamlNode; location: Location }[] = [];
    let size = 1;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const name = key.source;
      const keyLocation = locate(key);
      const built = build(value, keyLocation);
      size += built.size;
      const first = map.entries.get(name);
      if (name === '<<' && key.type === 'PLAIN') mergeKeys.push({ value: built.node, location: keyLocation });
      else if (first === undefined) map.entries.set(name, { key: name, keyLocation, value: built.node });
      else {
        report(
          problem('duplicate-key', keyLocation, `duplicate key ${quote(name)}`, {
            related: [{ message: 'the first one', location: first.keyLocation }],
          }),
        );
      }
    }
    for (const { value, location } of mergeKeys) merge(map, value, location);
    return { node: map, size };
  }

  /** Adds the keys of `<<` that the mapping does not set itself. */
  function merge(target: MapNode, merged: YamlNode, location: Location): void {
    for (const mapping of merged.kind === 'list' ? merged.items : [merged]) {
      if (mapping.kind === 'map') {
        for (const entry of mapping.entries.values()) addEntryIfAbsent(target, entry);
      } else {
        report(
          problem('bad-merge', location, '`<<` must be a mapping or a list of mappings, usually an alias: `<<: *name`'),
        );
      }
    }
  }

  function resolveAlias(alias: Alias.Parsed, location: Location): { node: YamlNode; size: number } {
    const target = anchors.get(alias.source);
    if (target === undefined) {
      report(
        problem('unknown-alias', location, `there is no anchor \`&${alias.source}\` before this alias`, {
          suggestion: `to use it as text, quote it: "*${alias.source}"`,
        }),
      );
    } else if (target === null) {
      report(
        problem(
          'alias-cycle',
          location,
          `the alias \`*${alias.source}\` is inside the value of \`&${alias.source}\`, which would contain itself`,
        ),
      );
    } else {
      const previousCount = aliasedValues;
      aliasedValues += target.size;
      // Every use of a scalar is copied, because its type depends on the setting it is used for.
      if (aliasedValues <= maxAliasedValues)
        return target.node.kind === 'scalar' ? { node: { ...target.node }, size: 1 } : target;
      if (previousCount <= maxAliasedValues) {
        report(
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

  return build(contents, { file, offset: 0, length: 0 }).node;
}

function addEntryIfAbsent(map: MapNode, entry: MapEntry): void {
  if (!map.entries.has(entry.key)) map.entries.set(entry.key, entry);
}
