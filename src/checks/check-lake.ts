import type { Dataset } from '../core/tables/tables.js';
import type { LakeReader, VerifiedFile } from '../lake/api.js';
import { checkFiles, fileFindings } from './check-files.js';
import { checkRules } from './check-rules.js';
import type { LakeCheckReport, NotChecked } from './finding.js';
import type { CheckRule } from './rules/rule.js';

export interface LakeCheckResult extends LakeCheckReport {
  /** For `quarantine`. */
  readonly damaged: readonly VerifiedFile[];
}

/**
 * Verifies every byte of the files of some tables, then applies rules to the rows of the intact files. A rule that depends on
 * the rows of damaged files is not applied and listed as not checked.
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
