import { posix } from 'node:path';
import { findCycles } from './cycles.js';
import {
  ambient,
  clockFile,
  insteadOfNow,
  maxFileLines,
  allowedImports,
  packageHomes,
  pureModules,
  vagueNames,
  wiring,
  writeApi,
} from './rules.js';
import type { Access, AmbientRule } from './rules.js';
import { readSource } from './source.js';
import type { Import, SourceFacts } from './source.js';

/** The house as the checker sees it. */
export interface Codebase {
  /** The text of every file by its path below `src/`. */
  readonly files: ReadonlyMap<string, string>;
  /** The packages that are there when the product is installed. */
  readonly dependencies: ReadonlySet<string>;
}

/** Everything in the house that breaks a rule, as `src/file.ts:line: what and why`, by file and line. */
export function findViolations(codebase: Codebase): readonly string[] {
  const globals = new Set(Object.keys(ambient));
  const facts = new Map([...codebase.files].map(([path, text]) => [path, readSource(path, text, globals)]));
  const found: { readonly path: string; readonly line: number; readonly message: string }[] = [];
  for (const [path, source] of facts) {
    const report = (line: number, message: string): void => void found.push({ path, line, message });
    checkName(path, report);
    if (source.lines > maxFileLines && !isGenerated(path)) {
      report(maxFileLines + 1, `${source.lines} lines: past ${maxFileLines} a file is two ideas`);
    }
    if (!isGenerated(path)) {
      for (const line of source.unexplainedDirectives)
        report(line, 'a rule is switched off without a reason after `--`');
    }
    for (const one of source.imports) checkImport(codebase, path, one, report);
    if (!mayBeAmbient(path)) checkAmbient(source, report);
  }
  for (const cycle of findCycles(importGraph(codebase, facts))) {
    const [first = ''] = cycle;
    found.push({ path: first, line: 1, message: `import cycle: ${cycle.join(' → ')}` });
  }
  return found
    .sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1))
    .map(({ path, line, message }) => `src/${path}:${line}: ${message}`);
}

type Report = (line: number, message: string) => void;

/** The room a file is in: its first folder, a provider's own folder, or its name when it stands in `src/` itself. */
export function getModule(path: string): string {
  const [first = '', second = '', third] = path.split('/');
  if (second === '') return first.replace(/\.ts$/, '');
  return first === 'providers' && third !== undefined ? `providers/${second}` : first;
}

/** What the table says of a room; every provider's folder follows the same line. */
function getPermissions(module: string): (typeof allowedImports)[string] | undefined {
  return allowedImports[module.startsWith('providers/') ? 'providers/*' : module];
}

function isGenerated(path: string): boolean {
  return path.endsWith('.generated.ts');
}

function checkName(path: string, report: Report): void {
  const module = getModule(path);
  if (!wiring.includes(module) && getPermissions(module) === undefined) {
    report(1, `${module} is not a room of the house: give it a line in the table of imports`);
  }
  for (const part of path.split('/')) {
    const [name = ''] = part.split('.');
    if (vagueNames.includes(name)) report(1, `${part} names nothing: unrelated things collect there`);
  }
}

function checkImport(codebase: Codebase, path: string, found: Import, report: Report): void {
  const { specifier, line } = found;
  if (specifier === null) {
    report(line, 'an import must be written out, so that it can be checked');
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
  if (!codebase.files.has(target)) {
    report(found.line, `${specifier} is no file of src/`);
    return;
  }
  const from = getModule(path);
  const to = getModule(target);
  if (from === to || wiring.includes(from)) return;
  const access = getPermissions(from)?.[to];
  const reason = describeViolation(access, to, target, found);
  if (reason !== null) report(found.line, `${from} may not import ${target}: ${reason}`);
}

/** Why an import goes beyond the access that a room has to another; null when it does not. */
function describeViolation(access: Access | undefined, module: string, target: string, found: Import): string | null {
  switch (access) {
    case undefined:
      return `nothing of ${module} is open to it`;
    case 'all':
      return null;
    case 'types':
      return found.typeOnly ? null : `only the types of ${module} are open to it; write \`import type\``;
    case 'contract':
    case 'reading contract': {
      if (target !== `${module}/contract.ts`) return `only ${module}/contract.ts is open to it`;
      const writing = found.names.filter((name) => name === '*' || writeApi.includes(name));
      return access === 'contract' || writing.length === 0 ? null : `${writing.join(', ')} belongs to the writing half`;
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

/** Whether the file belongs to the few that know the time and the environment. */
function mayBeAmbient(path: string): boolean {
  return path === clockFile || wiring.includes(getModule(path));
}

function checkAmbient(source: SourceFacts, report: Report): void {
  for (const { line, text } of source.argumentlessDates) report(line, `${text}: ${insteadOfNow}`);
  for (const { line, name, member } of source.globals) {
    const rule = ambient[name];
    if (rule === undefined || !isForbiddenMember(member, rule)) continue;
    report(line, `${member === null ? name : `${name}.${member}`}: ${rule.instead}`);
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
