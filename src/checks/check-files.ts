import type { Dataset } from '../core/tables/tables.js';
import type { FileDamage, LakeReader, VerifiedFile } from '../lake/api.js';
import type { CheckFinding } from './finding.js';

/** The result of reading every byte of some tables. */
export interface FileCheckResult {
  readonly checked: number;
  readonly bytes: number;
  readonly damaged: readonly VerifiedFile[];
}

const quarantineHint =
  'quarantine them with pipe check --repair; then refetch their data: pipe run, and pipe run --missing for older windows';
const refetchHint = 'refetch their data: pipe run, and pipe run --missing for older windows';

const problemTexts: Readonly<Record<FileDamage['problem'], { readonly problem: string; readonly hint: string }>> = {
  missing: { problem: 'missing files', hint: refetchHint },
  'size-mismatch': { problem: 'files of another size than was written', hint: refetchHint },
  'checksum-mismatch': { problem: 'files whose checksum does not match', hint: quarantineHint },
  'row-count-mismatch': { problem: 'files with another number of rows than the log says', hint: quarantineHint },
  unreadable: { problem: 'unreadable files', hint: quarantineHint },
};

/** Reads every live file of some tables, and of those of custom steps. */
export async function checkFiles(
  reader: LakeReader,
  selected: readonly Dataset[],
  checksUserTables: boolean,
): Promise<FileCheckResult> {
  const damaged: VerifiedFile[] = [];
  let checked = 0;
  let bytes = 0;
  for await (const file of reader.verify(selected, checksUserTables)) {
    checked++;
    bytes += file.bytes;
    if (file.damage !== null) damaged.push(file);
  }
  return { checked, bytes, damaged };
}

/** Higher than the limit of other findings, because the user may want to look at each file on the disk. */
const maxFilesShown = 10;

/** One finding for each problem of each table. */
export function fileFindings(damaged: readonly VerifiedFile[]): readonly CheckFinding[] {
  const findings: CheckFinding[] = [];
  for (const dataset of new Set(damaged.map((file) => file.dataset))) {
    const files = damaged.flatMap(({ dataset: fileDataset, path, damage }) =>
      fileDataset === dataset && damage !== null ? [{ path: `${dataset}/${path}`, ...damage }] : [],
    );
    for (const problem of new Set(files.map((file) => file.problem))) {
      const sameProblem = files.filter((file) => file.problem === problem);
      findings.push({
        rule: `file-${problem}`,
        severity: 'error',
        dataset,
        ...problemTexts[problem],
        count: sameProblem.length,
        examples: sameProblem.slice(0, maxFilesShown).map(({ path, detail }) => ({ path, detail })),
      });
    }
  }
  return findings;
}
