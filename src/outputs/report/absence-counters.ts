import type { AbsenceKind } from '../../core/absence.js';
import type { Stamped, TaskFinished } from '../../core/events.js';
import type { AbsenceReport, EmptyReport } from './report.js';

const maxSymbols = 200;

interface SymbolGroup {
  readonly steps: Set<string>;
  readonly symbols: Set<string>;
}

/** Collects which symbols lack something that was wanted, and which got responses without any row. */
export function createAbsenceCounters(): {
  add(event: Stamped<TaskFinished>): void;
  /** What is not accepted first. */
  absences(): readonly AbsenceReport[];
  empty(): readonly EmptyReport[];
} {
  const absences = new Map<string, SymbolGroup & { readonly kind: AbsenceKind; readonly isAccepted: boolean }>();
  const empty = new Map<string, SymbolGroup>();

  return {
    add({ step, symbol, status, requests, rows, absences: lacking }) {
      if (symbol === null) return;
      for (const { kind, isAccepted } of lacking) {
        const key = `${kind}/${String(isAccepted)}`;
        const group = absences.get(key) ?? { kind, isAccepted, steps: new Set(), symbols: new Set() };
        absences.set(key, group);
        group.steps.add(step);
        group.symbols.add(symbol);
      }
      if (status !== 'ok' || requests === 0 || rows > 0 || lacking.length > 0) return;
      const group = empty.get(step) ?? { steps: new Set([step]), symbols: new Set() };
      empty.set(step, group);
      group.symbols.add(symbol);
    },
    absences: () =>
      [...absences.values()]
        .map(({ kind, isAccepted, steps, symbols }) => ({
          kind,
          isAccepted,
          steps: [...steps],
          symbols: truncate(symbols),
        }))
        .sort((a, b) => Number(a.isAccepted) - Number(b.isAccepted)),
    empty: () => [...empty].map(([step, { symbols }]) => ({ step, symbols: truncate(symbols) })),
  };
}

function truncate(symbols: ReadonlySet<string>): EmptyReport['symbols'] {
  return { first: [...symbols].slice(0, maxSymbols), more: Math.max(0, symbols.size - maxSymbols) };
}
