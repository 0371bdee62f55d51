import { Composer, Lexer, Parser, isAlias, isScalar, isSeq } from 'yaml';
import type { Alias, CST, Document, ParsedNode, Scalar, YAMLMap } from 'yaml';
import type { Diagnostic, Place } from '../core/diagnostic.js';
import type { YamlKind } from './file-kind.js';
import { problem } from './problem.js';
import type { Report } from './problem.js';
import { codePoint, quote } from './text.js';
import type { Entry, ListNode, MapNode, Node, ScalarNode } from './tree.js';
import { explainYamlErrors } from './syntax-errors.js';

/** Deeper than any file of ours; a parser that recurses would run out of stack on a file that is nothing but brackets. */
const deepest = 60;

/** How many values aliases may stand for, so that a few lines cannot become billions. */
const mostAliased = 100_000;

/** Reads one YAML 1.2 document that is a mapping. Null when it is not; the reasons have been reported then. */
export function readMapping(file: string, text: string, kind: YamlKind, report: Report): MapNode | null {
  const root = readYaml(file, text, kind, report);
  if (root === null || root.kind === 'map') return root;
  const what = root.kind === 'list' ? 'a list' : 'a single value';
  const message = `a ${kind.noun} is a mapping of keys such as ${kind.keys}, and this is ${what}`;
  const place = { ...root.place, length: Math.min(root.place.length, 1) };
  report(problem('not-a-mapping', place, message));
  return null;
}

/** Reads one YAML 1.2 document. Null when it cannot be read; the reasons have been reported then. */
function readYaml(file: string, text: string, kind: YamlKind, report: Report): Node | null {
  const problems = [...controlCharacters(file, text)];
  const documents = problems.length > 0 ? [] : compose(file, text, kind, (found) => problems.push(found));
  if (problems.length > 0) {
    problems.forEach(report);
    return null;
  }
  const [document, second] = documents;
  if (second !== undefined) {
    const place = { file, offset: Math.min(second.range[0], text.length), length: 3 };
    report(
      problem('yaml-documents', place, `a ${kind.noun} is one YAML document; another begins here`, {
        suggestion: kind.whenSeveral,
      }),
    );
    return null;
  }
  if (document?.contents === null || document?.contents === undefined || isNothing(document.contents)) {
    report(
      problem('empty-file', { file, offset: 0, length: 0 }, 'the file says nothing', {
        suggestion: kind.whenEmpty,
      }),
    );
    return null;
  }
  const root = buildTree(file, document.contents, (found) => problems.push(found));
  problems.forEach(report);
  return problems.length > 0 ? null : root;
}

/** YAML allows tabs and line ends of them; the others do not show, and turn into surprises further on. */
function* controlCharacters(file: string, text: string): Generator<Diagnostic> {
  for (const { 0: character, index } of text.matchAll(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g)) {
    const name = codePoint(character).slice(1, -1);
    yield problem('control-character', { file, offset: index, length: 1 }, `a character that does not show: ${name}`, {
      suggestion: 'delete it',
    });
  }
}

function isNothing(node: ParsedNode): boolean {
  return isScalar(node) && node.value === null && node.source === '';
}

function compose(file: string, text: string, { noun }: YamlKind, report: Report): Document.Parsed[] {
  const tokens: CST.Token[] = [];
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > deepest) {
      const place = { file, offset: Math.max(0, parser.offset - lexeme.length), length: lexeme.length };
      report(problem('too-deep', place, `nested more than ${deepest} levels deep; no ${noun} needs that`));
      return [];
    }
  }
  for (const token of parser.end()) tokens.push(token);

  // Duplicate keys are found below, with both places and without comparing every key to every other.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, stringKeys: true, version: '1.2' });
  const documents = withoutStacks(() => [...composer.compose(tokens, true, text.length)]);
  for (const document of documents) {
    for (const diagnostic of explainYamlErrors(file, text, noun, [...document.errors, ...document.warnings]))
      report(diagnostic);
    const { explicit = false, version } = document.directives.yaml;
    if (explicit && version !== '1.2') {
      const place = { file, offset: Math.max(0, text.indexOf('%YAML')), length: 5 };
      report(
        problem('yaml-version', place, `${noun}s are YAML 1.2, not ${version}`, {
          suggestion: 'leave out the `%YAML` line',
        }),
      );
    }
  }
  return documents;
}

/**
 * A file that is no YAML has an error at every character, and each would record from where in the parser it was made, which
 * nobody reads and takes ten times as long as the parsing.
 */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** An anchor whose value is still being read holds `null`: an alias to it would contain itself. */
