import ts from 'typescript';

/** Whether something around the word declares it, so that it does not mean the global of that name. */
export function isDeclaredAround(word: ts.Identifier): boolean {
  for (let node: ts.Node = word.parent; ; node = node.parent) {
    if (declarationsOf(node).some((name) => declares(name, word.text))) return true;
    if (ts.isSourceFile(node)) return false;
  }
}

/** The names that a node declares for what is inside it. */
function declarationsOf(node: ts.Node): readonly ts.BindingName[] {
  if (ts.isFunctionLike(node)) return node.parameters.map((parameter) => parameter.name);
  if (ts.isCatchClause(node)) return node.variableDeclaration === undefined ? [] : [node.variableDeclaration.name];
  if (ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    const { initializer } = node;
    return initializer !== undefined && ts.isVariableDeclarationList(initializer) ? namesOfList(initializer) : [];
  }
  if (ts.isSourceFile(node) || ts.isBlock(node) || ts.isModuleBlock(node) || ts.isCaseOrDefaultClause(node)) {
    return node.statements.flatMap(namesOfStatement);
  }
  return [];
}

function namesOfStatement(statement: ts.Statement): readonly ts.BindingName[] {
  if (ts.isVariableStatement(statement)) return namesOfList(statement.declarationList);
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    return statement.name === undefined ? [] : [statement.name];
  }
  return ts.isImportDeclaration(statement) ? namesOfImport(statement) : [];
}

/** What is imported from Node is the global all the same. */
function namesOfImport({ importClause, moduleSpecifier }: ts.ImportDeclaration): readonly ts.Identifier[] {
  if (importClause === undefined) return [];
  if (ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text.startsWith('node:')) return [];
  const { name, namedBindings } = importClause;
  const byDefault = name === undefined ? [] : [name];
  if (namedBindings === undefined) return byDefault;
  if (ts.isNamespaceImport(namedBindings)) return [...byDefault, namedBindings.name];
  return [...byDefault, ...namedBindings.elements.map((element) => element.name)];
}

function namesOfList(list: ts.VariableDeclarationList): readonly ts.BindingName[] {
  return list.declarations.map((declaration) => declaration.name);
}

function declares(name: ts.BindingName, word: string): boolean {
  if (ts.isIdentifier(name)) return name.text === word;
  return name.elements.some((element) => ts.isBindingElement(element) && declares(element.name, word));
}
