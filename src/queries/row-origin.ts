import type { CoverageState } from '../core/coverage.js';
import type { RequestId } from '../core/request.js';
import type { Instant } from '../core/time/time.js';
import type { LakeReader } from '../lake/api.js';

/** Where the rows of one request came from. */
export interface RowOrigin {
  readonly requestId: RequestId;
  readonly runId: string;
  readonly provider: string;
  readonly pipeline: string;
  readonly step: string;
  readonly requestedAt: Instant;
  readonly committedAt: Instant;
  /** The requests that it was derived from. */
  readonly upstream: readonly RequestId[];
  readonly windows: readonly {
    readonly series: string;
    readonly startInclusive: Instant;
    readonly endExclusive: Instant;
    readonly state: CoverageState;
    readonly rows: number;
  }[];
}

/** Reads the origin of a request; null if the log does not have it. */
export async function readRowOrigin(
  reader: Pick<LakeReader, 'readFacts'>,
  requestId: RequestId,
): Promise<RowOrigin | null> {
  const runId = requestId.slice(0, requestId.lastIndexOf('/'));
  let origin: (Omit<RowOrigin, 'windows'> & { windows: RowOrigin['windows'][number][] }) | null = null;
  for await (const fact of reader.readFacts({ runId })) {
    if (fact.requestId !== requestId) continue;
    origin ??= {
      ...{ requestId, runId, provider: fact.provider, pipeline: fact.author.pipeline.name, step: fact.step },
      ...{ requestedAt: fact.requestedAt, committedAt: fact.committedAt, upstream: fact.upstream, windows: [] },
    };
    const { series, window, state, rows } = fact;
    origin.windows.push({ series, startInclusive: window.start, endExclusive: window.end, state, rows });
  }
  return origin;
}
