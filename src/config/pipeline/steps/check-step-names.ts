import { closestMatch } from '../../../platform/suggest.js';
import { didYouMean, problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { quote } from '../../yaml/quote.js';
import { findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Reports symbols and groups that refer to unknown steps. */
export function checkStepNames({ file, root, stepNames }: ValidatedPipeline, report: ReportDiagnostic): void {
  const check = (names: readonly string[] | undefined, path: NodePath): void => {
    for (const [index, name] of (names ?? []).entries()) {
      if (stepNames.includes(name)) continue;
      report(
        problem('unknown-step', findLocation(root, [...path, 'steps', index]), `there is no step ${quote(name)}`, {
          suggestion: didYouMean(closestMatch(name, stepNames)) ?? `the steps are ${joinList(stepNames)}`,
        }),
      );
    }
  };
  const checkList = (list: typeof file.symbols, path: NodePath): void => {
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
