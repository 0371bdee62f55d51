import { nearest } from '../core/nearest.js';
import { didYouMean, problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { enumerate, quote } from '../yaml/text.js';
import { placeAt } from '../yaml/tree.js';
import type { Path } from '../yaml/tree.js';
import type { Validated } from './validate.js';

/** Reports symbols and groups that want to take part in steps that do not exist. */
export function checkStepNames({ file, root, stepNames }: Validated, report: Report): void {
  const check = (names: readonly string[] | undefined, path: Path): void => {
    for (const [index, name] of (names ?? []).entries()) {
      if (stepNames.includes(name)) continue;
      report(
        problem('unknown-step', placeAt(root, [...path, 'steps', index]), `there is no step ${quote(name)}`, {
          suggestion: didYouMean(nearest(name, stepNames)) ?? `steps are ${enumerate(stepNames)}`,
        }),
      );
    }
  };
  const checkList = (list: typeof file.symbols, path: Path): void => {
    for (const [index, entry] of (list ?? []).entries()) {
      if (typeof entry !== 'string') check(entry.steps, [...path, index]);
    }
  };
  checkList(file.symbols, ['symbols']);
  for (const [name, group] of Object.entries(file.groups ?? {})) {
    check(group.steps, ['groups', name]);
    checkList(group.symbols, ['groups', name, 'symbols']);
  }
}
