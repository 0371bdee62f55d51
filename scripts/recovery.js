// npm run recovery -- --rounds 200 --seed 7: hands the numbers to the campaign and lets vitest run it.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' } } });
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', 'vitest.campaigns.config.ts', 'test/campaigns/recovery.campaign.ts'],
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
