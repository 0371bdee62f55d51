// Imported by the command before anything else (`node --import`): says what the process has used when it ends.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(
    process.env.PIPE_SOAK_USAGE,
    JSON.stringify({
      wall: performance.now(),
      cpu: (userCPUTime + systemCPUTime) / 1000,
      // In kilobytes, as the system counts.
      memory: maxRSS * 1024,
      ...transfers(),
    }),
  );
});

/** What was read so far, modules included; nothing where the system does not count it. */
function transfers() {
  try {
    const counted = readFileSync('/proc/self/io', 'utf8');
    const of = (name) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(counted)?.[1] ?? 0);
    return { bytesRead: of('rchar'), reads: of('syscr') };
  } catch {
    return { bytesRead: 0, reads: 0 };
  }
}
