import { hostname } from 'node:os';

import type { Instant } from '../../core/time/time.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { CollectorState } from '../../scheduler/collector.js';
import { renderExposition } from '../../scheduler/monitoring/exposition.js';
import { checkHealth } from '../../scheduler/monitoring/health.js';
import type { Health } from '../../scheduler/monitoring/health.js';
import { openHttpServer } from '../../scheduler/monitoring/http-server.js';
import type { CollectorServer } from '../../scheduler/monitoring/http-server.js';
import type { CollectorCounters } from '../../scheduler/monitoring/counters.js';
import { buildMetrics } from '../../scheduler/monitoring/metrics.js';
import { buildStatusDocument } from '../../scheduler/monitoring/status-document.js';
import { measureBudgets } from './budget-usage.js';
import { exitCode } from '../exit-code.js';
import type { TableStatsReader } from './table-stats.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../cli-context.js';
import { version } from '../version.js';

/** What answers are made from. */
export interface EndpointsDeps {
  /** Null until it has begun. */
  readonly getState: () => CollectorState | null;
  readonly counters: CollectorCounters;
  readonly tableStats: Pick<TableStatsReader, 'tables'>;
  readonly getPipelines: () => readonly Pipeline[];
}

/** A collector, for those who ask how it is. */
export interface CollectorEndpoints {
  /** Its state as one document. */
  document(): Readonly<Record<string, unknown>>;
  /** Begins to answer over HTTP; the end of the command where another listens already. */
  listen(host: string, port: number): Promise<CollectorServer>;
}

export function createEndpoints(deps: EndpointsDeps, ctx: CliContext): CollectorEndpoints {
  const { clock } = ctx;
  const { counters } = deps;
  const openedAt: Instant = clock.now();
  let address: string | null = null;
  const startingState = { startedAt: openedAt, lastPollAt: openedAt, stopping: false, runners: [], invalidFiles: [] };
  const view = (): CollectorState => deps.getState() ?? startingState;
  const health = (): Health =>
    deps.getState() === null
      ? { unhealthy: [], notReady: [{ about: null, problem: 'is reading its pipelines' }] }
      : checkHealth(view(), counters, clock.now());
  const document = (): Readonly<Record<string, unknown>> =>
    buildStatusDocument({ pid: process.pid, host: hostname(), address }, view(), counters, clock.now());

  const metrics = async (): Promise<string> =>
    renderExposition(
      buildMetrics({
        now: clock.now(),
        version: version(),
        collector: view(),
        counters,
        tables: deps.tableStats.tables(),
        budgets: await measureBudgets(deps.getPipelines(), ctx),
        healthy: health().notReady.length === 0,
        residentBytes: process.memoryUsage.rss(),
      }),
    );

  return {
    document,
    async listen(host, port) {
      try {
        const server = await openHttpServer(host, port, { health, status: document, metrics });
        address = server.address;
        return server;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CliError(
          exitCode.usage,
          `cannot listen on ${host}:${String(port)}: ${reason}`,
          'choose another one with --port, or --port 0 for any; --no-http does without',
        );
      }
    },
  };
}
