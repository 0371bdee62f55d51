import type { Command } from 'commander';

import type { RunAction } from './run-action.js';

/** Adds a command to the program. */
export type Define = (program: Command, run: RunAction) => void;

/** Every command, in the order of the help. Each is loaded when it is needed: together they take longer than a plan. */
const commands: ReadonlyMap<string, () => Promise<Define>> = new Map([
  ['init', async () => (await import('./command-init.js')).defineInit],
  ['lint', async () => (await import('./command-lint.js')).defineLint],
  ['plan', async () => (await import('./command-plan.js')).definePlan],
  ['run', async () => (await import('./command-run.js')).defineRun],
  ['serve', async () => (await import('./command-serve.js')).defineServe],
  ['schedule', async () => (await import('./command-schedule.js')).defineSchedule],
  ['lineage', async () => (await import('./command-lineage.js')).defineLineage],
  ['status', async () => (await import('./command-status.js')).defineStatus],
  ['query', async () => (await import('./command-query.js')).defineQuery],
  ['chain', async () => (await import('./command-chain.js')).defineChain],
  ['iv', async () => (await import('./command-iv.js')).defineIv],
  ['alerts', async () => (await import('./command-alerts.js')).defineAlerts],
  ['report', async () => (await import('./command-report.js')).defineReport],
  ['check', async () => (await import('./command-check.js')).defineCheck],
  ['maintain', async () => (await import('./command-maintain.js')).defineMaintain],
  ['simulate', async () => (await import('./command-simulate.js')).defineSimulate],
  ['doctor', async () => (await import('./command-doctor.js')).defineDoctor],
  ['login', async () => (await import('./command-login.js')).defineLogin],
  ['calendar', async () => (await import('./command-calendar.js')).defineCalendar],
]);

/** The commands that a command line may mean: those it names, or all of them for help and for words that are none. */
export async function commandsFor(argv: readonly string[]): Promise<readonly Define[]> {
  const named = argv.includes('help') ? [] : [...commands].filter(([name]) => argv.includes(name));
  const loaded: Define[] = [];
  for (const [, load] of named.length > 0 ? named : commands) loaded.push(await load());
  return loaded;
}
