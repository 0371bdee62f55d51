import type { LogProblem, LogProblemKind } from '../lake/api.js';
import type { CheckFinding } from './finding.js';
import type { RuleSeverity } from './rules/rule.js';

interface LogRule {
  readonly severity: RuleSeverity;
  readonly problem: string;
  readonly hint: string;
}

const repairHint = 'rebuild the log with pipe check --repair; the next run refetches what it reports as missing';

const logRules: Readonly<Record<LogProblemKind, LogRule>> = {
  'commit-damaged': {
    severity: 'error',
    problem: 'commits that differ from what was written',
    hint: 'restore them with pipe check --repair: their content is known',
  },
  'commit-lost': { severity: 'error', problem: 'commits whose content is lost', hint: repairHint },
  'log-cut': { severity: 'error', problem: 'the newest commits are gone', hint: repairHint },
  'delta-checkpoint': {
    severity: 'error',
    problem: 'Delta checkpoints that are damaged or missing',
    hint: 'write them again with pipe check --repair; other engines may fail on this table until then',
  },
  'coverage-checkpoint': {
    severity: 'error',
    problem: 'damaged coverage checkpoints',
    hint: 'write them again with pipe check --repair; until then every command reads the whole log',
  },
  'unknown-files': {
    severity: 'warning',
    problem: 'data files that no commit names',
    hint: 'left by a crashed run or another program; pipe maintain deletes them after 7 days',
  },
  views: {
    severity: 'error',
    problem: 'lake.duckdb cannot be read',
    hint: 'write it again with pipe check --repair',
  },
};

const maxProblemsShown = 10;

/** One finding for each kind of problem of each table. */
export function logFindings(problems: readonly LogProblem[]): readonly CheckFinding[] {
  const groups = new Map<string, LogProblem[]>();
  for (const problem of problems) {
    const key = `${problem.dataset} ${problem.kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [problem]);
    else group.push(problem);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { dataset, kind } = first;
    return {
      rule: kind,
      dataset,
      ...logRules[kind],
      count: group.length,
      examples: group.slice(0, maxProblemsShown).map(({ path, detail }) => ({ path, detail })),
    };
  });
}
