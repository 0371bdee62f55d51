/** Counters of a simulator since its start. */
export interface KiteStatistics {
  /** TCP connections, including tickers. */
  readonly connections: number;
  readonly openConnections: number;
  readonly tickers: number;
  readonly openTickers: number;
  /** By request name of scenarios; `other` for requests that scenarios cannot match. */
  readonly requests: Readonly<Record<string, number>>;
  readonly answered: number;
  /** By error type. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Requests beyond the limit of their class, rejected or not. */
  readonly rateLimited: Readonly<Record<string, number>>;
  /** Packets sent by tickers. */
  readonly ticks: number;
  /** Actions of the scenario by kind. */
  readonly actions: Readonly<Record<string, number>>;
}

export interface KiteCounters {
  readonly connections: { total: number; open: number };
  readonly tickers: { total: number; open: number };
  count(counter: 'requests' | 'rejected' | 'rateLimited' | 'actions', name: string): void;
  answered(): void;
  ticks(count: number): void;
  statistics(): KiteStatistics;
}

export function createKiteCounters(): KiteCounters {
  const connections = { total: 0, open: 0 };
  const tickers = { total: 0, open: 0 };
  const counts = {
    requests: new Map<string, number>(),
    rejected: new Map<string, number>(),
    rateLimited: new Map<string, number>(),
    actions: new Map<string, number>(),
  };
  let answered = 0;
  let ticks = 0;
  return {
    connections,
    tickers,
    count(counter, name) {
      counts[counter].set(name, (counts[counter].get(name) ?? 0) + 1);
    },
    answered() {
      answered++;
    },
    ticks(count) {
      ticks += count;
    },
    statistics: () => ({
      connections: connections.total,
      openConnections: connections.open,
      tickers: tickers.total,
      openTickers: tickers.open,
      requests: Object.fromEntries(counts.requests),
      answered,
      rejected: Object.fromEntries(counts.rejected),
      rateLimited: Object.fromEntries(counts.rateLimited),
      ticks,
      actions: Object.fromEntries(counts.actions),
    }),
  };
}
