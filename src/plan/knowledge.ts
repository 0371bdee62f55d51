import { isIntraday } from '../core/bars.js';
import type { Delivery } from '../core/delivery.js';
import type { RequestId } from '../core/request.js';
import type { RowsOf } from '../core/rows.js';
import type { OptionContract, ProviderName, SeriesOf } from '../core/series.js';
import { dateOfDayNumber } from '../core/time.js';
import type { KnownChain, KnownClose, KnownContract } from '../lake/contract.js';

/** The answers that later steps are planned from: the latest contract, chain and close of each symbol. */
export interface Knowledge {
  contract(provider: ProviderName, symbol: string): KnownContract | undefined;
  chain(provider: ProviderName, symbol: string): KnownChain | undefined;
  close(provider: ProviderName, symbol: string): KnownClose | undefined;
}

/** Knowledge that grows while a run receives answers, so that deferred tasks can be planned before anything is committed. */
export interface GrowingKnowledge extends Knowledge {
  learn(delivery: Delivery): void;
}

/** What the lake knew when the plan was made, by provider and symbol. */
export interface KnowledgeSnapshot {
  readonly contracts: ReadonlyMap<ProviderName, ReadonlyMap<string, KnownContract>>;
  readonly chains: ReadonlyMap<ProviderName, ReadonlyMap<string, KnownChain>>;
  readonly closes: ReadonlyMap<ProviderName, ReadonlyMap<string, KnownClose>>;
}

export const emptySnapshot: KnowledgeSnapshot = { contracts: new Map(), chains: new Map(), closes: new Map() };

export function growingKnowledge(snapshot: KnowledgeSnapshot): GrowingKnowledge {
  const contracts = new Map<string, KnownContract>();
  const chains = new Map<string, KnownChain>();
  const closes = new Map<string, KnownClose>();
  const key = (provider: ProviderName, symbol: string): string => `${provider}\n${symbol}`;
  /** Symbols whose close comes from shorter bars: the official one, of the daily bar, goes before it as it does in the lake. */
  const unofficial = new Set<string>();

  const close: Knowledge['close'] = (provider, symbol) =>
    closes.get(key(provider, symbol)) ?? snapshot.closes.get(provider)?.get(symbol);

  const learnClose = (rows: RowsOf<'equity_bars'>, series: SeriesOf<'equity_bars'>, requestId: RequestId): void => {
    const last = lastClose(rows.columns.session, rows.columns.close, requestId);
    if (last === null) return;
    const { provider, instrument, barSize } = series;
    const at = key(provider, instrument.symbol);
    const known = close(provider, instrument.symbol);
    const isOfficial = !isIntraday(barSize);
    const isNewer = known === undefined || last.session > known.session;
    const isBetter = last.session === known?.session && (isOfficial || unofficial.has(at));
    if (!isNewer && !isBetter) return;
    closes.set(at, last);
    if (isOfficial) unofficial.delete(at);
    else unofficial.add(at);
  };

  return {
    contract: (provider, symbol) =>
      contracts.get(key(provider, symbol)) ?? snapshot.contracts.get(provider)?.get(symbol),
    chain: (provider, symbol) => chains.get(key(provider, symbol)) ?? snapshot.chains.get(provider)?.get(symbol),
    close,
    learn({ rows, series, settled, requestId, answeredAt: asOf }) {
      const at = key(series.provider, series.instrument.symbol);
      if (series.dataset === 'chains' && settled.some(({ state }) => state === 'empty')) {
        chains.set(at, { asOf, requestId, contracts: [] });
      }
      if (rows === null || rows.length === 0) return;
      switch (rows.dataset) {
        case 'contracts':
          contracts.set(at, { asOf, requestId, conId: numberOrNull(rows.columns.con_id[0]) });
          return;
        case 'chains':
          chains.set(at, { asOf, requestId, contracts: contractsOf(rows.columns, rows.length) });
          return;
        case 'equity_bars':
          if (series.dataset === 'equity_bars') learnClose(rows, series, requestId);
          return;
        case 'option_bars':
          return;
      }
    },
  };
}

function contractsOf(
  columns: {
    readonly expiry: Float64Array;
    readonly strike: Float64Array;
    readonly right: readonly (string | null)[];
    readonly con_id: Float64Array;
  },
  length: number,
): readonly OptionContract[] {
  const contracts: OptionContract[] = [];
  for (let row = 0; row < length; row++) {
    const right = columns.right[row];
    const strike = columns.strike[row];
    const expiry = columns.expiry[row];
    if ((right !== 'C' && right !== 'P') || strike === undefined || expiry === undefined) continue;
    contracts.push({ expiry: dateOfDayNumber(expiry), strike, right, conId: numberOrNull(columns.con_id[row]) });
  }
  return contracts;
}

function lastClose(sessions: Float64Array, closes: Float64Array, requestId: RequestId): KnownClose | null {
  const session = sessions.at(-1);
  const close = closes.at(-1);
  if (session === undefined || close === undefined || Number.isNaN(close)) return null;
  return { session: dateOfDayNumber(session), close, requestId };
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
