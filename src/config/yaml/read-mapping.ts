import { Composer, Lexer, Parser, isScalar } from 'yaml';
import type { CST, Document, ParsedNode } from 'yaml';
import type { Diagnostic } from '../../core/diagnostic.js';
import { buildTree } from './build-tree.js';
import type { YamlFileKind } from './file-kind.js';
import { problem } from './problem.js';
import type { ReportDiagnostic } from './problem.js';
import { formatCodePoint } from '../../platform/text/escape.js';
import type { MapNode, YamlNode } from './tree.js';
import { looksLikeKind } from './looks-like-kind.js';
import { explainYamlErrors } from './explain-yaml-errors.js';

/** Limit on nesting; a recursive parser runs out of stack on a file of nothing but brackets. */
const maxDepth = 60;

/**
 * Reads one YAML 1.2 document that is a mapping. Returns null after a report if it is not. Calls `conceal` for a file of another
 * kind, whose lines must not be shown.
 */
export function readMapping(
  file: string,
  text: string,
  kind: YamlFileKind,
  report: ReportDiagnostic,
  conceal: () => void,
): MapNode | null {
  const problems: Diagnostic[] = [];
  const root = readYaml(file, text, kind, (found) => problems.push(found));
  const isOther = text.trim() !== '' && !looksLikeKind(text, kind);
  if (isOther) conceal();
  if (
    root === null &&
    isOther &&
    problems.some(({ code }) => code.startsWith('yaml') || code === 'control-character')
  ) {
    // The messages of the parser may quote the file too.
    report(
      problem('not-yaml', { file, offset: 0, length: 0 }, `the file is not a ${kind.noun}: it is not YAML`, {
        suggestion: `name a YAML file with keys such as ${kind.exampleKeys}`,
      }),
    );
    return null;
  }
  problems.forEach(report);
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
