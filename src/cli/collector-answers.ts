import { hostname } from 'node:os';

import type { Instant } from '../core/time.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { CollectorView } from '../serve/collector.js';
import { exposition } from '../serve/exposition.js';
import { healthOf } from '../serve/health.js';
import type { Health } from '../serve/health.js';
import { openServer } from '../serve/http-server.js';
import type { CollectorServer } from '../serve/http-server.js';
import type { Meters } from '../serve/meters.js';
import { metricFamilies } from '../serve/metrics.js';
import { statusDocument } from '../serve/status-document.js';
import { budgetFigures } from './budget-figures.js';
import { exitCode } from './exit-code.js';
import type { LakeFigures } from './lake-figures.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';
import { version } from './version.js';

/** What answers are made from. */
export interface AnswersParts {
  /** Null until it has begun. */
  readonly view: () => CollectorView | null;
  readonly meters: Meters;
  readonly figures: Pick<LakeFigures, 'tables'>;
  readonly served: () => readonly Pipeline[];
}

/** A collector, for those who ask how it is. */
export interface CollectorAnswers {
  /** Its state as one document. */
  document(): Readonly<Record<string, unknown>>;
  /** Begins to answer over HTTP; the end of the command where another listens already. */
  listen(host: string, port: number): Promise<CollectorServer>;
}

export function collectorAnswers(parts: AnswersParts, at: Surroundings): CollectorAnswers {
  const { clock } = at;
  const { meters } = parts;
  const openedAt: Instant = clock.now();
  let address: string | null = null;
  const nothingYet = { startedAt: openedAt, seenAt: openedAt, stopping: false, lanes: [], refused: [] };
  const view = (): CollectorView => parts.view() ?? nothingYet;
  const health = (): Health =>
    parts.view() === null
      ? { stuck: [], unready: [{ about: null, problem: 'is reading its pipelines' }] }
      : healthOf(view(), meters, clock.now());
  const document = (): Readonly<Record<string, unknown>> =>
    statusDocument({ pid: process.pid, host: hostname(), address }, view(), meters, clock.now());

  const metrics = async (): Promise<string> =>
    exposition(
      metricFamilies({
        now: clock.now(),
        version: version(),
        view: view(),
        meters,
        tables: parts.figures.tables(),
        budgets: await budgetFigures(parts.served(), at),
        healthy: health().unready.length === 0,
        residentBytes: process.memoryUsage.rss(),
      }),
    );

  return {
    document,
    async listen(host, port) {
      try {
        const server = await openServer(host, port, { health, status: document, metrics });
        address = server.address;
        return server;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Stop(
          exitCode.usage,
          `cannot listen on ${host}:${String(port)}: ${reason}`,
          'choose another one with --port, or --port 0 for any; --no-http does without',
        );
      }
    },
  };
}
