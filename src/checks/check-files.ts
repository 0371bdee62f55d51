import type { Dataset } from '../core/tables.js';
import type { FileDamage, LakeReader, VerifiedFile } from '../lake/contract.js';
import type { Finding } from './finding.js';

/** What reading every byte of some tables brought. */
export interface FilesChecked {
  readonly checked: number;
  readonly bytes: number;
  readonly damaged: readonly VerifiedFile[];
}

const setAside = 'set it aside with pipe check --repair; the next run fetches what it held';
const askedAgain = 'the next run fetches again what it held';

/** What to do about a file. */
const remedies: Readonly<Record<FileDamage['problem'], string>> = {
  missing: askedAgain,
  'wrong size': askedAgain,
  'wrong content': setAside,
  'wrong row count': setAside,
  unreadable: setAside,
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

/** Damaged files of one table with one problem make one finding, which names each of them. */
export function fileFindings(damaged: readonly VerifiedFile[]): readonly Finding[] {
  const kinds = new Map<string, { readonly dataset: Dataset; readonly problem: FileDamage['problem']; readonly files: { path: string; detail: string }[] }>();
  for (const { dataset, path, damage } of damaged) {
    if (damage === null) continue;
    const key = `${dataset} ${damage.problem}`;
    let kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, (kind = { dataset, problem: damage.problem, files: [] }));
    kind.files.push({ path: `${dataset}/${path}`, detail: damage.detail });
  }
  return [...kinds.values()].map(({ dataset, problem, files }) => ({
    rule: `file-${problem.replaceAll(' ', '-')}`,
    severity: 'error',
    dataset,
    problem: `files: ${problem}`,
    count: files.length,
    examples: files.slice(0, filesShown),
    remedy: remedies[problem],
  }));
}

/** More than of rows: each is something to look at on the disk. */
const filesShown = 10;
