// Recovers every abandoned spool it can get hold of and says what it found. Arguments: the compiled sources, the folder of
// spools, how many times to look.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , modules, folder, rounds] = process.argv;
const { abandonedSpools, claimSpool } = await import(pathToFileURL(join(modules, 'lake/spool/abandoned.js')).href);
const { thisProcess } = await import(pathToFileURL(join(modules, 'lake/spool/owner.js')).href);

for (let round = 0; round < Number(rounds); round++) {
  for (const spool of await abandonedSpools(folder)) {
    const claimed = await claimSpool(spool, thisProcess());
    if (claimed === null) continue;
    let deliveries = 0;
    for await (const content of claimed.read()) deliveries += content.deliveries.length;
    await claimed.remove();
    console.log(`${claimed.runId} ${deliveries}`);
  }
}
