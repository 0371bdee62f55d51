import type { Dataset } from '../core/tables/tables.js';
import type { LakeReader, VerifiedFile } from '../lake/api.js';
import { checkFiles, fileFindings } from './check-files.js';
import { checkRules } from './check-rules.js';
import type { LakeCheckReport, NotChecked } from './finding.js';
import type { CheckRule } from './rules/rule.js';

/** What was found, and the files that are to blame. */
export interface LakeCheckResult extends LakeCheckReport {
  readonly damaged: readonly VerifiedFile[];
}

/**
 * Checks the files of some tables byte by byte, then the rows of the sound ones by rules. Rows of damaged files count as
 * neither right nor wrong; what cannot be said without them is listed as unexamined.
 */
export async function checkLake(
  reader: LakeReader,
  selected: readonly Dataset[],
  rules: readonly CheckRule[],
): Promise<LakeCheckResult> {
  const { checked, bytes, damaged } = await checkFiles(reader, selected);
  const damagedDatasets = new Set(damaged.map(({ dataset }) => dataset));
  const notChecked: NotChecked[] = [];
  const applicable: CheckRule[] = [];
  for (const rule of rules) {
    if (!selected.includes(rule.dataset)) continue;
    const damagedDataset = rule.requiresIntact?.find((dataset) => damagedDatasets.has(dataset));
    if (damagedDataset === undefined) applicable.push(rule);
    else notChecked.push({ rule: rule.name, dataset: rule.dataset, damagedDataset });
  }
  const findings = [...fileFindings(damaged), ...(await checkRules(reader, applicable))];
  return { findings, notChecked, files: { checked, bytes }, rules: applicable.length, damaged };
}
