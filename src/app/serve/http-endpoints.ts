import { hostname } from 'node:os';

import type { Instant } from '../../core/time/time.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { CollectorState } from '../../scheduler/collector.js';
import type { CollectorActivity } from '../../scheduler/monitoring/activity.js';
import { checkHealth, getHealthStatus } from '../../scheduler/monitoring/health.js';
import type { Health } from '../../scheduler/monitoring/health.js';
import { openHttpServer } from '../../scheduler/monitoring/http-server.js';
import type { ListeningServer } from '../../platform/http/listen.js';
import type { Metrics } from '../../scheduler/monitoring/metrics.js';
import { buildStatusDocument } from '../../scheduler/monitoring/status-document.js';
import type { StatusDocument } from '../../scheduler/monitoring/status-document.js';
import { measureBudgets } from './budget-usage.js';
import type { TableStatsReader } from './table-stats.js';
import { createListenError } from './listen-error.js';
import type { AppContext } from '../context.js';
import { version } from '../version.js';
import type { Web } from '../web/create-web.js';

export interface EndpointsDeps {
  /** Null until the collector has started. */
  readonly getState: () => CollectorState | null;
  readonly activity: CollectorActivity;
  readonly maxConcurrentRuns: number;
  readonly metrics: Pick<Metrics, 'render'>;
  readonly tableStats: Pick<TableStatsReader, 'tables'>;
  readonly getPipelines: () => readonly Pipeline[];
  /** The page; null without an HTTP server. */
  readonly web: Web | null;
}

/** The HTTP endpoints of a collector. */
export interface CollectorEndpoints {
  getStatus(): StatusDocument;
  /** Starts the HTTP server; throws a `CliError` if the port is in use. */
  listen(host: string, port: number, allowedHosts: readonly string[]): Promise<ListeningServer>;
}

export function createEndpoints(deps: EndpointsDeps, ctx: AppContext): CollectorEndpoints {
  const { clock } = ctx;
  const { activity } = deps;
  const openedAt: Instant = clock.now();
  let address: string | null = null;
  const startingState: CollectorState = {
    startedAt: openedAt,
    lastPollAt: openedAt,
    stopping: false,
    slots: { max: deps.maxConcurrentRuns, running: 0, queued: 0 },
    runners: [],
    invalidFiles: [],
  };
  const getState = (): CollectorState => deps.getState() ?? startingState;
  const getHealth = (): Health =>
    deps.getState() === null
      ? { unhealthy: [], notReady: [{ about: null, problem: 'the collector is loading its pipelines' }] }
      : checkHealth(getState(), activity, clock.now());
  const getStatus = (): StatusDocument =>
    buildStatusDocument(
      { pid: process.pid, host: hostname(), address },
      getState(),
      getHealth(),
      activity,
      clock.now(),
    );
  const renderMetrics = async (): Promise<string> =>
    deps.metrics.render({
      now: clock.now(),
      version: version(),
      collector: getState(),
      tables: deps.tableStats.tables(),
      budgets: await measureBudgets(deps.getPipelines(), ctx),
      isHealthy: getHealthStatus(getHealth()) === 'healthy',
      residentBytes: process.memoryUsage.rss(),
    });

  return {
    getStatus,
    async listen(host, port, allowedHosts) {
      try {
        const { web } = deps;
        const responses = {
          health: getHealth,
          status: getStatus,
          metrics: renderMetrics,
          ...(web === null ? {} : { web: web.handle }),
        };
        const server = await openHttpServer(host, port, responses, {
          allowedHosts,
          ...(web === null ? {} : { isLongLived: web.isStream }),
        });
        address = server.address;
        return server;
      } catch (error) {
        throw createListenError(
          error,
          host,
          port,
          'choose another port with --port (0 = any free port), or disable the HTTP server with --no-http',
        );
      }
    },
  };
}
