import type { Command } from 'commander';

import type { RunAction } from './run-action.js';

/** Adds a command to the program. */
export type DefineCommand = (program: Command, run: RunAction) => void;

/** The commands in the order of the help. Each is loaded on demand: loading all takes longer than a plan. */
const commands: ReadonlyMap<string, () => Promise<DefineCommand>> = new Map([
  ['init', async () => (await import('./commands/init.js')).defineInit],
  ['lint', async () => (await import('./commands/lint.js')).defineLint],
  ['plan', async () => (await import('./commands/plan.js')).definePlan],
  ['run', async () => (await import('./commands/run.js')).defineRun],
  ['add', async () => (await import('./commands/care/add.js')).defineAdd],
  ['remove', async () => (await import('./commands/care/add.js')).defineRemove],
  ['serve', async () => (await import('./commands/serve.js')).defineServe],
  ['ui', async () => (await import('./commands/ui.js')).defineUi],
  ['schedule', async () => (await import('./commands/schedule.js')).defineSchedule],
  ['lineage', async () => (await import('./commands/lineage.js')).defineLineage],
  ['why', async () => (await import('./commands/proof/why.js')).defineWhy],
  ['status', async () => (await import('./commands/status.js')).defineStatus],
  ['query', async () => (await import('./commands/query.js')).defineQuery],
  ['export', async () => (await import('./commands/export.js')).defineExport],
  ['sink', async () => (await import('./commands/sink.js')).defineSink],
  ['chain', async () => (await import('./commands/chain.js')).defineChain],
  ['iv', async () => (await import('./commands/iv.js')).defineIv],
  ['alerts', async () => (await import('./commands/alerts.js')).defineAlerts],
  ['report', async () => (await import('./commands/report.js')).defineReport],
  ['certify', async () => (await import('./commands/proof/certify.js')).defineCertify],
  ['validate', async () => (await import('./commands/proof/validate.js')).defineValidate],
  ['backup', async () => (await import('./commands/care/backup.js')).defineBackup],
  ['restore', async () => (await import('./commands/care/restore.js')).defineRestore],
  ['check', async () => (await import('./commands/check.js')).defineCheck],
  ['maintain', async () => (await import('./commands/maintain.js')).defineMaintain],
  ['simulate', async () => (await import('./commands/simulate.js')).defineSimulate],
  ['doctor', async () => (await import('./commands/doctor.js')).defineDoctor],
  ['login', async () => (await import('./commands/login.js')).defineLogin],
  ['completion', async () => (await import('./commands/completion.js')).defineCompletion],
  ['man', async () => (await import('./commands/completion.js')).defineMan],
  ['complete', async () => (await import('./commands/completion.js')).defineComplete],
  ['calendar', async () => (await import('./commands/calendar.js')).defineCalendar],
]);

/** The commands that a command line names; all of them for help and for unknown names. */
export async function loadCommands(argv: readonly string[]): Promise<readonly DefineCommand[]> {
  const named = argv.includes('help') ? [] : [...commands].filter(([name]) => argv.includes(name));
  const needsAll = named.every(([name]) => name === 'complete' || name === 'man');
  const loaded: DefineCommand[] = [];
  for (const [, load] of needsAll ? commands : named) loaded.push(await load());
  return loaded;
}
