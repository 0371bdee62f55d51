import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';

/** The time of every run here. */
export const now = ['--now', '2026-11-20T23:00:00Z'];
const steps = `
steps:
  contracts: { refresh: 7d }
  chains: { needs: contracts, refresh: 1d }
  equity: { needs: contracts, bar_size: 1 day, lookback: 10d }
`;

/** A provider that fails every request for equity bars. */
export const failingScenario = `name: broken
source: synthetic
rules:
  - { when: { request: equity_bars }, do: { failure: retryable, message: no answer } }
`;

export async function createProject(settings: string, more = 'provider: mock'): Promise<Rig> {
  const rig = await createRig();
  await rig.write('daily.yaml', `name: daily\n${more}\nsymbols: [AAPL, MSFT]\n${settings}${steps}`);
  return rig;
}

/** Settings without retries. */
export const failingSettings = (extra = ''): string => `retry: { attempts: 1 }
providers: { synthetic: { scenario: broken.scenario.yaml } }
${extra}`;
