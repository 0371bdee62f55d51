import type { ImportStep } from '../../config/pipeline/pipeline.js';
import type { RequestId } from '../../core/request.js';
import type { ExaminedFiles } from '../../imports/examine-files.js';
import type { ImportSettings } from '../../imports/rows/import-settings.js';
import type { TaskId } from '../../plan/task-graph.js';
import type { RunDeps } from '../execution.js';
import { failedStep } from '../run-custom-step.js';
import type { CustomStepEnd } from '../run-custom-step.js';
import { importFiles } from './import-files.js';

/** Imports the files of a step that the plan has found. */
export async function runImportStep(
  task: TaskId,
  step: ImportStep,
  examined: ReadonlyMap<string, ExaminedFiles>,
  nextRequestId: () => RequestId,
  deps: Pick<RunDeps, 'imports' | 'pipeline' | 'runId' | 'clock' | 'emit' | 'writer' | 'shutdown' | 'calendar'>,
): Promise<CustomStepEnd> {
  const { imports: access, pipeline, runId, clock, emit, writer, shutdown } = deps;
  const files = examined.get(step.name);
  if (access === undefined || files === undefined) return failedStep('the files of the step are not known');
  const symbols = pipeline.symbols.map(
    ({ instrument }) => [instrument.symbol, { instrument, calendar: deps.calendar(instrument.calendar) }] as const,
  );
  const { source, dataset, layouts, barSize, priceType, hours, symbol, aliases } = step;
  const settings: ImportSettings = {
    ...{ source, dataset, layouts, barSize, priceType, hours, symbol, aliases },
    symbols: new Map(symbols),
    now: clock.now(),
  };
  const author = { pipeline: pipeline.name, runId };
  return importFiles(task, step, files, settings, { access, writer, clock, emit, nextRequestId, shutdown, author });
}
