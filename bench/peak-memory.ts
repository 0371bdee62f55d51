// Loaded into a measured process before its own code: writes its peak memory in bytes at exit.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const outputFolder = process.env['PIPE_BENCH_PEAK'] ?? '';

if (isMainThread && outputFolder !== '') {
  process.on('exit', () => {
    writeFileSync(join(outputFolder, `${process.pid}`), `${readPeakMemory()}`);
  });
}

/** Linux counts per program; elsewhere the figure may include the process before it became this program. */
function readPeakMemory(): number {
  const fallback = process.resourceUsage().maxRSS * 1024;
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return found === null ? fallback : Number(found[1]) * 1024;
  } catch {
    return fallback;
  }
}
