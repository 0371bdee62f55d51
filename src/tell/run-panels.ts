import type { RunEvent, TaskStatus } from '../core/events.js';
import type { AnswererName } from '../core/series.js';
import type { Duration } from '../core/time.js';

/** What a run did for one symbol. */
export interface SymbolPanel {
  readonly symbol: string;
  /** That of its step that went worst. */
  status: TaskStatus;
  requests: number;
  rows: number;
  readonly steps: Record<
    string,
    { readonly status: TaskStatus; readonly requests: number; readonly rows: number; readonly reason: string | null }
  >;
}

/** How one source answered. */
export interface SourcePanel {
  readonly source: AnswererName;
  answers: number;
  readonly outcomes: Record<string, number>;
  /** From 0 to 1. */
  failureShare: number;
  /** Of one answer, on average. */
  answerSeconds: number;
  breaker: 'open' | 'half-open' | 'closed';
  waitedSeconds: number;
}

/** Sums a run up by symbol and by source, which its report does not: a dashboard has a line for each. */
export interface RunPanels {
  take(event: RunEvent): void;
  symbols(): readonly SymbolPanel[];
  sources(): readonly SourcePanel[];
}

const fromBad: readonly TaskStatus[] = ['failed', 'partial', 'skipped', 'interrupted', 'ok', 'satisfied'];
const useful: ReadonlySet<string> = new Set(['rows', 'empty', 'partial', 'lost']);

export function runPanels(): RunPanels {
  const symbols = new Map<string, SymbolPanel>();
  const sources = new Map<AnswererName, SourcePanel & { took: Duration; failed: number }>();

  const sourceOf = (source: AnswererName) => {
    let panel = sources.get(source);
    if (panel === undefined) {
      const none = {
        answers: 0,
        outcomes: {},
        failureShare: 0,
        answerSeconds: 0,
        waitedSeconds: 0,
        took: 0,
        failed: 0,
      };
      panel = { source, breaker: 'closed', ...none };
      sources.set(source, panel);
    }
    return panel;
  };

  return {
    take(event) {
      switch (event.type) {
        case 'task-finished': {
          const { symbol, step, status, requests, rows, reason = null } = event;
          const panel = symbols.get(symbol) ?? { symbol, status, requests: 0, rows: 0, steps: {} };
          if (fromBad.indexOf(status) < fromBad.indexOf(panel.status)) panel.status = status;
          panel.requests += requests;
          panel.rows += rows;
          panel.steps[step] = { status, requests, rows, reason };
          symbols.set(symbol, panel);
          return;
        }
        case 'request-answered': {
          const panel = sourceOf(event.provider);
          panel.answers++;
          panel.took += event.took;
          panel.outcomes[event.outcome] = (panel.outcomes[event.outcome] ?? 0) + 1;
          if (!useful.has(event.outcome)) panel.failed++;
          panel.failureShare = panel.failed / panel.answers;
          panel.answerSeconds = panel.took / panel.answers / 1000;
          return;
        }
        case 'breaker-changed':
          if (event.symbol === undefined) sourceOf(event.provider).breaker = event.state;
          return;
        case 'budget-waited':
          sourceOf(event.provider).waitedSeconds += event.waited / 1000;
          return;
        default:
          return;
      }
    },
    symbols: () => [...symbols.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    sources: () => [...sources.values()].map(({ took: _took, failed: _failed, ...panel }) => panel),
  };
}
