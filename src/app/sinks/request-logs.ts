import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { RunEvent } from '../../core/events.js';
import type { RunId } from '../../core/request.js';
import { second } from '../../core/time/time.js';
import { createRequestLog } from '../../sinks/postgres/request-log.js';
import type { AppContext } from '../context.js';
import { listEnabledSinks, toPostgresAddress, toKnownSymbols } from './create-sink.js';

/** The logs of requests in flight in the sinks of a pipeline that have them. */
export interface RequestLogs {
  handle(event: RunEvent): void;
  close(): Promise<void>;
}

/** The statements of a log are short: a server that hangs must not delay the end of a run. */
const maxTimeout = 10 * second;

export function openRequestLogs(
  pipeline: Pipeline,
  run: RunId,
  signal: AbortSignal,
  ctx: Pick<AppContext, 'clock' | 'environment'>,
): RequestLogs {
  const logs = listEnabledSinks(pipeline).flatMap((settings) =>
    settings.kind === 'postgres'
      ? createRequestLog({
          ...toPostgresAddress({ ...settings, timeout: Math.min(settings.timeout, maxTimeout) }, signal, ctx),
          run,
          pipeline: pipeline.name,
          selections: settings.tables,
          symbols: toKnownSymbols(pipeline),
        })
      : [],
  );
  return {
    handle(event) {
      for (const log of logs) log.handle(event);
    },
    async close() {
      await Promise.all(logs.map((log) => log.close(ctx.clock.now())));
    },
  };
}
