import type { Diagnostic } from '../core/diagnostic.js';
import { nearest } from '../core/nearest.js';
import type { StepType } from './pipeline.js';
import { didYouMean, problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { enumerate, quote } from '../yaml/text.js';
import { keyPlaceAt, nodeAt, placeAt } from '../yaml/tree.js';
import type { MapNode } from '../yaml/tree.js';

/** The order that nothing can change: what comes later may build on what comes earlier. */
export const stepTypes: readonly StepType[] = [
  'contracts',
  'chains',
  'history',
  'quotes',
  'equity',
  'options',
  'snapshots',
  'overview',
  'sql',
  'exec',
];

const orderOfTypes = 'contracts → chains, history, quotes → equity → options, snapshots → overview → sql, exec';

/** Steps one of which has to come first; the first of them is what is proposed. */
type AnyOf = readonly [StepType, ...StepType[]];

/** Strikes are chosen by a chain and by a price, of bars or of a quote. */
const chainAndPrice: readonly AnyOf[] = [['chains'], ['equity', 'quotes']];

/** What has to be known before a step of each type makes sense. */
const prerequisites: Readonly<Record<StepType, readonly AnyOf[]>> = {
  contracts: [],
  chains: [['contracts']],
  history: [['contracts']],
  quotes: [['contracts']],
  equity: [['contracts']],
  options: chainAndPrice,
  snapshots: chainAndPrice,
  overview: [['snapshots']],
  sql: [],
  exec: [],
};

/** What a step of each type may wait for. Bars may wait for other bars of their kind; snapshots have nothing to wait for. */
const allowed: Readonly<Record<StepType, readonly StepType[]>> = {
  contracts: [],
  chains: ['contracts'],
  history: ['contracts'],
  quotes: ['contracts'],
  equity: ['contracts', 'chains', 'history', 'equity'],
  options: ['contracts', 'chains', 'history', 'quotes', 'equity', 'options'],
  snapshots: ['contracts', 'chains', 'quotes', 'equity', 'options'],
  overview: ['quotes', 'equity', 'snapshots'],
  sql: stepTypes,
  exec: stepTypes,
};

/** A step as far as its place in the order is concerned. */
export interface StepNeeds {
  readonly name: string;
  readonly uses: StepType;
  readonly needs: readonly string[];
  /** Some of its needs were dropped for their mistakes, so that nothing can be said about what is missing. */
  readonly isPartial: boolean;
}

/** Reports needs that are unknown, circular or in the wrong order, and prerequisites that are missing. */
export function checkNeeds(
  steps: readonly StepNeeds[],
  stepNames: readonly string[],
  root: MapNode,
  report: Report,
): void {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const circular = reportCycles(steps, byName, root, report);
  for (const step of steps) {
    let isWhole = !step.isPartial;
    for (const need of step.needs) {
      const needed = byName.get(need);
      if (needed === undefined) {
        isWhole = false;
        if (!stepNames.includes(need)) report(unknownNeed(step, need, stepNames, root));
      } else if (!allowed[step.uses].includes(needed.uses) && !circular.has(`${step.name} ${need}`)) {
        report(wrongOrder(step, needed, root));
      }
    }
    if (isWhole) reportMissing(step, steps, byName, root, report);
  }
}

function needPlace(step: StepNeeds, need: string, root: MapNode): ReturnType<typeof placeAt> {
  const path = ['steps', step.name, 'needs'];
  const node = nodeAt(root, path);
  if (node?.kind !== 'list') return placeAt(root, path);
  return node.items.find((item) => item.kind === 'scalar' && item.value === need)?.place ?? placeAt(root, path);
}

function unknownNeed(step: StepNeeds, need: string, stepNames: readonly string[], root: MapNode): Diagnostic {
  const others = stepNames.filter((name) => name !== step.name);
  const isType = allowed[step.uses].some((type) => type === need);
  const suggestion = isType
    ? `add a step \`${need}\`, or name one of ${enumerate(others, 'or')}`
    : `steps are ${enumerate(others)}`;
  return problem(
    'unknown-need',
    needPlace(step, need, root),
    `\`${step.name}\` needs ${quote(need)}, and there is no such step`,
    {
      suggestion: isType ? suggestion : (didYouMean(nearest(need, others)) ?? suggestion),
    },
  );
}

function wrongOrder(step: StepNeeds, needed: StepNeeds, root: MapNode): Diagnostic {
  const may = allowed[step.uses];
  const rule =
    may.length === 0 ? `${step.uses} come first and need nothing` : `${step.uses} can only need ${enumerate(may)}`;
  const message = `\`${step.name}\` cannot need \`${needed.name}\`: the order is ${orderOfTypes}, and ${rule}`;
  return problem('wrong-need', needPlace(step, needed.name, root), message, {
    suggestion: `leave out \`${needed.name}\``,
  });
}

function reportMissing(
  step: StepNeeds,
  steps: readonly StepNeeds[],
  byName: ReadonlyMap<string, StepNeeds>,
  root: MapNode,
  report: Report,
): void {
  const reached = new Set<StepType>();
  const waiting = [...step.needs];
  const seen = new Set(waiting);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const needed = byName.get(name);
    // What an unreadable step needs is unknown.
    if (needed === undefined || needed.isPartial) return;
    reached.add(needed.uses);
    for (const next of needed.needs) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  const missing = prerequisites[step.uses].filter((types) => !types.some((type) => reached.has(type)));
  if (missing.length === 0) return;
  const candidates = missing.map((types) => steps.find(({ uses }) => types.includes(uses))?.name ?? null);
  const absent = missing.filter((_, index) => candidates[index] === null).map(([type]) => type);
  const needs = [...step.needs, ...missing.map(([type], index) => candidates[index] ?? type)];
  const line = `needs: ${needs.length === 1 ? String(needs[0]) : `[${needs.join(', ')}]`}`;
  const message = `\`${step.name}\` needs ${missing.map((types) => enumerate(types.map(stepOf), 'or')).join(', and ')} first`;
  const suggestion =
    absent.length === 0
      ? `add: ${line}`
      : `add ${enumerate(absent.map((type) => `a step \`${type}:\``))}, and to \`${step.name}\`: ${line}`;
  report(problem('missing-need', keyPlaceAt(root, ['steps', step.name]), message, { suggestion }));
}

