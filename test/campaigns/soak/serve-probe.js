// Loaded into `pipe serve` first (`node --import`): on SIGUSR2 it appends what the process holds to PIPE_SOAK_PROBE, a JSON line.
import { appendFileSync, readdirSync } from 'node:fs';
import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Runs inherit NODE_OPTIONS; only the collector is measured.
if (process.argv.includes('serve') && process.env.PIPE_SOAK_PROBE !== undefined) {
  // Recompiled code would hide the growth that the test measures; a test that measures CPU time needs it.
  const slowFlags = process.env.PIPE_SOAK_PROBE_CPU === '1' ? [] : ['--no-opt', '--no-sparkplug'];
  for (const flag of ['--expose-gc', '--no-flush-bytecode', ...slowFlags]) setFlagsFromString(flag);
  const gc = runInNewContext('gc');
  const signals = new Set();
  const seen = new WeakSet();
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (...args) {
    if (this instanceof AbortSignal && !seen.has(this)) {
      seen.add(this);
      signals.add(new WeakRef(this));
    }
    return addEventListener.apply(this, args);
  };
  const warnings = [];
  process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

  const countAbortListeners = () => {
    let count = 0;
    for (const reference of signals) {
      const signal = reference.deref();
      if (signal === undefined) signals.delete(reference);
      else count += getEventListeners(signal, 'abort').length;
    }
    return count;
  };

  process.on('SIGUSR2', () => {
    const { user, system } = process.cpuUsage();
    const at = performance.now();
    for (let round = 0; round < 4; round++) gc();
    const { heapUsed, external } = process.memoryUsage();
    const kinds = process.getActiveResourcesInfo().sort();
    const after = process.cpuUsage();
    const sample = {
      at,
      // In milliseconds, as is the part of the garbage collection of this sample.
      cpu: (user + system) / 1000,
      ownCpu: (after.user + after.system - user - system) / 1000,
      heap: heapUsed + external,
      abortListeners: countAbortListeners(),
      processListeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
      handles: kinds.filter((kind) => kind !== 'Timeout').length,
      timers: kinds.filter((kind) => kind === 'Timeout').length,
      files: readdirSync('/proc/self/fd').length,
      warnings,
    };
    appendFileSync(process.env.PIPE_SOAK_PROBE, `${JSON.stringify(sample)}\n`);
  });
}
