import { datasets } from '../core/tables/tables.js';
import type { Dataset, RecordedVersions } from '../core/tables/tables.js';
import type { LakeReader, LogProblem, VerifiedFile } from '../lake/api.js';
import { findBarsOutsideHours, hoursRule } from './check-hours.js';
import type { CalendarOfZone } from './check-hours.js';
import { findLostWindows } from './check-coverage.js';
import { checkFiles, fileFindings } from './check-files.js';
import { logFindings } from './check-logs.js';
import { checkRules } from './check-rules.js';
import type { LakeCheckReport, NotChecked } from './finding.js';
import type { CheckRule } from './rules/rule.js';
import { readTradingTime } from './trading-time.js';

export interface LakeCheckResult extends LakeCheckReport {
  /** For `quarantine`. */
  readonly damaged: readonly VerifiedFile[];
  /** For the repair of logs. */
  readonly logProblems: readonly LogProblem[];
}

/**
 * Verifies the logs and every byte of the files of some tables, then applies rules to the rows of the intact files. A rule that depends on
 * the rows of damaged files, or on a table whose log is damaged, is not applied and listed as not checked.
 */
export async function checkLake(
  reader: LakeReader,
  selected: readonly Dataset[],
  rules: readonly CheckRule[],
  recorded: RecordedVersions = {},
  calendarOf: CalendarOfZone = () => undefined,
): Promise<LakeCheckResult> {
  // The tables of custom steps are computed from all others: they belong to a check of all tables.
  const checksUserTables = datasets.every((dataset) => selected.includes(dataset));
  const logProblems = await reader.examineLogs(selected, recorded, checksUserTables);
  const { checked, bytes, damaged } = await checkFiles(reader, selected, checksUserTables);
  const damagedDatasets = new Set<string>(damaged.map(({ dataset }) => dataset));
  // Rules read other tables beside their own.
  const others = datasets.filter((dataset) => !selected.includes(dataset));
  const damagedLogs = findDamagedLogs([...logProblems, ...(await reader.examineLogs(others, recorded, false))]);
  const notChecked: NotChecked[] = [];
  const applicable: CheckRule[] = [];
  for (const rule of rules) {
    if (!selected.includes(rule.dataset)) continue;
    const damagedDataset =
      rule.requiresIntact?.find((dataset) => damagedDatasets.has(dataset)) ??
      [...damagedLogs].find((dataset) => dataset === rule.dataset || namesTable(rule, dataset));
    if (damagedDataset === undefined) applicable.push(rule);
    else notChecked.push({ rule: rule.name, dataset: rule.dataset, damagedDataset });
  }
  const intact = selected.filter((dataset) => !damagedDatasets.has(dataset) && !damagedLogs.has(dataset));
  const canReadContracts = !damagedDatasets.has('contracts') && !damagedLogs.has('contracts');
  const judged = canReadContracts ? intact : [];
  for (const dataset of hoursRule.datasets)
    if (intact.includes(dataset) && !judged.includes(dataset))
      notChecked.push({ rule: hoursRule.name, dataset, damagedDataset: 'contracts' });
  const state = await reader.readState();
  const hasLost = selected.some((dataset) => [...state.lostSeries(dataset)].length > 0);
  const hasTradingTime = hasLost && canReadContracts ? await readTradingTime(reader, calendarOf) : (): boolean => true;
  const findings = [
    ...logFindings(logProblems),
    ...fileFindings(damaged),
    ...findLostWindows(state, selected, hasTradingTime),
    ...(await checkRules(reader, applicable)),
    ...(await findBarsOutsideHours(reader, judged, calendarOf)),
  ];
  return { findings, notChecked, files: { checked, bytes }, rules: applicable.length, damaged, logProblems };
}

/** Tables of which some facts or files are unknown. */
function findDamagedLogs(problems: readonly LogProblem[]): ReadonlySet<Dataset> {
  const damaged = new Set<Dataset>();
  for (const { dataset, kind } of problems) {
    const isIncomplete = kind === 'commit-damaged' || kind === 'commit-lost' || kind === 'log-cut';
    const known = datasets.find((name) => name === dataset);
    if (isIncomplete && known !== undefined) damaged.add(known);
  }
  return damaged;
}

function namesTable({ violation }: CheckRule, dataset: Dataset): boolean {
  const sql = violation.kind === 'row' ? violation.where : violation.sql;
  return new RegExp(`\\b${dataset}\\b`).test(sql);
}
