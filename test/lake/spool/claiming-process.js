// Claims every abandoned spool that it can and prints the number of its results. Arguments: the compiled sources, the folder of
// spools, the number of rounds.
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
