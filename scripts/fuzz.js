// npm run fuzz -- --rounds 1000 --seed 7 --part pipelines: hands the numbers to the campaigns and lets vitest run them.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { rounds: { type: 'string' }, seed: { type: 'string' }, part: { type: 'string', default: '' } },
});
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', 'vitest.campaigns.config.ts', `test/campaigns/fuzz-${values.part}`],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(values.rounds === undefined ? {} : { PIPE_ROUNDS: values.rounds }),
      ...(values.seed === undefined ? {} : { PIPE_SEED: values.seed }),
    },
  },
);
process.exit(status ?? 1);
