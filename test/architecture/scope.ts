import ts from 'typescript';

/** Returns whether a scope around the identifier declares its name, so that it is not the global of that name. */
export function isShadowed(identifier: ts.Identifier): boolean {
  for (let node: ts.Node = identifier.parent; ; node = node.parent) {
    if (getDeclarations(node).some((name) => declares(name, identifier.text))) return true;
    if (ts.isSourceFile(node)) return false;
  }
}

/** The names that a node declares for what is inside it. */
function getDeclarations(node: ts.Node): readonly ts.BindingName[] {
  if (ts.isFunctionLike(node)) return node.parameters.map((parameter) => parameter.name);
  if (ts.isCatchClause(node)) return node.variableDeclaration === undefined ? [] : [node.variableDeclaration.name];
  if (ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    const { initializer } = node;
    return initializer !== undefined && ts.isVariableDeclarationList(initializer) ? getListNames(initializer) : [];
  }
  if (ts.isSourceFile(node) || ts.isBlock(node) || ts.isModuleBlock(node) || ts.isCaseOrDefaultClause(node)) {
    return node.statements.flatMap(getStatementNames);
  }
  return [];
}

function getStatementNames(statement: ts.Statement): readonly ts.BindingName[] {
  if (ts.isVariableStatement(statement)) return getListNames(statement.declarationList);
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    return statement.name === undefined ? [] : [statement.name];
  }
  return ts.isImportDeclaration(statement) ? getImportNames(statement) : [];
}

/** Returns the names that an import declares; none for imports from Node, which are the globals themselves. */
function getImportNames({ importClause, moduleSpecifier }: ts.ImportDeclaration): readonly ts.Identifier[] {
  if (importClause === undefined) return [];
  if (ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text.startsWith('node:')) return [];
  const { name, namedBindings } = importClause;
  const byDefault = name === undefined ? [] : [name];
  if (namedBindings === undefined) return byDefault;
  if (ts.isNamespaceImport(namedBindings)) return [...byDefault, namedBindings.name];
  return [...byDefault, ...namedBindings.elements.map((element) => element.name)];
}

function getListNames(list: ts.VariableDeclarationList): readonly ts.BindingName[] {
  return list.declarations.map((declaration) => declaration.name);
}

function declares(name: ts.BindingName, identifier: string): boolean {
  if (ts.isIdentifier(name)) return name.text === identifier;
  return name.elements.some((element) => ts.isBindingElement(element) && declares(element.name, identifier));
}
