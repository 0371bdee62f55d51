// npm run soak -- --cycles 10000 --real 3000: hands the numbers to the campaigns and lets vitest run them, one after the other.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { cycles: { type: 'string' }, real: { type: 'string' } } });
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', 'vitest.campaigns.config.ts', '--no-file-parallelism', 'test/campaigns/soak'],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(values.cycles === undefined ? {} : { PIPE_SOAK_CYCLES: values.cycles }),
      ...(values.real === undefined ? {} : { PIPE_SOAK_RUNS: values.real }),
    },
  },
);
process.exit(status ?? 1);
