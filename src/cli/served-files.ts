import { stat } from 'node:fs/promises';

import type { Diagnostic } from '../core/diagnostic.js';
import { plainPaint } from '../report/paint.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { PipelineFiles } from '../serve/catalogue.js';
import type { ServedPipeline } from '../serve/lane.js';
import { renderDiagnostics } from '../yaml/render.js';
import type { Sources } from '../yaml/sources.js';
import type { AcceptedTexts } from './accepted-files.js';
import { load } from './pipeline-file.js';
import { pipelinesInFolder } from './pipeline-files-in.js';
import { playedBy } from './played-scenario.js';
import type { Surroundings } from './surroundings.js';

/** Pipeline files, with the whole of what was read from them. */
export interface ServedFiles extends PipelineFiles {
  /** What a pipeline that is served was read as; null for one that was not read here. */
  pipelineOf(served: ServedPipeline): Pipeline | null;
  /** The texts that it was read from. */
  textsOf(served: ServedPipeline): AcceptedTexts;
}

/** The pipeline files that a collector was given: files by name, and all that lie in the folders among them. */
export function servedFiles(named: readonly string[], at: Surroundings): ServedFiles {
  const read = new WeakMap<ServedPipeline, { readonly pipeline: Pipeline; readonly texts: AcceptedTexts }>();
  const folders = new Map<string, readonly string[]>();
  const wordsOf = (diagnostics: readonly Diagnostic[], sources: Sources): string =>
    renderDiagnostics(diagnostics, sources, { color: at.notePaint !== plainPaint }).trimEnd();

  return {
    pipelineOf: (served) => read.get(served)?.pipeline ?? null,
    textsOf: (served) => read.get(served)?.texts ?? new Map(),

    async list() {
      const files: string[] = [];
      for (const path of named) {
        // A folder that cannot be looked into now, on a disk of the network for instance, has what it had.
        const inside = (await pipelinesInFolder(path)) ?? folders.get(path) ?? null;
        if (inside !== null) folders.set(path, inside);
        files.push(...(inside ?? [path]));
      }
      return [...new Set(files)];
    },

    async read(file) {
      const loaded = await load(file, at, 'use');
      const reads = [...loaded.sources.keys()];
      if (!loaded.ok) return { kind: 'wrong', reads, words: wordsOf(loaded.diagnostics, loaded.sources) };
      const { name, schedule, metrics, steps } = loaded.pipeline;
      if (schedule === null) return { kind: 'unscheduled', name, reads };
      const played = await playedBy(loaded.pipeline, at);
      const texts = new Map([...loaded.sources, ...(played?.sources ?? [])]);
      const all = [...reads, ...(played === null ? [] : [played.file])];
      if (played?.wrong !== undefined) {
        const { wrong } = played;
        return { kind: 'wrong', reads: all, words: typeof wrong === 'string' ? wrong : wordsOf(wrong, played.sources) };
      }
      const providers = [...new Set(steps.map(({ provider }) => provider))];
      const served = { name, file, schedule, metrics, providers };
      read.set(served, { pipeline: loaded.pipeline, texts });
      return { kind: 'scheduled', pipeline: served, reads: all };
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
