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
      bytesRead: bytesRead(),
    }),
  );
});

/** What was read so far, modules included; 0 where the system does not count it. */
function bytesRead() {
  try {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