function stepOf(type: StepType): string {
  return type === 'equity' ? 'an equity step' : `a ${type} step`;
}

/** Reports every circle of needs once, and gives its edges as `from to`. */
function reportCycles(
  steps: readonly StepNeeds[],
  byName: ReadonlyMap<string, StepNeeds>,
  root: MapNode,
  report: Report,
): ReadonlySet<string> {
  const edges = new Set<string>();
  const finished = new Set<string>();

  const visit = (step: StepNeeds, trail: readonly StepNeeds[]): void => {
    if (finished.has(step.name)) return;
    const start = trail.indexOf(step);
    if (start >= 0) {
      reportCycle(trail.slice(start));
      return;
    }
    for (const need of step.needs) {
      const needed = byName.get(need);
      if (needed !== undefined) visit(needed, [...trail, step]);
    }
    finished.add(step.name);
  };

  const reportCycle = (cycle: readonly StepNeeds[]): void => {
    const [first] = cycle;
    if (first === undefined) return;
    const links = cycle.map((step, index) => ({ step, next: cycle[index + 1] ?? first }));
    for (const { step, next } of links) edges.add(`${step.name} ${next.name}`);
    const wrong = links.find(({ step, next }) => !allowed[step.uses].includes(next.uses));
    const names = [...cycle, first].map(({ name }) => `\`${name}\``).join(' → ');
    const message =
      cycle.length === 1 ? `\`${first.name}\` needs itself` : `steps need each other in a circle: ${names}`;
    report(
      problem('need-cycle', needPlace(first, (cycle[1] ?? first).name, root), message, {
        related: links.slice(1).map(({ step, next }) => ({
          message: `\`${step.name}\` needs \`${next.name}\``,
          place: needPlace(step, next.name, root),
        })),
        suggestion:
          wrong === undefined
            ? null
            : `the order is ${orderOfTypes}: \`${wrong.step.name}\` cannot need \`${wrong.next.name}\``,
      }),
    );
  };

  for (const step of steps) visit(step, []);
  return edges;
}

/** The steps so that each comes after what it needs; of those that could come next, contracts first, then as written. */
export function inOrder<T extends StepNeeds>(steps: readonly T[]): readonly T[] {
  const rank = (step: T): number => stepTypes.indexOf(step.uses);
  const waiting = steps.toSorted((a, b) => rank(a) - rank(b));
  const ordered: T[] = [];
  const done = new Set<string>();
  while (waiting.length > 0) {
    const index = waiting.findIndex((step) => step.needs.every((need) => done.has(need)));
    const [next] = index < 0 ? [] : waiting.splice(index, 1);
    // Only a circle or an unknown need leaves nothing to take, and both have been reported.
    if (next === undefined) return [...ordered, ...waiting];
    done.add(next.name);
    ordered.push(next);
  }
  return ordered;
}
