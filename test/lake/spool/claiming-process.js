// Recovers every abandoned spool it can get hold of and says what it found. Arguments: the compiled sources, the folder of
// spools, how many times to look.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , modules, folder, rounds] = process.argv;
const { findAbandonedSpools, claimSpool } = await import(
  pathToFileURL(join(modules, 'lake/spool/abandoned-spools.js')).href
);
const { getProcessIdentity } = await import(pathToFileURL(join(modules, 'lake/locks/process-identity.js')).href);

for (let round = 0; round < Number(rounds); round++) {
  for (const spool of await findAbandonedSpools(folder)) {
    const claimed = await claimSpool(spool, getProcessIdentity());
    if (claimed === null) continue;
    let results = 0;
    for await (const content of claimed.read()) results += content.results.length;
    await claimed.remove();
    console.log(`${claimed.runId} ${results}`);
  }
}
