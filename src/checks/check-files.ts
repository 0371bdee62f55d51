import type { Dataset } from '../core/tables/tables.js';
import type { FileDamage, LakeReader, VerifiedFile } from '../lake/api.js';
import type { CheckFinding } from './finding.js';

/** What reading every byte of some tables brought. */
export interface FileCheckResult {
  readonly checked: number;
  readonly bytes: number;
  readonly damaged: readonly VerifiedFile[];
}

const quarantineHint = 'set them aside with pipe check --repair; the next run fetches again what they held';
const refetchHint = 'the next run fetches again what they held';

/** What each kind of damage is called, and what to do about it. */
const problemTexts: Readonly<Record<FileDamage['problem'], { readonly problem: string; readonly hint: string }>> = {
  missing: { problem: 'files that are gone', hint: refetchHint },
  'wrong size': { problem: 'files that are not as long as they were written', hint: refetchHint },
  'wrong content': { problem: 'files whose bytes are not those that were written', hint: quarantineHint },
  'wrong row count': { problem: 'files with another number of rows than the log says', hint: quarantineHint },
  unreadable: { problem: 'files that cannot be read', hint: quarantineHint },
};

/** Reads every live file of some tables. */
export async function checkFiles(reader: LakeReader, selected: readonly Dataset[]): Promise<FileCheckResult> {
  const damaged: VerifiedFile[] = [];
  let checked = 0;
  let bytes = 0;
  for await (const file of reader.verify(selected)) {
    checked++;
    bytes += file.bytes;
    if (file.damage !== null) damaged.push(file);
  }
  return { checked, bytes, damaged };
}

/** How many damaged files are named: more than rows, since each is something to look at on the disk. */
const maxFilesShown = 10;

/** Damaged files of one table with one problem make one finding. */
export function fileFindings(damaged: readonly VerifiedFile[]): readonly CheckFinding[] {
  const findings: CheckFinding[] = [];
  for (const dataset of new Set(damaged.map((file) => file.dataset))) {
    const files = damaged.flatMap(({ dataset: fileDataset, path, damage }) =>
      fileDataset === dataset && damage !== null ? [{ path: `${dataset}/${path}`, ...damage }] : [],
    );
    for (const problem of new Set(files.map((file) => file.problem))) {
      const sameProblem = files.filter((file) => file.problem === problem);
      findings.push({
        rule: `file-${problem.replaceAll(' ', '-')}`,
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
