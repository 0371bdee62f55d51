import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether a process is there and no zombie that nobody has taken note of yet. */
export function isThere(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A program without a shell that starts another one, and what is known of both; the other one does as told. */
export async function family(
  folder: string,
  grandchild: string,
): Promise<{
  readonly command: readonly [string, ...string[]];
  readonly pids: () => Promise<readonly number[]>;
}> {
  // A process is known once it has done what the code says, such as listening to signals.
  const note = (code: string): string => `${code};require('fs').appendFileSync('${folder}/pids',process.pid+'\\n')`;
  await writeFile(join(folder, 'grandchild.cjs'), note(`console.log('begun');${grandchild}`));
  await writeFile(
    join(folder, 'child.cjs'),
    note(
      `require('child_process').spawn(process.execPath,['${folder}/grandchild.cjs'],{stdio:'inherit'});setInterval(()=>{},1000)`,
    ),
  );
  const pids = async (): Promise<readonly number[]> =>
    (await readFile(join(folder, 'pids'), 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
  return { command: [process.execPath, join(folder, 'child.cjs')], pids };
}
