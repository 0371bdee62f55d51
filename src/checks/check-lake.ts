import type { Dataset } from '../core/tables.js';
import type { LakeReader, VerifiedFile } from '../lake/contract.js';
import { checkFiles, fileFindings } from './check-files.js';
import { checkRules } from './check-rules.js';
import type { CheckResult, Unexamined } from './finding.js';
import type { Rule } from './rule.js';

/** What was found, and the files that are to blame. */
export interface LakeChecked extends CheckResult {
  readonly damaged: readonly VerifiedFile[];
}

/**
 * Checks the files of some tables byte by byte, then the rows of the sound ones by rules. Rows of damaged files count as
 * neither right nor wrong; what cannot be said without them is listed as unexamined.
 */
export async function checkLake(
  reader: LakeReader,
  wanted: readonly Dataset[],
  rules: readonly Rule[],
): Promise<LakeChecked> {
  const { checked, bytes, damaged } = await checkFiles(reader, wanted);
  const unsound = new Set(damaged.map(({ dataset }) => dataset));
  const unexamined: Unexamined[] = [];
  const applied: Rule[] = [];
  for (const rule of rules) {
    if (!wanted.includes(rule.dataset)) continue;
    const because = rule.whole?.find((dataset) => unsound.has(dataset));
    if (because === undefined) applied.push(rule);
    else unexamined.push({ rule: rule.name, dataset: rule.dataset, because });
  }
  const findings = [...fileFindings(damaged), ...(await checkRules(reader, applied))];
  return { findings, unexamined, files: { checked, bytes }, rules: applied.length, damaged };
}
