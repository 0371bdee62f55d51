import type { CoveredWindow, SeriesCoverage } from '../core/coverage.js';
import { deletedByOthers, isDeletedByOthers } from '../core/loss-reasons.js';
import type { PlanContext } from './plan-context.js';

/**
 * The coverage for a pipeline with `on_foreign_delete: keep`: what another program deleted from the lake is as good as
 * unavailable. Series that share a list still share one.
 */
export function keepForeignDeletes(coverage: PlanContext['coverage']): PlanContext['coverage'] {
  const kept = new Map<SeriesCoverage, SeriesCoverage>();
  return (provider, series) => {
    const list = coverage(provider, series);
    let result = kept.get(list);
    if (result === undefined) {
      const isChanged = list.some(isDeletedByOthers);
      result = isChanged
        ? list.map((window) => (isDeletedByOthers(window) ? { ...window, state: 'unavailable' } : window))
        : list;
      kept.set(list, result);
    }
    return result;
  };
}

/** Returns whether a window of that coverage stands for rows that another program deleted. */
export function isKeptDeletion({ state, reason }: Pick<CoveredWindow, 'state' | 'reason'>): boolean {
  return state === 'unavailable' && reason?.startsWith(deletedByOthers) === true;
}
