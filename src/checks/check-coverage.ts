import { isAnswered } from '../core/coverage-fold.js';
import { findLossReason, isQuarantined, isRefetchable } from '../core/loss-reasons.js';
import { tables } from '../core/tables/tables.js';
import type { Dataset } from '../core/tables/tables.js';
import { formatInstant } from '../core/time/time.js';
import type { LakeState } from '../lake/api.js';
import { maxExamples } from './finding.js';
import type { CheckFinding, ExampleRow } from './finding.js';
import type { HasTradingTime } from './trading-time.js';

/** Tables whose latest answer replaces all earlier ones, so that losing an earlier one loses nothing. */
const currentTables: ReadonlySet<Dataset> = new Set(['contracts', 'history_starts']);

/**
 * Finds the windows whose rows were in the lake and are lost: after a repair nothing else shows the loss. Skips nights and holidays,
 * which have no rows that a run could request, and tables with files that are still to be repaired, which have findings of their own.
 */
export function findLostWindows(
  state: LakeState,
  selected: readonly Dataset[],
  hasTradingTime: HasTradingTime,
): readonly CheckFinding[] {
  const unrepaired = new Set(state.damage.map(({ dataset }) => dataset));
  return selected.flatMap((dataset) => {
    if (unrepaired.has(dataset)) return [];
    const refetchable = createCounter();
    const answered = createCounter();
    const gone = createCounter();
    const quarantined = createCounter();
    for (const { provider, series } of state.lostSeries(dataset)) {
      const coverage = state.coverage(provider, series);
      // Without any answer the snapshot is requested anew; with one, the lost one was of a moment that has passed.
      const isGone = tables[dataset].kind === 'point' && coverage.some(({ state: known }) => isAnswered(known));
      if (isGone && currentTables.has(dataset)) continue;
      for (const window of coverage) {
        const reason = findLossReason(window);
        if (reason === null || !hasTradingTime(provider, series, window)) continue;
        const counter = isQuarantined(window)
          ? quarantined
          : isGone
            ? gone
            : isRefetchable(window)
              ? refetchable
              : answered;
        const times = { start: formatInstant(window.start), end: formatInstant(window.end) };
        counter.add({ series, provider, ...times, file: reason === '' ? null : reason });
      }
    }
    return [
      ...refetchable.toFindings({
        rule: 'missing-rows',
        severity: 'error',
        dataset,
        problem: 'windows whose rows are lost',
        hint: 'fetch them again with pipe run --missing',
      }),
      ...answered.toFindings({
        rule: 'lost-rows',
        severity: 'warning',
        dataset,
        problem: 'windows whose rows are lost, and which the provider answered without rows',
        hint: 'the provider has no such rows any more: restore the lake from a backup if you need them',
      }),
      ...quarantined.toFindings({
        rule: 'quarantined-rows',
        severity: 'warning',
        dataset,
        problem: 'windows whose rows are in quarantine',
        hint: 'the next run requests them once more; see pipe check --quarantine',
      }),
      ...gone.toFindings({
        rule: 'lost-snapshots',
        severity: 'warning',
        dataset,
        problem: 'snapshots whose rows are lost',
        hint: 'no request returns them again: restore the lake from a backup if you need them',
      }),
    ];
  });
}

function createCounter(): {
  add(example: ExampleRow): void;
  toFindings(finding: Omit<CheckFinding, 'count' | 'examples'>): readonly CheckFinding[];
} {
  const examples: ExampleRow[] = [];
  let count = 0;
  return {
    add(example) {
      count++;
      if (examples.length < maxExamples) examples.push(example);
    },
    toFindings: (finding) => (count === 0 ? [] : [{ ...finding, count, examples }]),
  };
}
