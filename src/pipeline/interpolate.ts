import type { Diagnostic, Place } from '../core/diagnostic.js';
import { nearest } from '../core/nearest.js';
import { problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { quote } from '../yaml/text.js';
import type { Node, ScalarNode } from '../yaml/tree.js';

/** The variables that `${NAME}` may name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value whose variable is not there. */
export interface Unresolved {
  /** Where the value stands. */
  readonly place: Place;
  /** The variable's name; null for what is none. */
  readonly variable: string | null;
  readonly reported: Diagnostic;
}

/** `$${` stands for `${` itself; anything else after `${` has to be a name, with a default if it may be unset. */
const pattern = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g;

/**
 * Puts variables into the values of a tree, in place. It works on values that YAML has read already, so that what a
 * variable holds is never read as YAML. Gives the values whose variables are not there.
 */
export function interpolate(
  root: Node,
  source: string,
  environment: Environment,
  report: Report,
): readonly Unresolved[] {
  const seen = new Set<Node>();
  const unresolved: Unresolved[] = [];
  const visit = (node: Node): Node => {
    if (node.kind === 'scalar') {
      return interpolateScalar(node, source, environment, (reported, variable) => {
        unresolved.push({ place: node.place, variable, reported });
        report(reported);
      });
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
  return unresolved;
}

const ownCodes = ['bad-variable', 'unset-variable'];

/** Leaves out what is only wrong with a value because its variable is not there. */
export function withoutEffects(
  diagnostics: readonly Diagnostic[],
  unresolved: readonly Unresolved[],
): readonly Diagnostic[] {
  const places = new Set(unresolved.map(({ place: { file, offset } }) => `${file}:${offset}`));
  return diagnostics.filter(
    ({ code, place }) => ownCodes.includes(code) || place === undefined || !places.has(`${place.file}:${place.offset}`),
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

  let from = 0;
  const text = value.replace(pattern, (found: string, name: string | undefined, fallback: string | undefined) => {
    if (found === '$${') return '${';
    const place = placeOf(found, node, source, from);
    from = place.offset + 1;
    if (name === undefined) {
      report(
        problem('bad-variable', place, 'what follows `${` is not the name of a variable and `}`', {
          suggestion: 'write `${NAME}` or `${NAME:-default}`, or `$${` for the characters themselves',
        }),
        null,
      );
      return '';
    }
    const given = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (given !== undefined && (given !== '' || fallback === undefined)) return given;
    if (fallback !== undefined) return fallback;
    const other = nearest(name, Object.keys(environment));
    report(
      problem('unset-variable', place, `the environment has no variable ${quote(name)}`, {
        suggestion:
          other === null
            ? `set it, or give a default: \`\${${name}:-…}\``
            : `did you mean \`\${${other}}\`? Or give a default: \`\${${name}:-…}\``,
      }),
      name,
    );
    return '';
  });
  const whole = value.match(pattern)?.[0] === value && value !== '$${';
  return { ...node, value: text, text, interpolated: whole };
}

/** Where the variable stands in the file; the whole scalar when escapes make the text differ from the file. */
function placeOf(found: string, node: ScalarNode, source: string, from: number): Place {
  const { file, offset, length } = node.place;
  const at = source.indexOf(found, Math.max(from, offset));
  return at < 0 || at + found.length > offset + length ? node.place : { file, offset: at, length: found.length };
}
