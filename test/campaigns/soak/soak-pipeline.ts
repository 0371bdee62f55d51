/** An intraday pipeline: each cycle requests quotes and snapshots and computes overviews of several symbols. */
export const soakPipeline = createPipelineText('soak', ['SPY', 'QQQ', 'IWM']);

/** The same with an unknown symbol, whose tasks fail in every cycle. */
export const partialPipeline = createPipelineText('ailing', ['SPY', 'UNKNOWN1', 'IWM']);

function createPipelineText(name: string, symbols: readonly string[]): string {
  return `name: ${name}
provider: mock
schedule: { every: 1m }
defaults:
  symbols: { kind: etf }
symbols: [${symbols.join(', ')}]
steps:
  contracts: {}
  chains: { needs: contracts }
  # Older than half a cycle: every cycle asks.
  quotes: { needs: contracts, refresh: 30s }
  equity: { needs: contracts, bar_size: 1 day, lookback: 60 sessions }
  snapshots: { needs: [chains, quotes, equity], refresh: 30s, strikes: 2, expiries: { nearest: 1, dte: 30 } }
  overview: { needs: [snapshots, quotes, equity] }
`;
}

const firstCycleAt = Date.parse('2026-11-02T14:30:00Z');

/** Time of a cycle: one minute after the previous one. */
export function getCycleTime(cycle: number): string {
  return new Date(firstCycleAt + cycle * 60_000).toISOString();
}
