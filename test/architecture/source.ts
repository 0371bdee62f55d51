import ts from 'typescript';
import { isShadowed } from './scope.js';

/** One import of a file, in any form of the language. */
export interface Import {
  readonly line: number;
  /** The module specifier; null if it is computed at run time. */
  readonly specifier: string | null;
  /** True if the compiler removes the import. */
  readonly typeOnly: boolean;
  /** The imported names as the other file exports them; `*` for all. */
  readonly names: readonly string[];
}

/** A use of a global, with the member that is read; null if the global is used as a whole. */
export interface GlobalUse {
  readonly line: number;
  readonly name: string;
  readonly member: string | null;
}

/** A call such as `new Date()` that reads the current time because an argument is missing. */
export interface ArgumentlessDate {
  readonly line: number;
  readonly text: string;
}

/** The facts about a file that the rules check. */
export interface SourceFacts {
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly globals: readonly GlobalUse[];
  readonly argumentlessDates: readonly ArgumentlessDate[];
  /** Lines that disable a lint rule without a reason after `--`. */
  readonly unexplainedDirectives: readonly number[];
}

/** Parses a TypeScript file; `globals` are the names whose uses are collected. */
export function readSource(path: string, text: string, globals: ReadonlySet<string>): SourceFacts {
  const language = { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };
  const file = ts.createSourceFile(path, text, language, true);
  const imports: Import[] = [];
  const globalUses: GlobalUse[] = [];
  const argumentlessDates: ArgumentlessDate[] = [];
  const getLine = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;

  const visit = (node: ts.Node): void => {
    const found = parseImport(node);
    if (found !== null) imports.push({ line: getLine(node), ...found });
    if (ts.isIdentifier(node) && globals.has(node.text) && isGlobalName(node) && !isShadowed(node)) {
      for (const member of getAccessedMembers(node)) globalUses.push({ line: getLine(node), name: node.text, member });
    }
    if (
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'Date' &&
      (ts.isCallExpression(node) || (node.arguments ?? []).length === 0)
    ) {
      argumentlessDates.push({ line: getLine(node), text: node.getText(file) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);

  const rows = text.replace(/\n$/, '').split('\n');
  return {
    lines: rows.length,
    imports,
    globals: globalUses,
    argumentlessDates,
    unexplainedDirectives: rows.flatMap((row, index) =>
      row.includes('eslint-disable') && !/ -- \S/.test(row) ? [index + 1] : [],
    ),
  };
}

const importing: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.ImportDeclaration,
  ts.SyntaxKind.ExportDeclaration,
  ts.SyntaxKind.ImportEqualsDeclaration,
  ts.SyntaxKind.ImportType,
  ts.SyntaxKind.CallExpression,
]);

function parseImport(node: ts.Node): Omit<Import, 'line'> | null {
  if (!importing.has(node.kind)) return null;
  if (ts.isImportDeclaration(node)) {
    const { importClause } = node;
    return {
      specifier: getText(node.moduleSpecifier),
      typeOnly: importClause !== undefined && isTypeOnlyClause(importClause),
      names: importClause === undefined ? [] : getClauseNames(importClause),
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    const elements =
      node.exportClause !== undefined && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : null;
    return {
      specifier: getText(node.moduleSpecifier),
      typeOnly: node.isTypeOnly || elements?.every((element) => element.isTypeOnly) === true,
      names: elements === null ? ['*'] : elements.map((element) => (element.propertyName ?? element.name).text),
    };
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return { specifier: getText(node.moduleReference.expression), typeOnly: node.isTypeOnly, names: ['*'] };
  }
  if (ts.isImportTypeNode(node)) {
    const specifier = ts.isLiteralTypeNode(node.argument) ? getText(node.argument.literal) : null;
    const first = node.qualifier === undefined ? '*' : node.qualifier.getText().split('.')[0];
    return { specifier, typeOnly: true, names: [first ?? '*'] };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments;
    return { specifier: argument === undefined ? null : getText(argument), typeOnly: false, names: ['*'] };
  }
  return null;
}

function getText(node: ts.Node): string | null {
  return ts.isStringLiteralLike(node) ? node.text : null;
}

function isTypeOnlyClause(clause: ts.ImportClause): boolean {
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  if (clause.name !== undefined || clause.namedBindings === undefined) return false;
  return (
    ts.isNamedImports(clause.namedBindings) &&
    clause.namedBindings.elements.length > 0 &&
    clause.namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

function getClauseNames(clause: ts.ImportClause): string[] {
  const byDefault = clause.name === undefined ? [] : ['default'];
  const bindings = clause.namedBindings;
  if (bindings === undefined) return byDefault;
  if (ts.isNamespaceImport(bindings)) return [...byDefault, '*'];
  return [...byDefault, ...bindings.elements.map((element) => (element.propertyName ?? element.name).text)];
}

/** Returns whether the identifier is the global, not a property, a key, a declared name or a type of that name. */
function isGlobalName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return ts.isIdentifier(parent.expression) && parent.expression.text === 'globalThis';
  }
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  return (
    ts.isExpression(parent) || ts.isStatement(parent) || ts.isTemplateSpan(parent) || ts.isSpreadAssignment(parent)
  );
}

/** The members of a global that an expression reads; `null` for the global as a whole. */
function getAccessedMembers(node: ts.Identifier): readonly (string | null)[] {
  const viaGlobalThis = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  const whole = viaGlobalThis ? node.parent : node;
  const { parent } = whole;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === whole) return [parent.name.text];
  if (ts.isElementAccessExpression(parent) && parent.expression === whole) return [getText(parent.argumentExpression)];
  if (ts.isVariableDeclaration(parent) && ts.isObjectBindingPattern(parent.name)) {
    return parent.name.elements.map((element) => {
      const name = element.propertyName ?? element.name;
      return ts.isIdentifier(name) && element.dotDotDotToken === undefined ? name.text : null;
    });
  }
  return [null];
}
