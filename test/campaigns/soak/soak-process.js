// Loaded into the command first (`node --import`): reports the resource usage of the process at its end.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(
    process.env.PIPE_SOAK_USAGE,
    JSON.stringify({
      wall: performance.now(),
      cpu: (userCPUTime + systemCPUTime) / 1000,
      // In kilobytes.
      memory: maxRSS * 1024,
      bytesRead: bytesRead(),
    }),
  );
});

/** Bytes read so far, including modules; 0 if the system does not count them. */
function bytesRead() {
  try {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
