import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepType } from '../../../../src/config/pipeline/pipeline.js';
import { loadFiles } from '../load-files.js';

interface RandomStep {
  readonly uses: StepType;
  readonly needs: readonly number[];
}

const order: readonly StepType[] = ['contracts', 'chains', 'equity', 'options'];
const sizes = ['1 min', '2 mins', '3 mins', '5 mins', '10 mins', '15 mins', '20 mins', '30 mins'];

/** Generates a step that mostly has the right needs, sometimes additional or other ones. */
const step = (uses: fc.Arbitrary<StepType>, right: readonly number[]): fc.Arbitrary<RandomStep> => {
  const others = fc.array(fc.nat(5), { maxLength: 2 });
  const needs = fc.oneof(
    { weight: 4, arbitrary: fc.constant(right) },
    { weight: 2, arbitrary: others.map((more) => [...right, ...more]) },
    { weight: 1, arbitrary: others },
  );
  return fc.record({ uses, needs: needs.map((list) => [...new Set(list)]) });
};

/** Generates one step of each type, so that some files are valid, and further steps, so that most are invalid. */
const randomSteps: fc.Arbitrary<readonly RandomStep[]> = fc
  .tuple(
    fc.constant<RandomStep>({ uses: 'contracts', needs: [] }),
    step(fc.constant('chains'), [0]),
    step(fc.constant('equity'), [0]),
    step(fc.constant('options'), [1, 2]),
    fc.array(step(fc.constantFrom(...order), [0]), { maxLength: 2 }),
  )
  .map(([contracts, chains, equity, options, more]) => [contracts, chains, equity, options, ...more])
  .map((steps) => steps.map(({ uses, needs }) => ({ uses, needs: needs.filter((need) => need < steps.length) })));

/** Renders steps as YAML; every bar step has a different bar size, so that no two fetch the same series. */
function renderYaml(steps: readonly RandomStep[]): string {
  const lines = steps.map(({ uses, needs }, index) => {
    const bars = uses === 'equity' || uses === 'options' ? `, bar_size: ${sizes[index] ?? ''}` : '';
    return `  s${index}: { uses: ${uses}, needs: [${needs.map((need) => `s${need}`).join(', ')}]${bars} }`;
  });
  return `name: x\nsymbols: [A]\nsteps:\n${lines.join('\n')}\n`;
}

/** Collects all direct and indirect needs of a step; null if they contain a cycle. */
function collectPrerequisites(
  steps: readonly RandomStep[],
  index: number,
  trail: readonly number[] = [],
): ReadonlySet<number> | null {
  if (trail.includes(index)) return null;
  const found = new Set<number>();
  for (const need of steps[index]?.needs ?? []) {
    const nested = collectPrerequisites(steps, need, [...trail, index]);
    if (nested === null) return null;
    for (const one of [need, ...nested]) found.add(one);
  }
  return found;
}

/** States the rules independently of the implementation. */
function isValidOrder(steps: readonly RandomStep[]): boolean {
  const once = (type: StepType): boolean => steps.filter(({ uses }) => uses === type).length === 1;
  if (!once('contracts') || !once('chains')) return false;
  return steps.every(({ uses, needs }, index) => {
    const reached = collectPrerequisites(steps, index);
    if (reached === null) return false;
    const types = new Set([...reached].map((one) => steps[one]?.uses));
    const rank = order.indexOf(uses);
    const allowsSameType = uses === 'equity' || uses === 'options';
    const isOrdered = needs.every((need) => {
      const other = order.indexOf(steps[need]?.uses ?? 'options');
      return other < rank || (allowsSameType && other === rank);
    });
    if (!isOrdered) return false;
    if (uses === 'options') return types.has('chains') && types.has('equity') && types.has('contracts');
    return uses === 'contracts' || types.has('contracts');
  });
}

describe('the order of steps', () => {
  it('is contracts, chains, equity, options in every valid file, and every other order is rejected', async () => {
    let acceptedCount = 0;
    await fc.assert(
      fc.asyncProperty(randomSteps, async (steps) => {
        const loaded = await loadFiles({ 'a.yaml': renderYaml(steps) });
        expect(loaded.ok).toBe(isValidOrder(steps));
        if (!loaded.ok) return;
        acceptedCount++;
        const names = loaded.pipeline.steps.map(({ name }) => name);
        for (const [index, one] of loaded.pipeline.steps.entries()) {
          expect(names.slice(0, index)).toEqual(expect.arrayContaining([...one.needs]));
        }
      }),
      { numRuns: 600, seed: 7 },
    );
    // Most random files are invalid; the property must have been checked on valid ones too.
    expect(acceptedCount).toBeGreaterThan(60);
  });
});
