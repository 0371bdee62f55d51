import type { Diagnostic } from '../../../core/diagnostic.js';
import { closestMatch } from '../../../platform/suggest.js';
import type { StepType } from '../pipeline.js';
import { didYouMean, problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { quote } from '../../yaml/quote.js';
import { findKeyLocation, findNode, findLocation } from '../../yaml/tree.js';
import type { MapNode } from '../../yaml/tree.js';

/** The fixed order of step types: later types may depend on earlier ones. */
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
  'import',
];

const stepOrderText =
  'contracts → chains, history, quotes → equity → options, snapshots → overview → sql, exec, import';

/** Alternatives, one of which must run first; messages suggest the first alternative. */
type OneOfTypes = readonly [StepType, ...StepType[]];

/** Strikes are selected by a chain and a price from bars or quotes. */
const chainAndPriceSteps: readonly OneOfTypes[] = [['chains'], ['equity', 'quotes']];

/** Steps that each type requires. */
const prerequisites: Readonly<Record<StepType, readonly OneOfTypes[]>> = {
  contracts: [],
  chains: [['contracts']],
  history: [['contracts']],
  quotes: [['contracts']],
  equity: [['contracts']],
  options: chainAndPriceSteps,
  snapshots: chainAndPriceSteps,
  overview: [['snapshots']],
  sql: [],
  exec: [],
  import: [],
};

/** Steps that each type may need. Bar steps may need other bar steps of their type. */
const allowedNeeds: Readonly<Record<StepType, readonly StepType[]>> = {
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
  import: stepTypes,
};

/** A step with the needs that determine its order. */
export interface StepNeeds {
  readonly name: string;
  readonly uses: StepType;
  readonly needs: readonly string[];
  /** Some needs were dropped as invalid, so missing needs cannot be determined. */
  readonly isPartial: boolean;
}

/** Reports needs that are unknown, circular or in the wrong order, and missing prerequisites. */
export function checkNeeds(
  steps: readonly StepNeeds[],
  stepNames: readonly string[],
  root: MapNode,
  report: ReportDiagnostic,
): void {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const circular = reportCycles(steps, byName, root, report);
  for (const step of steps) {
    let hasAllNeeds = !step.isPartial;
    for (const need of step.needs) {
      const needed = byName.get(need);
      if (needed === undefined) {
        hasAllNeeds = false;
        if (!stepNames.includes(need))
          report(explainUnknownNeed(step, need, listPossibleNeeds(step, stepNames, byName), root));
      } else if (!allowedNeeds[step.uses].includes(needed.uses) && !circular.has(`${step.name} ${need}`)) {
        report(explainWrongOrder(step, needed, root));
      }
    }
    if (hasAllNeeds) reportMissingPrerequisites(step, steps, byName, root, report);
  }
}

function locateNeed(step: StepNeeds, need: string, root: MapNode): ReturnType<typeof findLocation> {
  const path = ['steps', step.name, 'needs'];
  const node = findNode(root, path);
  if (node?.kind !== 'list') return findLocation(root, path);
  return node.items.find((item) => item.kind === 'scalar' && item.value === need)?.location ?? findLocation(root, path);
}

/** The steps of the file that a step may need; the types of invalid ones are unknown. */
function listPossibleNeeds(
  step: StepNeeds,
  stepNames: readonly string[],
  byName: ReadonlyMap<string, StepNeeds>,
): readonly string[] {
  return stepNames.filter((name) => {
    const other = byName.get(name);
    return name !== step.name && (other === undefined || allowedNeeds[step.uses].includes(other.uses));
  });
}

function explainUnknownNeed(step: StepNeeds, need: string, others: readonly string[], root: MapNode): Diagnostic {
  const isType = allowedNeeds[step.uses].some((type) => type === need);
  const alternative = others.length === 0 ? `remove \`${need}\`` : `use ${joinList(others, 'or')}`;
  const suggestion = isType ? `add a step \`${need}\`, or ${alternative}` : alternative;
  return problem(
    'unknown-need',
    locateNeed(step, need, root),
    `\`${step.name}\` needs the unknown step ${quote(need)}`,
    {
      suggestion: isType ? suggestion : (didYouMean(closestMatch(need, others)) ?? suggestion),
    },
  );
}

