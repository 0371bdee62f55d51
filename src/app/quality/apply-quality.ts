import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { applyTableRules } from '../../checks/quality/apply-rules.js';
import type { RuleResult, TableResult } from '../../checks/quality/apply-rules.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { QualityChecked, RunEventBody } from '../../core/events.js';
import type { QuarantineResult } from '../../core/quality/quarantine.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { LakeWriter } from '../../lake/api.js';
import { openLakeFeed } from '../../lake/feed/lake-feed.js';
import { listReleased } from '../../lake/quarantine/quarantine-files.js';
import { isDamage } from '../../lake/lake-error.js';
import { groupBy } from '../../platform/group-by.js';
import type { AppContext } from '../context.js';
import { findPosition, hashRules, readRulePositions, writeRulePositions } from './rule-positions.js';

type QualityContext = Pick<AppContext, 'dataFolder' | 'clock'>;

/** Applies the rules of a pipeline to what has changed since it did so last, and moves what they quarantine. */
export async function applyQualityInRun(
  pipeline: Pick<Pipeline, 'name' | 'quality'>,
  writer: Pick<LakeWriter, 'quarantine'>,
  emit: (event: RunEventBody) => void,
  ctx: QualityContext,
): Promise<void> {
  const positions = new Map(await readRulePositions(ctx.dataFolder, pipeline.name));
  const rules = groupBy(pipeline.quality, ({ dataset }) => dataset);
  const scratch = await mkdtemp(join(tmpdir(), 'pipe-quality-'));
  const feed = openLakeFeed(ctx.dataFolder, [scratch]);
  let keysFiles = 0;
  try {
    for (const dataset of datasets) {
      const tableRules = rules.get(dataset);
      if (tableRules === undefined) continue;
      const startedAt = ctx.clock.now();
      const options = {
        now: startedAt,
        since: findPosition(positions, dataset, tableRules),
        released: await listReleased(ctx.dataFolder, dataset),
        nextKeysFile: () => join(scratch, `${String(++keysFiles)}.parquet`),
      };
      const table = await skipDamagedTable(dataset, emit, () => applyTableRules(feed, dataset, tableRules, options));
      if (table === null) continue;
      for (const result of table.results) {
        const moved = result.keysFile === null ? noRows : await quarantine(writer, result, result.keysFile);
        emit(toEvent(result, moved, ctx.clock.now() - startedAt));
      }
      if (table.position === null || !isComplete(table)) continue;
      positions.set(dataset, { rules: hashRules(tableRules), position: table.position });
      // After the commits that move rows: a run that is killed before examines the same rows again.
      await writeRulePositions(ctx.dataFolder, pipeline.name, positions);
    }
  } finally {
    await feed.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

const noRows: QuarantineResult = { id: null, rows: 0, gaps: 0 };

/** A rule that could not be applied examines the same rows again. */
function isComplete({ results }: TableResult): boolean {
  return results.every(({ problem }) => problem === null);
}

function quarantine(
  writer: Pick<LakeWriter, 'quarantine'>,
  { rule }: RuleResult,
  keysFile: string,
): Promise<QuarantineResult> {
  return writer.quarantine({ dataset: rule.dataset, rule: rule.name, keysFile, isGap: rule.isGap });
}

/** A damaged table, which the plan and `check` name, does not end the run. */
async function skipDamagedTable<T>(
  dataset: Dataset,
  emit: (event: RunEventBody) => void,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!isDamage(error)) throw error;
    emit({ type: 'warning', message: `quality rules of ${dataset} not applied: ${error.message}` });
    return null;
  }
}

function toEvent(
  { rule, violations, problem }: RuleResult,
  moved: QuarantineResult,
  durationMs: number,
): QualityChecked {
  const { name, kind, dataset, severity, column } = rule;
  return {
    type: 'quality-checked',
    rule: name,
    kind,
    dataset,
    column,
    severity,
    violations,
    quarantined: moved.rows,
    gaps: moved.gaps,
    durationMs,
    ...(problem === null ? {} : { problem }),
  };
}
