import type { Delivery } from '../core/delivery.js';
import type { RequestId } from '../core/request.js';
import type { OptionContract, ProviderName } from '../core/series.js';
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
  return {
    contract: (provider, symbol) => contracts.get(key(provider, symbol)) ?? snapshot.contracts.get(provider)?.get(symbol),
    chain: (provider, symbol) => chains.get(key(provider, symbol)) ?? snapshot.chains.get(provider)?.get(symbol),
    close: (provider, symbol) => closes.get(key(provider, symbol)) ?? snapshot.closes.get(provider)?.get(symbol),
    learn(delivery) {
      const { rows, series, requestId } = delivery;
      if (rows === null || rows.length === 0) return;
      const at = key(series.provider, series.instrument.symbol);
      switch (rows.dataset) {
        case 'contracts':
          contracts.set(at, { asOf: delivery.answeredAt, requestId, conId: numberOrNull(rows.columns.con_id[0]) });
          return;
        case 'chains':
          chains.set(at, { asOf: delivery.answeredAt, requestId, contracts: contractsOf(rows.columns, rows.length) });
          return;
        case 'equity_bars': {
          const known = this.close(series.provider, series.instrument.symbol);
          const last = lastClose(rows.columns.session, rows.columns.close, requestId);
          if (last !== null && (known === undefined || last.session >= known.session)) closes.set(at, last);
          return;
        }
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
