// node scripts/campaign.js recovery --rounds 200 --seed 7: runs a campaign with vitest, with its options as variables.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

/** Options of each campaign, with the variables that its tests read. */
const campaigns = {
  recovery: { rounds: 'PIPE_ROUNDS', seed: 'PIPE_SEED', report: 'PIPE_REPORT' },
  fuzz: { rounds: 'PIPE_ROUNDS', seed: 'PIPE_SEED' },
  system: { rounds: 'PIPE_ROUNDS', seed: 'PIPE_SEED' },
  pacing: { rounds: 'PIPE_ROUNDS', busy: 'PIPE_BUSY' },
  soak: { cycles: 'PIPE_SOAK_CYCLES', real: 'PIPE_SOAK_RUNS', serve: 'PIPE_SOAK_SERVE', page: 'PIPE_SOAK_PAGE' },
};

const [name, ...args] = process.argv.slice(2);
const variables = campaigns[name];
if (variables === undefined)
  throw new Error(`unknown campaign ${name ?? ''}; known campaigns: ${Object.keys(campaigns).join(', ')}`);
const options = Object.fromEntries(Object.keys(variables).map((option) => [option, { type: 'string' }]));
const { values } = parseArgs({ args, options: { ...options, part: { type: 'string', default: '' } } });
const given = Object.entries(variables).flatMap(([option, variable]) =>
  values[option] === undefined ? [] : [[variable, values[option]]],
);
const files = values.part === '' ? `${name}/` : `${name}/${values.part}.`;
// The soak campaign measures memory and CPU: its files must not run in parallel.
const alone = name === 'soak' ? ['--no-file-parallelism'] : [];
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', 'vitest.campaigns.config.ts', ...alone, `test/campaigns/${files}`],
  { stdio: 'inherit', env: { ...process.env, ...Object.fromEntries(given) } },
);
process.exit(status ?? 1);
