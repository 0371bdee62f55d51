import type { RunEvent, TaskStatus, BreakerStateName } from '../../core/events.js';
import type { DataOrigin } from '../../core/series.js';
import type { Duration } from '../../core/time/time.js';

/** The totals of one symbol in a run. */
export interface SymbolPanel {
  /** Null for steps that run once for all symbols. */
  readonly symbol: string | null;
  /** The worst status of its steps. */
  status: TaskStatus;
  requests: number;
  rows: number;
  readonly steps: Record<
    string,
    { readonly status: TaskStatus; readonly requests: number; readonly rows: number; readonly reason: string | null }
  >;
}

/** The responses of one provider. */
export interface ProviderPanel {
  readonly provider: DataOrigin;
  responses: number;
  readonly outcomes: Record<string, number>;
  /** The share of failed requests, from 0 to 1. */
  failureShare: number;
  /** The mean time of a response. */
  meanResponseSeconds: number;
  breaker: BreakerStateName;
  /** The sum over all requests, which wait at the same time. */
  waitedSeconds: number;
  maxWaitSeconds: number;
}

/** Summarizes a run by symbol and by provider, for dashboards with a line for each. */
export interface RunPanels {
  handle(event: RunEvent): void;
  symbols(): readonly SymbolPanel[];
  providers(): readonly ProviderPanel[];
}

const worstFirst: readonly TaskStatus[] = ['failed', 'partial', 'skipped', 'cancelled', 'ok', 'up-to-date'];
const usefulOutcomes: ReadonlySet<string> = new Set(['rows', 'empty', 'partial', 'unavailable']);

export function createRunPanels(): RunPanels {
  const symbols = new Map<string | null, SymbolPanel>();
  const providers = new Map<DataOrigin, ProviderPanel & { durationMs: Duration; failed: number }>();

  const getProvider = (provider: DataOrigin) => {
    let panel = providers.get(provider);
    if (panel === undefined) {
      const initial = {
        responses: 0,
        outcomes: {},
        failureShare: 0,
        meanResponseSeconds: 0,
        waitedSeconds: 0,
        maxWaitSeconds: 0,
        durationMs: 0,
        failed: 0,
      };
      panel = { provider, breaker: 'closed', ...initial };
      providers.set(provider, panel);
    }
    return panel;
  };

  return {
    handle(event) {
      switch (event.type) {
        case 'task-finished': {
          const { symbol, step, status, requests, rows, reason = null } = event;
          const panel = symbols.get(symbol) ?? { symbol, status, requests: 0, rows: 0, steps: {} };
          if (worstFirst.indexOf(status) < worstFirst.indexOf(panel.status)) panel.status = status;
          panel.requests += requests;
          panel.rows += rows;
          panel.steps[step] = { status, requests, rows, reason };
          symbols.set(symbol, panel);
          return;
        }
        case 'request-completed': {
          const panel = getProvider(event.provider);
          panel.responses++;
          panel.durationMs += event.durationMs;
          panel.outcomes[event.outcome] = (panel.outcomes[event.outcome] ?? 0) + 1;
          if (!usefulOutcomes.has(event.outcome)) panel.failed++;
          panel.failureShare = panel.failed / panel.responses;
          panel.meanResponseSeconds = panel.durationMs / panel.responses / 1000;
          return;
        }
        case 'breaker-changed':
          if (event.symbol === undefined) getProvider(event.provider).breaker = event.state;
          return;
        case 'rate-limited':
          addWait(getProvider(event.provider), event.waitedMs / 1000);
          return;
        default:
          return;
      }
    },
    symbols: () => [...symbols.values()].sort((a, b) => ((a.symbol ?? '') < (b.symbol ?? '') ? -1 : 1)),
    providers: () => [...providers.values()].map(({ durationMs: _durationMs, failed: _failed, ...panel }) => panel),
  };
}

function addWait(panel: ProviderPanel, seconds: number): void {
  panel.waitedSeconds += seconds;
  panel.maxWaitSeconds = Math.max(panel.maxWaitSeconds, seconds);
}
