import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { RunEventBody } from '../../core/events.js';
import type { RunId } from '../../core/request.js';
import { second } from '../../core/time/time.js';
import { LakeError } from '../../lake/lake-error.js';
import { errorMessage } from '../../platform/error-message.js';
import { deliverChanges } from '../../sinks/deliver-changes.js';
import type { SinkDelivery } from '../../sinks/deliver-changes.js';
import { SinkError } from '../../sinks/sink.js';
import { afterDelivery, afterFailure, readSinkState, sinkFolder, writeSinkState } from '../../sinks/sink-state.js';
import type { EnabledSink } from './create-sink.js';
import { withSink } from './with-sink.js';
import type { SinkContext } from './with-sink.js';

export interface RunDeliveryDeps {
  readonly pipeline: Pipeline;
  readonly runId: RunId;
  readonly emit: (event: RunEventBody) => void;
  /** Removes secrets from texts that are stored. */
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
}

/** The waits before further attempts at a sink that was well before; one that failed in the last run has one attempt. */
const retryDelays = [second / 2, 2 * second];

/** Delivers to every sink of a pipeline. A failure is an event, and never fails the run. */
export async function deliverAfterRun(deps: RunDeliveryDeps, ctx: SinkContext): Promise<void> {
  const { pipeline, emit, signal } = deps;
  for (const settings of pipeline.sinks) {
    if (signal.aborted) return;
    if (settings.kind === 'disabled')
      emit({ type: 'warning', message: `sink ${settings.name} is disabled: ${settings.reason}` });
    else await deliverToSink(settings, deps, ctx);
  }
}

async function deliverToSink(settings: EnabledSink, deps: RunDeliveryDeps, ctx: SinkContext): Promise<void> {
  const { pipeline, emit, redact, signal } = deps;
  const { name } = settings;
  const folder = sinkFolder(ctx.dataFolder, pipeline.name);
  const startedAt = ctx.clock.now();
  const state = await readSinkState(folder, name).catch(() => null);
  try {
    const delays = state === null || state.failures > 0 ? [] : retryDelays;
    const delivered = await deliverWithRetries(settings, deps, ctx, delays);
    emit({ type: 'sink-delivered', sink: name, ...delivered, durationMs: ctx.clock.now() - startedAt });
    await writeSinkState(folder, name, afterDelivery(ctx.clock.now()));
  } catch (error) {
    if (signal.aborted) {
      emit({
        type: 'warning',
        message: `the delivery to sink ${name} was stopped; the next run delivers what is missing`,
      });
      return;
    }
    const message = redact(errorMessage(error));
    const hint =
      error instanceof SinkError || error instanceof LakeError
        ? error.hint
        : 'this may be a bug: report it with the log';
    const failed = afterFailure(
      state ?? (await readSinkState(folder, name).catch(() => null)) ?? noState,
      startedAt,
      message,
    );
    emit({ type: 'sink-failed', sink: name, message, hint, failures: failed.failures });
    await writeSinkState(folder, name, failed).catch((writing: unknown) =>
      emit({ type: 'warning', message: `cannot store the state of sink ${name}: ${errorMessage(writing)}` }),
    );
  }
}

const noState = { deliveredAt: null, failures: 0, failingSince: null, error: null };

async function deliverWithRetries(
  settings: EnabledSink,
  { pipeline, runId, signal }: RunDeliveryDeps,
  ctx: SinkContext,
  delays: readonly number[],
): Promise<SinkDelivery> {
  for (let attempt = 0; ; attempt++) {
    try {
      const use = { runId, signal };
      return await withSink(settings, pipeline, use, ctx, (sink, feed) => deliverChanges(sink, feed, { signal }));
    } catch (error) {
      const delay = delays[attempt];
      const mayWork = error instanceof SinkError && error.problem === 'unreachable';
      if (!mayWork || delay === undefined || signal.aborted) throw error;
      await ctx.clock.sleepUntil(ctx.clock.now() + delay, signal).catch(() => undefined);
    }
  }
}