function explainWrongOrder(step: StepNeeds, needed: StepNeeds, root: MapNode): Diagnostic {
  const permitted = allowedNeeds[step.uses];
  const rule =
    permitted.length === 0
      ? `${step.uses} steps need nothing`
      : `${step.uses} steps can only need ${joinList(permitted, 'or')}`;
  const message = `\`${step.name}\` cannot need \`${needed.name}\`: ${rule}; the order is ${stepOrderText}`;
  return problem('invalid-need', locateNeed(step, needed.name, root), message, {
    suggestion: `remove \`${needed.name}\``,
  });
}

function reportMissingPrerequisites(
  step: StepNeeds,
  steps: readonly StepNeeds[],
  byName: ReadonlyMap<string, StepNeeds>,
  root: MapNode,
  report: ReportDiagnostic,
): void {
  const reached = new Set<StepType>();
  const pending = [...step.needs];
  const visited = new Set(pending);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const needed = byName.get(name);
    // The needs of an invalid step are unknown.
    if (needed === undefined || needed.isPartial) return;
    reached.add(needed.uses);
    for (const next of needed.needs) {
      if (visited.has(next)) continue;
      visited.add(next);
      pending.push(next);
    }
  }
  const missing = prerequisites[step.uses].filter((types) => !types.some((type) => reached.has(type)));
  if (missing.length === 0) return;
  const candidates = missing.map((types) => steps.find(({ uses }) => types.includes(uses))?.name ?? null);
  const missingTypes = missing.filter((_, index) => candidates[index] === null).map(([type]) => type);
  const needs = [...step.needs, ...missing.map(([type], index) => candidates[index] ?? type)];
  const line = `needs: ${needs.length === 1 ? String(needs[0]) : `[${needs.join(', ')}]`}`;
  const message = `\`${step.name}\` needs ${missing.map((types) => joinList(types.map(describeStepType), 'or')).join(', and ')} first`;
  const suggestion =
    missingTypes.length === 0
      ? `add: ${line}`
      : `add ${joinList(missingTypes.map((type) => `a step \`${type}:\``))}, and add to \`${step.name}\`: ${line}`;
  report(problem('missing-need', findKeyLocation(root, ['steps', step.name]), message, { suggestion }));
}

function describeStepType(type: StepType): string {
  return type === 'equity' ? 'an equity step' : `a ${type} step`;
}

/** Reports every cycle of needs once, and returns its edges as `from to`. */
function reportCycles(
  steps: readonly StepNeeds[],
  byName: ReadonlyMap<string, StepNeeds>,
  root: MapNode,
  report: ReportDiagnostic,
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
    const edgesInCycle = cycle.map((step, index) => ({ step, next: cycle[index + 1] ?? first }));
    for (const { step, next } of edgesInCycle) edges.add(`${step.name} ${next.name}`);
    const invalidEdge = edgesInCycle.find(({ step, next }) => !allowedNeeds[step.uses].includes(next.uses));
    const names = [...cycle, first].map(({ name }) => `\`${name}\``).join(' → ');
    const message = cycle.length === 1 ? `\`${first.name}\` needs itself` : `circular needs: ${names}`;
    report(
      problem('need-cycle', locateNeed(first, (cycle[1] ?? first).name, root), message, {
        related: edgesInCycle.slice(1).map(({ step, next }) => ({
          message: `\`${step.name}\` needs \`${next.name}\``,
          location: locateNeed(step, next.name, root),
        })),
        suggestion:
          invalidEdge === undefined
            ? null
            : `the order is ${stepOrderText}: \`${invalidEdge.step.name}\` cannot need \`${invalidEdge.next.name}\``,
      }),
    );
  };

  for (const step of steps) visit(step, []);
  return edges;
}

/** Sorts steps so that each comes after the steps it needs; ties by step type, then in file order. */
export function sortSteps<T extends StepNeeds>(steps: readonly T[]): readonly T[] {
  const rank = (step: T): number => stepTypes.indexOf(step.uses);
  const pending = steps.toSorted((a, b) => rank(a) - rank(b));
  const ordered: T[] = [];
  const done = new Set<string>();
  while (pending.length > 0) {
    const index = pending.findIndex((step) => step.needs.every((need) => done.has(need)));
    const [next] = index < 0 ? [] : pending.splice(index, 1);
    // Only a cycle or an unknown need leaves no candidate, and both have been reported.
    if (next === undefined) return [...ordered, ...pending];
    done.add(next.name);
    ordered.push(next);
  }
  return ordered;
}
