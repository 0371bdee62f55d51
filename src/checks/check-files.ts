import type { Dataset } from '../core/tables.js';
import type { FileDamage, LakeReader, VerifiedFile } from '../lake/contract.js';
import type { Finding } from './finding.js';

/** What reading every byte of some tables brought. */
export interface FilesChecked {
  readonly checked: number;
  readonly bytes: number;
  readonly damaged: readonly VerifiedFile[];
}

const setAside = 'set them aside with pipe check --repair; the next run fetches again what they held';
const askedAgain = 'the next run fetches again what they held';

/** What each kind of damage is called, and what to do about it. */
const words: Readonly<Record<FileDamage['problem'], { readonly problem: string; readonly remedy: string }>> = {
  missing: { problem: 'files that are gone', remedy: askedAgain },
  'wrong size': { problem: 'files that are not as long as they were written', remedy: askedAgain },
  'wrong content': { problem: 'files whose bytes are not those that were written', remedy: setAside },
  'wrong row count': { problem: 'files with another number of rows than the log says', remedy: setAside },
  unreadable: { problem: 'files that cannot be read', remedy: setAside },
};

/** Reads every live file of some tables. */
export async function checkFiles(reader: LakeReader, wanted: readonly Dataset[]): Promise<FilesChecked> {
  const damaged: VerifiedFile[] = [];
  let checked = 0;
  let bytes = 0;
  for await (const file of reader.verify(wanted)) {
    checked++;
    bytes += file.bytes;
    if (file.damage !== null) damaged.push(file);
  }
  return { checked, bytes, damaged };
}

/** How many damaged files are named: more than rows, since each is something to look at on the disk. */
const filesShown = 10;

/** Damaged files of one table with one problem make one finding. */
export function fileFindings(damaged: readonly VerifiedFile[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const dataset of new Set(damaged.map((file) => file.dataset))) {
    const files = damaged.flatMap(({ dataset: own, path, damage }) =>
      own === dataset && damage !== null ? [{ path: `${dataset}/${path}`, ...damage }] : [],
    );
    for (const problem of new Set(files.map((file) => file.problem))) {
      const alike = files.filter((file) => file.problem === problem);
      findings.push({
        rule: `file-${problem.replaceAll(' ', '-')}`,
        severity: 'error',
        dataset,
        ...words[problem],
        count: alike.length,
        examples: alike.slice(0, filesShown).map(({ path, detail }) => ({ path, detail })),
      });
    }
  }
  return findings;
}
