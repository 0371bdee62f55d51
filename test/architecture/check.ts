import { posix } from 'node:path';
import { findCycles } from './cycles.js';
import {
  allowedImports,
  ambient,
  browserModules,
  httpHomes,
  apiFiles,
  clockFile,
  forbiddenImports,
  insteadOfNow,
  maxFileLines,
  maxFilesPerFolder,
  packageHomes,
  pureModules,
  vagueNames,
  wiring,
  writeApi,
} from './rules.js';
import type { Access, AmbientRule } from './rules.js';
import { readSource } from './source.js';
import type { Import, SourceFacts } from './source.js';

/** The source tree to check. */
export interface Codebase {
  /** The text of every file by its path below `src/`. */
  readonly files: ReadonlyMap<string, string>;
  /** The packages that an installed product has. */
  readonly dependencies: ReadonlySet<string>;
}

/** Returns every violation of the rules as `src/file.ts:line: message`, sorted by file and line. */
export function findViolations(codebase: Codebase): readonly string[] {
  const globals = new Set([...Object.keys(ambient), ...Object.keys(httpHomes)]);
  const facts = new Map([...codebase.files].map(([path, text]) => [path, readSource(path, text, globals)]));
  const found: { readonly path: string; readonly line: number; readonly message: string }[] = [];
  for (const [path, source] of facts) {
    const report = (line: number, message: string): void => void found.push({ path, line, message });
    checkName(path, report);
    if (source.lines > maxFileLines && !isGenerated(path)) {
      report(maxFileLines + 1, `${source.lines} lines; a file has at most ${maxFileLines}`);
    }
    if (!isGenerated(path)) {
      for (const line of source.unexplainedDirectives)
        report(line, 'a lint rule is disabled without a reason after `--`');
    }
    for (const one of source.imports) checkImport(codebase, path, one, report);
    if (!mayBeAmbient(path)) checkAmbient(source, report);
    checkHttp(path, source, report);
  }
  for (const cycle of findCycles(importGraph(codebase, facts))) {
    const [first = ''] = cycle;
    found.push({ path: first, line: 1, message: `import cycle: ${cycle.join(' → ')}` });
  }
  return found
    .sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1))
    .map(({ path, line, message }) => `src/${path}:${line}: ${message}`);
}

/** Permissions of the table that no import uses, as `from → to`: a table wider than the code hides the next wrong import. */
export function findUnusedPermissions(files: ReadonlyMap<string, string>): readonly string[] {
  const used = new Set<string>();
  for (const [path, text] of files) {
    for (const { specifier } of readSource(path, text, new Set()).imports) {
      if (specifier?.startsWith('.') !== true) continue;
      const [from, to] = [getModule(path), getModule(resolve(path, specifier))];
      used.add(`${from.startsWith('providers/') ? 'providers/*' : from} → ${to}`);
    }
  }
  return Object.entries(allowedImports)
    .flatMap(([from, targets]) => Object.keys(targets).map((to) => `${from} → ${to}`))
    .filter((permission) => !used.has(permission));
}

/** Folders with more source files side by side than allowed, with their number. */
export function findCrowdedFolders(paths: Iterable<string>): readonly string[] {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > maxFilesPerFolder)
    .map(([folder, count]) => `${folder}: ${count} files`);
}

type Report = (line: number, message: string) => void;

/** Folders whose subfolders are modules of their own. */
const splitFolders = ['config', 'providers', 'web'];

/** Subfolders that are modules of their own beside the rest of their folder. */
const splitModules = ['run/compute', 'lake/feed'];

/** The module of a file: its first folder, in some folders the second, or its name when it lies in `src/` itself. */
export function getModule(path: string): string {
  const [first = '', second = '', third] = path.split('/');
  if (second === '') return first.replace(/\.ts$/, '');
  const isSplit = third !== undefined && (splitFolders.includes(first) || splitModules.includes(`${first}/${second}`));
  return isSplit ? `${first}/${second}` : first;
}

/** The permissions of a module; all providers share one line. */
function getPermissions(module: string): (typeof allowedImports)[string] | undefined {
  return allowedImports[module.startsWith('providers/') ? 'providers/*' : module];
}

function isGenerated(path: string): boolean {
  return path.endsWith('.generated.ts');
}

function checkName(path: string, report: Report): void {
  const module = getModule(path);
  if (!wiring.includes(module) && getPermissions(module) === undefined) {
    report(1, `${module} has no line in the table of imports (test/architecture/rules.ts)`);
  }
  for (const part of path.split('/')) {
    const [name = ''] = part.split('.');
    // The public API of the package.
    if (path === 'index.ts') continue;
    if (vagueNames.includes(name)) report(1, `${part} is a vague name: name the file after what it exports`);
  }
}

function checkImport(codebase: Codebase, path: string, found: Import, report: Report): void {
  const { specifier, line } = found;
  if (specifier === null) {
    report(line, 'an import must be a literal, so that it can be checked');
  } else if (specifier.startsWith('node:')) {
    checkNodeImport(path, found, specifier, report);
  } else if (specifier.startsWith('.')) {
    checkInternalImport(codebase, path, found, specifier, report);
  } else {
    checkPackageImport(codebase, path, found, specifier, report);
  }
}

