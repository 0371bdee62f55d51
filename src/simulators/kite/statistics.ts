/** What a simulator has seen and done since it was started. */
export interface KiteStatistics {
  /** TCP connections, tickers included. */
  readonly connections: number;
  readonly openConnections: number;
  readonly tickers: number;
  readonly openTickers: number;
  /** By the words of scenarios; `other` for what no scenario is about. */
  readonly requests: Readonly<Record<string, number>>;
  readonly answered: number;
  /** By the kind of error. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Requests beyond the limit of their class, whether or not they were refused for it. */
  readonly rateLimited: Readonly<Record<string, number>>;
  /** Packets sent by tickers. */
  readonly ticks: number;
  /** What the scenario did, by kind. */
  readonly actions: Readonly<Record<string, number>>;
}

/** Counts for the statistics. */
export interface KiteCounters {
  readonly connections: { total: number; open: number };
  readonly tickers: { total: number; open: number };
  count(counter: 'requests' | 'refused' | 'tooFast' | 'actions', name: string): void;
  answered(): void;
  ticks(count: number): void;
  statistics(): KiteStatistics;
}

export function createKiteCounters(): KiteCounters {
  const connections = { total: 0, open: 0 };
  const tickers = { total: 0, open: 0 };
  const counts = {
    requests: new Map<string, number>(),
    refused: new Map<string, number>(),
    tooFast: new Map<string, number>(),
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
      rejected: Object.fromEntries(counts.refused),
      rateLimited: Object.fromEntries(counts.tooFast),
      ticks,
      actions: Object.fromEntries(counts.actions),
    }),
  };
}
