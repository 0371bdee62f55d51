import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';

import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { renderDiagnostics } from '../../config/yaml/render-diagnostics.js';
import { errorMessage } from '../../platform/error-message.js';
import type { AppContext } from '../context.js';
import { listPipelinesInFolder } from '../pipeline/find-pipeline-files.js';
import { applyProviderEnvironment, loadPipelineFile } from '../pipeline/load-pipeline.js';

/** A pipeline file as it is now. */
export type KnownPipeline =
  | { readonly kind: 'valid'; readonly file: string; readonly pipeline: Pipeline }
  | { readonly kind: 'invalid'; readonly file: string; readonly message: string };

/** The pipelines that a page shows and starts: no others, whatever a request names. */
export interface KnownPipelines {
  list(): Promise<readonly KnownPipeline[]>;
  find(name: string): Promise<Pipeline | null>;
}

type LoadContext = Pick<AppContext, 'environment' | 'dataFolder' | 'clock'>;

/** Reads the files in the given paths, and reads a file again when it or one of its sources has changed. */
export function createKnownPipelines(paths: readonly string[], ctx: LoadContext): KnownPipelines {
  const cached = new Map<
    string,
    { readonly fingerprint: string; readonly sources: readonly string[]; readonly known: KnownPipeline }
  >();

  async function read(file: string): Promise<KnownPipeline> {
    const earlier = cached.get(file);
    const current = await takeFingerprint(earlier?.sources ?? [file]);
    if (earlier?.fingerprint === current) return earlier.known;
    const { known, sources } = await load(file, ctx);
    cached.set(file, { fingerprint: await takeFingerprint(sources), sources, known });
    return known;
  }

  const list = async (): Promise<readonly KnownPipeline[]> => {
    const files: string[] = [];
    for (const path of paths) files.push(...((await listPipelinesInFolder(path)) ?? (existsSync(path) ? [path] : [])));
    const found: KnownPipeline[] = [];
    for (const file of new Set(files)) found.push(await read(file));
    return found;
  };
  return {
    list,
    async find(name) {
      for (const known of await list())
        if (known.kind === 'valid' && known.pipeline.name === name) return known.pipeline;
      return null;
    },
  };
}

async function load(
  file: string,
  ctx: LoadContext,
): Promise<{ readonly known: KnownPipeline; readonly sources: readonly string[] }> {
  try {
    const loaded = await loadPipelineFile(file, ctx, 'use');
    const sources = [file, ...loaded.sourceTexts.keys(), ...(loaded.watchedFiles ?? [])];
    if (!loaded.ok) {
      const message = renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color: false }).trimEnd();
      return { known: { kind: 'invalid', file, message }, sources };
    }
    return {
      known: { kind: 'valid', file, pipeline: applyProviderEnvironment(loaded.pipeline, ctx.environment) },
      sources,
    };
  } catch (error) {
    return { known: { kind: 'invalid', file, message: errorMessage(error) }, sources: [file] };
  }
}

async function takeFingerprint(files: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs, size, ino }) => `${String(mtimeMs)} ${String(size)} ${String(ino)}`,
        () => 'absent',
      ),
    ),
  );
  return parts.join('\n');
}
