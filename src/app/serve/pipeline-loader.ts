import { stat } from 'node:fs/promises';

import type { Diagnostic } from '../../core/diagnostic.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { PipelineFiles } from '../../scheduler/pipeline-watcher.js';
import type { ScheduledPipeline } from '../../scheduler/pipeline-runner.js';
import { getScheduleZone } from '../../scheduler/schedule/schedule-zone.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { renderDiagnostics } from '../../config/yaml/render-diagnostics.js';
import type { SourceTexts } from '../../config/yaml/source-texts.js';
import type { DefinitionTexts } from '../pipeline/definition-snapshot.js';
import { loadPipelineFile } from '../pipeline/load-pipeline.js';
import { listPipelinesInFolder } from '../pipeline/find-pipeline-files.js';
import { loadPipelineScenario } from '../pipeline/pipeline-scenario.js';
import type { AppContext } from '../context.js';

/** Reads pipeline files and keeps their content. */
export interface PipelineLoader extends PipelineFiles {
  /** The complete pipeline; null for one that this loader did not read. */
  getPipeline(scheduled: ScheduledPipeline): Pipeline | null;
  /** The texts that a pipeline was read from, by path. */
  getTexts(scheduled: ScheduledPipeline): DefinitionTexts;
}

/** Creates a loader of files, and of all pipeline files in folders. */
export function createPipelineLoader(
  paths: readonly string[],
  { color }: { readonly color: boolean },
  ctx: Pick<AppContext, 'environment' | 'definition' | 'dataFolder' | 'clock'>,
): PipelineLoader {
  const read = new WeakMap<ScheduledPipeline, { readonly pipeline: Pipeline; readonly texts: DefinitionTexts }>();
  const folders = new Map<string, readonly string[]>();
  const formatDiagnostics = (diagnostics: readonly Diagnostic[], sources: SourceTexts): string =>
    renderDiagnostics(diagnostics, sources, { color }).trimEnd();

  return {
    getPipeline: (scheduled) => read.get(scheduled)?.pipeline ?? null,
    getTexts: (scheduled) => read.get(scheduled)?.texts ?? new Map(),

    async list() {
      const files: string[] = [];
      for (const path of paths) {
        // A folder that cannot be read now, such as on a network disk, keeps its files.
        const inside = (await listPipelinesInFolder(path)) ?? folders.get(path) ?? null;
        if (inside !== null) folders.set(path, inside);
        files.push(...(inside ?? [path]));
      }
      return [...new Set(files)];
    },

    async read(file) {
      const loaded = await loadPipelineFile(file, ctx, 'use');
      // A login changes the provider that `auto` selects.
      const sourceFiles = [...loaded.sourceTexts.keys(), ...(loaded.watchedFiles ?? [])];
      if (!loaded.ok)
        return { kind: 'invalid', sourceFiles, message: formatDiagnostics(loaded.diagnostics, loaded.sourceTexts) };
      const { name, schedule, metrics, steps } = loaded.pipeline;
      if (schedule === null) return { kind: 'unscheduled', name, sourceFiles };
      const scenario = await loadPipelineScenario(loaded.pipeline, ctx);
      const texts = new Map([...loaded.sourceTexts, ...(scenario?.sources ?? [])]);
      const all = [...sourceFiles, ...(scenario === null ? [] : [scenario.file])];
      if (scenario?.problem !== undefined) {
        const { problem } = scenario;
        return {
          kind: 'invalid',
          sourceFiles: all,
          message: typeof problem === 'string' ? problem : formatDiagnostics(problem, scenario.sources),
        };
      }
      const providers = [...new Set(steps.map(({ provider }) => provider))];
      const timeZone = getScheduleZone(schedule, getCalendarOrExit);
      const scheduled = { name, file, schedule, metrics, providers, timeZone };
      read.set(scheduled, { pipeline: loaded.pipeline, texts });
      return { kind: 'scheduled', pipeline: scheduled, sourceFiles: all };
    },

    async fingerprint(file) {
      try {
        const { mtimeMs, size, ino } = await stat(file);
        return `${String(mtimeMs)} ${String(size)} ${String(ino)}`;
      } catch {
        return 'absent';
      }
    },
  };
}
