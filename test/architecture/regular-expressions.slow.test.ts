import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Patterns of functions that reject longer texts first, or look at a bounded part only. */
const boundedPlaces = [
  'src/config/yaml/looks-like-kind.ts',
  'src/config/yaml/suggest-bar-size.ts',
  'src/core/time/duration.ts',
];

interface Pattern {
  readonly place: string;
  readonly pattern: RegExp;
}

/** The regular expressions of the sources that repeat something. */
function listPatterns(): readonly Pattern[] {
  const found: Pattern[] = [];
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.includes('.generated.')) continue;
    const source = ts.createSourceFile(name, readFileSync(join(root, 'src', name), 'utf8'), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const line = source.getLineAndCharacterOfPosition(node.pos).line + 1;
        found.push({ place: `src/${name}:${String(line)} ${node.text}`, pattern: parseLiteral(node.text) });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  for (const name of ['pipeline', 'scenario']) {
    const text = readFileSync(join(root, `schemas/${name}.schema.json`), 'utf8');
    const patterns = [...text.matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)].map(([, literal = '""']) => literal);
    for (const literal of new Set(patterns))
      found.push({
        place: `schemas/${name}.schema.json ${literal}`,
        pattern: new RegExp(JSON.parse(literal) as string, 'u'),
      });
  }
  return found.filter(
    ({ place, pattern }) =>
      /[*+]|\{\d+,/.test(pattern.source) && !boundedPlaces.some((bounded) => place.startsWith(`${bounded}:`)),
  );
}

function parseLiteral(literal: string): RegExp {
  const end = literal.lastIndexOf('/');
  return new RegExp(literal.slice(1, end), literal.slice(end + 1).replaceAll(/[gy]/g, ''));
}

/** Characters of the pattern itself and one of every class, alone and in pairs, to repeat in a text that does not match in the end. */
function listUnits({ source }: RegExp): readonly (readonly [prefix: string, unit: string])[] {
  const literals = [...new Set(source.replaceAll(/\\[a-zA-Z]/g, '').replaceAll(/\\(.)/g, '$1'))];
  const characters = [...new Set(['a', 'Z', '0', ' ', '\t', '\n', '-', '_', ...literals])];
  const runs = source.match(/(?:\\[^a-zA-Z]|[^\\()[\]{}?*+|.^$])+/g) ?? [];
  return [
    ...characters.map((unit) => ['', unit] as const),
    ...characters.flatMap((prefix) => characters.map((unit) => [prefix, unit] as const)),
    ...characters.flatMap((one) => literals.map((other) => ['', one + other] as const)),
    ...runs.flatMap((run) => ['', 'a', '0', ' '].map((more) => ['', run.replaceAll('\\', '') + more] as const)),
  ];
}

function measure(pattern: RegExp, text: string): number {
  const start = process.cpuUsage();
  pattern.test(text);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/** A quadratic pattern takes 64 times as long for eight times the text, a linear one 8 times. */
function isSuperlinear(pattern: RegExp, prefix: string, unit: string): boolean {
  const build = (length: number): string => `${prefix}${unit.repeat(Math.ceil(length / unit.length))}\n\u0001`;
  const long = measure(pattern, build(16_000));
  if (long < 25) return false;
  const short = Math.min(measure(pattern, build(2_000)), measure(pattern, build(2_000)));
  return measure(pattern, build(16_000)) > 24 * Math.max(short, 0.05);
}

describe('every regular expression', () => {
  test('takes linear time for texts that repeat its own characters', () => {
    const superlinear = listPatterns().flatMap(({ place, pattern }) => {
      const attack = listUnits(pattern).find(([prefix, unit]) => isSuperlinear(pattern, prefix, unit));
      return attack === undefined ? [] : [`${place} for ${JSON.stringify(attack)}`];
    });
    expect(superlinear).toEqual([]);
  });
});
