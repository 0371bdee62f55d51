import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import { closestMatch } from '../../platform/suggest.js';
import { deliverChanges } from '../../sinks/deliver-changes.js';
import type { Comparison } from '../../sinks/sink.js';
import { SinkError } from '../../sinks/sink.js';
import { afterDelivery, readSinkState, sinkFolder, writeSinkState } from '../../sinks/sink-state.js';
import type { SinkState } from '../../sinks/sink-state.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';
import { requireLake } from '../require-lake.js';
import { createPipelineRedactor } from '../redaction.js';
import { createRunId } from '../run/run-id.js';
import { listEnabledSinks } from './create-sink.js';
import type { EnabledSink } from './create-sink.js';
import { withSink } from './with-sink.js';
import type { SinkContext, SinkUse } from './with-sink.js';

/** The outcome of an action on one sink: a failure ends the action on this sink only. */
export type SinkOutcome<T> = { readonly sink: string; readonly kind: EnabledSink['kind'] } & (
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string; readonly hint: string }
);

/** The sinks that a command names, or all of the pipeline. */
export function selectSinks(pipeline: Pipeline, name: string | undefined): readonly EnabledSink[] {
  const enabled = listEnabledSinks(pipeline);
  if (pipeline.sinks.length === 0)
    throw new CliError(
      exitCode.usage,
      `${pipeline.file} has no sinks`,
      'add `sinks: { files: { kind: csv, folder: out } }`',
    );
  if (name === undefined) return enabled;
  const named = pipeline.sinks.find((sink) => sink.name === name);
  if (named?.kind === 'disabled')
    throw new CliError(exitCode.usage, `sink ${name} is disabled: ${named.reason}`, 'set the variable');
  if (named !== undefined) return [named];
  const names = pipeline.sinks.map((sink) => sink.name);
  const suggestion = closestMatch(name, names);
  throw new CliError(
    exitCode.usage,
    `${pipeline.file} has no sink ${name}`,
    suggestion === null ? `its sinks: ${names.join(', ')}` : `did you mean ${suggestion}?`,
  );
}

async function forEachSink<T>(
  pipeline: Pipeline,
  sinks: readonly EnabledSink[],
  ctx: SinkContext,
  action: (settings: EnabledSink) => Promise<T>,
): Promise<readonly SinkOutcome<T>[]> {
  const redact = await createPipelineRedactor(pipeline, ctx);
  const outcomes: SinkOutcome<T>[] = [];
  for (const settings of sinks) {
    const base = { sink: settings.name, kind: settings.kind };
    try {
      outcomes.push({ ...base, ok: true, value: await action(settings) });
    } catch (error) {
      if (!(error instanceof SinkError)) throw error;
      outcomes.push({ ...base, ok: false, message: redact(error.message), hint: error.hint });
    }
  }
  return outcomes;
}

export function setUpSinks(
  pipeline: Pipeline,
  sinks: readonly EnabledSink[],
  ctx: SinkContext,
): Promise<readonly SinkOutcome<readonly string[]>[]> {
  return forEachSink(pipeline, sinks, ctx, (settings) =>
    withSink(settings, pipeline, newUse(ctx), ctx, (sink) => sink.setup()),
  );
}

/** The state of the copy of one table. */
export interface TableStatus {
  readonly dataset: Dataset;
  /** The version of the lake; null without a table. */
  readonly lakeVersion: number | null;
  /** The version of the copy; null if nothing was delivered yet, or from another lake. */
  readonly copyVersion: number | null;
}

export interface SinkStatus {
  readonly state: SinkState;
  readonly tables: readonly TableStatus[];
}

export function readSinkStatuses(
  pipeline: Pipeline,
  sinks: readonly EnabledSink[],
  ctx: SinkContext,
): Promise<readonly SinkOutcome<SinkStatus>[]> {
  return forEachSink(pipeline, sinks, ctx, async (settings) => {
    const state = await readSinkState(sinkFolder(ctx.dataFolder, pipeline.name), settings.name);
    const tables = await withSink(settings, pipeline, newUse(ctx), ctx, async (sink, feed) => {
      const found: TableStatus[] = [];
      for (const dataset of sink.tables) {
        const head = await feed.head(dataset);
        const position = await sink.position(dataset);
        const isSame = head !== null && position?.tableId === head.tableId;
        found.push({ dataset, lakeVersion: head?.version ?? null, copyVersion: isSame ? position.version : null });
      }
      return found;
    });
    return { state, tables };
  });
}

export interface ReplayResult {
  readonly rows: number;
  readonly refused: number;
}

/** Delivers the whole tables again, or the commits since an instant. */
export function replaySinks(
  pipeline: Pipeline,
  sinks: readonly EnabledSink[],
  from: Instant | null,
  ctx: SinkContext,
): Promise<readonly SinkOutcome<ReplayResult>[]> {
  requireLake(ctx);
  return forEachSink(pipeline, sinks, ctx, async (settings) => {
    const { rows, refused } = await withSink(settings, pipeline, newUse(ctx), ctx, (sink, feed) =>
      deliverChanges(sink, feed, {
        from: (dataset) => (from === null ? Promise.resolve(null) : feed.positionBefore(dataset, from)),
        signal: new AbortController().signal,
      }),
    );
    await writeSinkState(sinkFolder(ctx.dataFolder, pipeline.name), settings.name, afterDelivery(ctx.clock.now()));
    return { rows, refused };
  });
}

/** The comparison of the copy of one table. */
export type VerifiedTable = { readonly dataset: Dataset } & (
  | { readonly status: 'compared'; readonly comparison: Comparison }
  /** The target cannot be read back. */
  | { readonly status: 'not comparable' }
  /** There is no such table in the lake; `hasCopy` if one was delivered. */
  | { readonly status: 'not in the lake'; readonly hasCopy: boolean }
);

export function verifySinks(
  pipeline: Pipeline,
  sinks: readonly EnabledSink[],
  ctx: SinkContext,
): Promise<readonly SinkOutcome<readonly VerifiedTable[]>[]> {
  requireLake(ctx);
  return forEachSink(pipeline, sinks, ctx, (settings) =>
    withSink(settings, pipeline, newUse(ctx), ctx, async (sink, feed) => {
      const verified: VerifiedTable[] = [];
      for (const dataset of sink.tables) {
        const changes = await feed.stage(dataset, null);
        if (changes === null) {
          const hasCopy = (await sink.position(dataset)) !== null;
          verified.push({ dataset, status: 'not in the lake', hasCopy });
          continue;
        }
        const comparison = await sink.compare(feed, changes);
        verified.push(
          comparison === null ? { dataset, status: 'not comparable' } : { dataset, status: 'compared', comparison },
        );
      }
      return verified;
    }),
  );
}

function newUse({ clock }: SinkContext): SinkUse {
  return { runId: createRunId(clock.now()) };
}
