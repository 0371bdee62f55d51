import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { plainPaint } from '../report/paint.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { PipelineFiles } from '../serve/catalogue.js';
import type { ServedPipeline } from '../serve/lane.js';
import { renderDiagnostics } from '../yaml/render.js';
import { load } from './pipeline-file.js';
import type { Surroundings } from './surroundings.js';

/** Pipeline files, with the whole of what was read from them. */
export interface ServedFiles extends PipelineFiles {
  /** What a pipeline that is served was read as; null for one that was not read here. */
  pipelineOf(served: ServedPipeline): Pipeline | null;
}

/** The pipeline files that a collector was given: files by name, and all that lie in the folders among them. */
export function servedFiles(named: readonly string[], at: Surroundings): ServedFiles {
  const pipelines = new WeakMap<ServedPipeline, Pipeline>();
  return {
    pipelineOf: (served) => pipelines.get(served) ?? null,

    async list() {
      const files: string[] = [];
      for (const path of named) files.push(...((await namesIn(path)) ?? [path]));
      return [...new Set(files)];
    },

    async read(file) {
      const loaded = await load(file, at);
      const reads = [...loaded.sources.keys()];
      if (!loaded.ok) {
        const color = at.notePaint !== plainPaint;
        return {
          kind: 'wrong',
          reads,
          words: renderDiagnostics(loaded.diagnostics, loaded.sources, { color }).trimEnd(),
        };
      }
      const { name, schedule, metrics, steps } = loaded.pipeline;
      if (schedule === null) return { kind: 'unscheduled', name, reads };
      const providers = [...new Set(steps.map(({ provider }) => provider))];
      const served = { name, file, schedule, metrics, providers };
      pipelines.set(served, loaded.pipeline);
      return { kind: 'scheduled', pipeline: served, reads };
    },

    async stamp(file) {
      try {
        const { mtimeMs, size, ino } = await stat(file);
        return `${String(mtimeMs)} ${String(size)} ${String(ino)}`;
      } catch {
        return 'absent';
      }
    },
  };
}

/** The pipelines in a folder; null when it is none. */
async function namesIn(path: string): Promise<readonly string[] | null> {
  try {
    const names = await readdir(path);
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch {
    return null;
  }
}
