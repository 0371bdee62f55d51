import { applyTableRules } from '../../checks/quality/apply-rules.js';
import type { RuleResult } from '../../checks/quality/apply-rules.js';
import { describeRule } from '../../checks/quality/describe-rule.js';
import type { CheckFinding } from '../../checks/finding.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { QualityRule } from '../../core/quality/quality-rule.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { openLakeFeed } from '../../lake/feed/lake-feed.js';
import { listReleased } from '../../lake/quarantine/quarantine-files.js';
import { isDamage } from '../../lake/lake-error.js';
import { groupBy } from '../../platform/group-by.js';
import type { AppContext } from '../context.js';

/** What the quality rules of pipelines found in the whole lake. */
export interface QualityCheck {
  readonly findings: readonly CheckFinding[];
  /** The rules that were applied, as `table/rule`. */
  readonly applied: readonly string[];
}

/** Applies the quality rules of pipelines to every row of some tables. */
export async function checkQuality(
  pipelines: readonly Pick<Pipeline, 'quality'>[],
  selected: readonly Dataset[],
  ctx: Pick<AppContext, 'dataFolder' | 'clock'>,
): Promise<QualityCheck> {
  const rules = groupBy(listRules(pipelines), ({ dataset }) => dataset);
  const findings: CheckFinding[] = [];
  const applied: string[] = [];
  if (rules.size === 0) return { findings, applied };
  const feed = openLakeFeed(ctx.dataFolder, []);
  try {
    for (const dataset of datasets) {
      const tableRules = rules.get(dataset);
      if (tableRules === undefined || !selected.includes(dataset)) continue;
      const options = {
        now: ctx.clock.now(),
        since: null,
        released: await listReleased(ctx.dataFolder, dataset),
        nextKeysFile: null,
      };
      // A damaged table has findings of its own.
      const table = await applyTableRules(feed, dataset, tableRules, options).catch((error: unknown) => {
        if (isDamage(error)) return null;
        throw error;
      });
      if (table === null) continue;
      findings.push(...table.results.flatMap((result) => toFinding(result) ?? []));
      applied.push(...table.results.map(({ rule }) => `${dataset}/${rule.name}`));
    }
  } finally {
    await feed.close();
  }
  return { findings, applied };
}

/** Pipelines that include the same file have the same rules. */
function listRules(pipelines: readonly Pick<Pipeline, 'quality'>[]): readonly QualityRule[] {
  const rules = new Map<string, QualityRule>();
  for (const rule of pipelines.flatMap(({ quality }) => quality)) rules.set(JSON.stringify(rule), rule);
  return [...rules.values()];
}

function toFinding({ rule, violations, examples, problem }: RuleResult): CheckFinding | null {
  const { name, dataset, severity } = rule;
  if (problem !== null)
    return {
      rule: name,
      severity: 'error',
      dataset,
      problem: `the quality rule ${problem}`,
      count: 1,
      examples: [],
      hint: `correct quality.${name} in the pipeline file`,
    };
  if (violations === 0) return null;
  const { problem: noun, hint } = describeRule(rule);
  return { rule: name, severity, dataset, problem: noun, count: violations, examples, hint };
}
