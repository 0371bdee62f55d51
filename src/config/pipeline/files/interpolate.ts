import type { Diagnostic, Location } from '../../../core/diagnostic.js';
import { closestMatch } from '../../../platform/suggest.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import type { InterpolatedValue } from './conceal-values.js';
import type { YamlNode, ScalarNode } from '../../yaml/tree.js';

/** Variables that `${NAME}` can refer to. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value with an unset variable. */
export interface UnresolvedValue {
  readonly location: Location;
  /** Null if the text after `${` is not a variable name. */
  readonly variable: string | null;
  readonly diagnostic: Diagnostic;
}

/** `$${` is an escaped `${`; any other `${` must be followed by a name, with an optional default. */
const variablePattern = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g;

/** The beginning of a variable without an end. */
const openPattern = /\$\$\{|\$\{/g;

/** What became of the variables of a file. */
export interface Interpolation {
  readonly unresolved: readonly UnresolvedValue[];
  /** Values that hold the value of a variable. */
  readonly values: readonly InterpolatedValue[];
}

/**
 * Replaces variables in the values of a tree, in place. It works on parsed values, so that the content of a variable is never
 * parsed as YAML.
 */
export function interpolate(
  root: YamlNode,
  source: string,
  environment: Environment,
  report: ReportDiagnostic,
): Interpolation {
  const seen = new Set<YamlNode>();
  const unresolved: UnresolvedValue[] = [];
  const values: InterpolatedValue[] = [];
  const visit = (node: YamlNode): YamlNode => {
    if (node.kind === 'scalar') {
      const interpolated = interpolateScalar(node, source, environment, (diagnostic, variable) => {
        unresolved.push({ location: node.location, variable, diagnostic });
        report(diagnostic);
      });
      if (interpolated !== node) values.push({ location: node.location, source: node.text, value: interpolated.text });
      return interpolated;
    }
    if (seen.has(node)) return node;
    seen.add(node);
    if (node.kind === 'list') node.items = node.items.map(visit);
    else {
      for (const [key, entry] of node.entries) {
        const value = visit(entry.value);
        if (value !== entry.value) node.entries.set(key, { ...entry, value });
      }
    }
    return node;
  };
  if (source.includes('${')) visit(root);
  return { unresolved, values };
}

const variableCodes = ['bad-variable', 'unset-variable'];

/** Drops diagnostics that are only consequences of an unset variable. */
export function dropFollowUpDiagnostics(
  diagnostics: readonly Diagnostic[],
  unresolved: readonly UnresolvedValue[],
): readonly Diagnostic[] {
  const locations = new Set(unresolved.map(({ location: { file, offset } }) => `${file}:${offset}`));
  return diagnostics.filter(
    ({ code, location }) =>
      variableCodes.includes(code) || location === undefined || !locations.has(`${location.file}:${location.offset}`),
  );
}

function interpolateScalar(
  node: ScalarNode,
  source: string,
  environment: Environment,
  report: (diagnostic: Diagnostic, variable: string | null) => void,
): ScalarNode {
  const { value } = node;
  if (typeof value !== 'string' || !value.includes('${')) return node;

  let from: number | null = 0;
  // After the last brace no variable can end; looking for its end from every `${` of a long text takes for ever.
  const end = value.lastIndexOf('}') + 1;
  const replace = (found: string, name: string | undefined, fallback: string | undefined): string => {
    if (found === '$${') return '${';
    const location = from === null ? node.location : locateVariable(found, node, source, from);
    // A text with escapes differs from the file: the others are not found either.
    from = location === node.location ? null : location.offset + 1;
    if (name === undefined) {
      report(
        problem('bad-variable', location, '`${` must be followed by a variable name and `}`', {
          suggestion: 'write `${NAME}` or `${NAME:-default}`; write `$${` for a literal `${`',
        }),
        null,
      );
      return '';
    }
    const variableValue = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (variableValue !== undefined && (variableValue !== '' || fallback === undefined)) return variableValue;
    if (fallback !== undefined) return fallback;
    const closest = closestMatch(name, Object.keys(environment));
    report(
      problem('unset-variable', location, `the environment variable ${quote(name)} is not set`, {
        suggestion:
          closest === null
            ? `set it, or add a default: \`\${${name}:-…}\``
            : `did you mean \`\${${closest}}\`? Or add a default: \`\${${name}:-…}\``,
      }),
      name,
    );
    return '';
  };
  const text =
    value.slice(0, end).replace(variablePattern, replace) +
    value.slice(end).replace(openPattern, (found) => replace(found, undefined, undefined));
  const isWholeValue = value.slice(0, end).match(variablePattern)?.[0] === value;
  return { ...node, value: text, text, isInterpolated: isWholeValue };
}

/** Locates the variable in the file; returns the whole scalar if escapes make its text differ from the file. */
function locateVariable(found: string, node: ScalarNode, source: string, from: number): Location {
  const { file, offset, length } = node.location;
  const at = source.indexOf(found, Math.max(from, offset));
  return at < 0 || at + found.length > offset + length ? node.location : { file, offset: at, length: found.length };
}
