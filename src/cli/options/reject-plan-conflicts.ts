import { resolve } from 'node:path';

import { CliError } from '../../app/cli-error.js';
import { exitCode } from '../../app/exit-code.js';
import type { SavedPlan } from '../../app/plan/saved-plan.js';
import { firstPlanOption } from './plan-options.js';
import type { PlanFlags } from './plan-options.js';

/** Rejects a pipeline and options that contradict a saved plan. */
export function rejectPlanConflicts(saved: SavedPlan, file: string | undefined, flags: PlanFlags): void {
  if (file !== undefined && resolve(file) !== resolve(saved.file)) {
    throw new CliError(
      exitCode.usage,
      `${saved.path} is a plan of ${saved.file}, not of ${file}`,
      `run it with: pipe run --plan ${saved.path}`,
    );
  }
  const planOption = firstPlanOption(flags);
  if (planOption === null) return;
  throw new CliError(
    exitCode.usage,
    `${planOption} cannot be combined with --plan, which determines what is fetched`,
    `plan again: pipe plan ${saved.file} ${planOption} … --out ${saved.path}`,
  );
}