type Anchors = Map<string, { readonly node: Node; readonly size: number } | null>;

function buildTree(file: string, contents: ParsedNode, report: Report): Node {
  const anchors: Anchors = new Map();
  let aliased = 0;

  const placeOf = (node: ParsedNode): Place => {
    const [start, end] = node.range;
    return { file, offset: start, length: end - start };
  };
  const nothing = (place: Place): ScalarNode => {
    return { kind: 'scalar', value: null, text: '', plain: true, interpolated: false, place };
  };

  /** Gives the node and how many values it stands for once aliases are followed. */
  function build(node: ParsedNode | null, around: Place): { node: Node; size: number } {
    if (node === null) return { node: nothing(around), size: 1 };
    if (isAlias(node)) return follow(node, placeOf(node));
    const anchor = node.anchor;
    if (anchor !== undefined) anchors.set(anchor, null);
    const built = isScalar(node)
      ? buildScalar(node)
      : isSeq(node)
        ? buildList(node.items, placeOf(node))
        : buildMap(node);
    if (anchor !== undefined) anchors.set(anchor, built);
    return built;
  }

  function buildScalar(node: Scalar.Parsed): { node: Node; size: number } {
    const { value, source, type } = node;
    const isKnown =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
    const scalar: ScalarNode = {
      kind: 'scalar',
      value: isKnown ? value : source,
      text: source,
      plain: type === 'PLAIN',
      interpolated: false,
      place: placeOf(node),
    };
    return { node: scalar, size: 1 };
  }

  function buildList(items: readonly ParsedNode[], place: Place): { node: Node; size: number } {
    let size = 1;
    const list: ListNode = { kind: 'list', items: [], place };
    for (const item of items) {
      const built = build(item, place);
      size += built.size;
      list.items.push(built.node);
    }
    return { node: list, size };
  }

  function buildMap(node: YAMLMap.Parsed): { node: Node; size: number } {
    const map: MapNode = { kind: 'map', entries: new Map(), place: placeOf(node) };
    const merged: { value: Node; place: Place }[] = [];
    let size = 1;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const name = key.source;
      const keyPlace = placeOf(key);
      const built = build(value, keyPlace);
      size += built.size;
      const first = map.entries.get(name);
      if (name === '<<' && key.type === 'PLAIN') merged.push({ value: built.node, place: keyPlace });
      else if (first === undefined) map.entries.set(name, { key: name, keyPlace, value: built.node });
      else {
        report(
          problem('duplicate-key', keyPlace, `${quote(name)} is said twice; only one of them can hold`, {
            related: [{ message: 'the first one', place: first.keyPlace }],
          }),
        );
      }
    }
    for (const { value, place } of merged) merge(map, value, place);
    return { node: map, size };
  }

  /** `<<` brings in the keys that the mapping does not have itself. */
  function merge(into: MapNode, from: Node, place: Place): void {
    for (const source of from.kind === 'list' ? from.items : [from]) {
      if (source.kind === 'map') {
        for (const entry of source.entries.values()) addMissing(into, entry);
      } else {
        report(
          problem('bad-merge', place, '`<<` takes a mapping, or a list of mappings, usually by alias: `<<: *name`'),
        );
      }
    }
  }

  function follow(alias: Alias.Parsed, place: Place): { node: Node; size: number } {
    const target = anchors.get(alias.source);
    if (target === undefined) {
      report(
        problem('unknown-alias', place, `no \`&${alias.source}\` comes before this alias`, {
          suggestion: `quote it if it is text: "*${alias.source}"`,
        }),
      );
    } else if (target === null) {
      report(
        problem(
          'alias-cycle',
          place,
          `\`*${alias.source}\` stands inside what \`&${alias.source}\` names, so it would contain itself`,
        ),
      );
    } else {
      const before = aliased;
      aliased += target.size;
      // A scalar is read by what its place wants, so it is no longer the same one here.
      if (aliased <= mostAliased) return target.node.kind === 'scalar' ? { node: { ...target.node }, size: 1 } : target;
      if (before <= mostAliased) {
        report(
          problem('too-many-aliases', place, `with this alias the file stands for more than ${mostAliased} values`),
        );
      }
    }
    return { node: nothing(place), size: 1 };
  }

  return build(contents, { file, offset: 0, length: 0 }).node;
}

function addMissing(map: MapNode, entry: Entry): void {
  if (!map.entries.has(entry.key)) map.entries.set(entry.key, entry);
}
