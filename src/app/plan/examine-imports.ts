import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { parseSeriesName } from '../../core/series.js';
import { examineImportFiles } from '../../imports/examine-files.js';
import type { ExaminedFiles } from '../../imports/examine-files.js';
import { readImportRecords } from '../../imports/records/import-record.js';
import type { LakeState } from '../../lake/api.js';
import type { PlanOptions } from '../../plan/plan-options.js';

/** Compares the files of the steps that import with what was imported. */
export async function examineImports(
  { customSteps, symbols }: Pipeline,
  lakeFolder: string,
  state: LakeState,
  options: PlanOptions,
): Promise<ReadonlyMap<string, ExaminedFiles>> {
  const records = await readImportRecords(lakeFolder);
  const examined = new Map<string, ExaminedFiles>();
  for (const step of customSteps) {
    if (step.uses !== 'import' || (options.steps !== null && !options.steps.includes(step.name))) continue;
    const lost = [...state.lostSeries(step.dataset)].filter(({ provider }) => provider === step.source);
    const context = {
      records,
      symbols: symbols.map(({ instrument }) => instrument.symbol),
      lostSymbols: new Set(lost.map(({ series }) => parseSeriesName(series).symbol)),
      force: options.force,
    };
    examined.set(step.name, await examineImportFiles(step, context));
  }
  return examined;
}