function checkInternalImport(codebase: Codebase, path: string, found: Import, specifier: string, report: Report): void {
  const target = resolve(path, specifier);
  // The bundler of the page puts styles into the document.
  if (specifier.endsWith('.css') && browserModules.includes(getModule(path))) return;
  if (!codebase.files.has(target)) {
    report(found.line, `${specifier} is no file of src/`);
    return;
  }
  const from = getModule(path);
  const to = getModule(target);
  if (from === to) return;
  if (forbiddenImports[from]?.includes(to) === true) report(found.line, `${from} may not import ${to}`);
  if (wiring.includes(from)) return;
  const access = getPermissions(from)?.[to];
  const reason = describeViolation(access, to, target, found);
  if (reason !== null) report(found.line, `${from} may not import ${target}: ${reason}`);
}

/** Why an import exceeds the access that a module has to another; null when it does not. */
function describeViolation(access: Access | undefined, module: string, target: string, found: Import): string | null {
  switch (access) {
    case undefined:
      return `it may import nothing of ${module}`;
    case 'all':
      return null;
    case 'types':
      return found.typeOnly ? null : `it may import only types of ${module}; write \`import type\``;
    case 'api':
    case 'read api': {
      const file = apiFiles[module] ?? '';
      if (target !== file) return `it may import only ${file} of ${module}`;
      const writing = found.names.filter((name) => name === '*' || writeApi.includes(name));
      return access === 'api' || writing.length === 0 ? null : `it may not write, and ${writing.join(', ')} can`;
    }
  }
}

/** The file a relative import means; compiled names (`.js`) stand for their source. */
function resolve(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

function checkNodeImport(path: string, found: Import, specifier: string, report: Report): void {
  const module = getModule(path);
  const allowed = pureModules[module];
  if (allowed !== undefined && !allowed.includes(specifier)) {
    report(found.line, `${module} is pure and may not import ${specifier}`);
  }
  if (found.typeOnly || mayBeAmbient(path)) return;
  for (const rule of Object.values(ambient)) {
    if (rule.module !== specifier) continue;
    for (const name of found.names) {
      // The module as a whole goes by the name of the global, and its uses are found there.
      if (name === '*' || name === 'default' || !isForbiddenMember(name, rule)) continue;
      report(found.line, `${name} of ${specifier}: ${rule.instead}`);
    }
  }
}

function checkPackageImport(codebase: Codebase, path: string, found: Import, specifier: string, report: Report): void {
  const module = getModule(path);
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (module === 'core') report(found.line, `core imports nothing, so not ${name} either`);
  if (!found.typeOnly && !codebase.dependencies.has(name)) {
    report(found.line, `${name} is not among the dependencies of package.json`);
  }
  for (const [pattern, homes] of Object.entries(packageHomes)) {
    const covered = pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
    if (covered && !homes.includes(module))
      report(found.line, `${name} may only be imported in ${homes.join(' and ')}`);
  }
}

/** Returns whether the file may access the time and the environment. */
function mayBeAmbient(path: string): boolean {
  const module = getModule(path);
  return path === clockFile || wiring.includes(module) || browserModules.includes(module);
}

function checkAmbient(source: SourceFacts, report: Report): void {
  for (const { line, text } of source.argumentlessDates) report(line, `${text}: ${insteadOfNow}`);
  for (const { line, name, member } of source.globals) {
    const rule = ambient[name];
    if (rule === undefined || !isForbiddenMember(member, rule)) continue;
    report(line, `${member === null ? name : `${name}.${member}`}: ${rule.instead}`);
  }
}

function checkHttp(path: string, source: SourceFacts, report: Report): void {
  const uses = [
    ...source.globals,
    ...source.imports.flatMap(({ line, specifier, typeOnly }) =>
      specifier === null || typeOnly ? [] : [{ line, name: specifier }],
    ),
  ];
  for (const { line, name } of uses) {
    const homes = Object.hasOwn(httpHomes, name) ? (httpHomes[name] ?? []) : null;
    if (homes === null || homes.some((home) => path === home || (home.endsWith('/') && path.startsWith(home))))
      continue;
    report(line, `${name}: use src/platform/http, which limits time, size and hosts`);
  }
}

function isForbiddenMember(member: string | null, rule: AmbientRule): boolean {
  if (rule.members !== undefined) return member !== null && rule.members.includes(member);
  return member === null || !(rule.except ?? []).includes(member);
}

function importGraph(
  codebase: Codebase,
  facts: ReadonlyMap<string, SourceFacts>,
): ReadonlyMap<string, readonly string[]> {
  const graph = new Map<string, readonly string[]>();
  for (const [path, { imports }] of facts) {
    const targets = imports.flatMap(({ specifier }) =>
      specifier?.startsWith('.') === true ? [resolve(path, specifier)] : [],
    );
    graph.set(
      path,
      targets.filter((target) => codebase.files.has(target)),
    );
  }
  return graph;
}
