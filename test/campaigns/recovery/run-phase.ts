/** Phases of a run, in order. */
export const phases = ['starting', 'planning', 'fetching', 'committing', 'finishing', 'reporting'] as const;

export type Phase = (typeof phases)[number] | 'ended before';

/** Number of tables that a complete run commits. */
const tableCount = 4;

/** Returns the phase of a run from its `--debug` lines so far. */
export function getPhase(lines: readonly string[]): Phase {
  const count = (type: string): number => lines.filter((line) => line.includes(`"type":"${type}"`)).length;
  if (lines.length === 0) return 'starting';
  if (count('run-finished') > 0) return 'reporting';
  const planned = lines.find((line) => line.includes('"type":"planned"'));
  if (planned === undefined) return 'planning';
  const tasks = Number(/"tasks":(\d+)/.exec(planned)?.[1]);
  if (count('task-finished') < tasks) return 'fetching';
  return count('committed') < tableCount ? 'committing' : 'finishing';
}
