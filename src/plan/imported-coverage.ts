import type { CoveredWindow, SeriesCoverage } from '../core/coverage.js';
import { isImportSource } from '../core/series.js';
import type { ImportSource } from '../core/series.js';
import { intersect, normalize, subtract } from '../core/time/window.js';
import type { LakeState } from '../lake/api.js';
import type { PlanContext } from './plan-context.js';

type Coverage = PlanContext['coverage'];

/**
 * Lets imported bars stand in for those that a provider no longer has or denies: such windows count as stored. Everything else is
 * requested, because a file is no answer of the provider.
 */
export function withImportedBars(coverage: Coverage, state: LakeState): Coverage {
  const sources = new Set<ImportSource>();
  for (const { provider } of state.series()) if (isImportSource(provider)) sources.add(provider);
  if (sources.size === 0) return coverage;
  return (provider, series) => {
    const own = coverage(provider, series);
    if (isImportSource(provider) || !own.some(isGone)) return own;
    const imported = normalize(
      [...sources].flatMap((source) => coverage(source, series).filter(({ state: held }) => held === 'data')),
    );
    return imported.length === 0 ? own : own.flatMap((window) => (isGone(window) ? split(window, imported) : [window]));
  };
}

function isGone({ state }: CoveredWindow): boolean {
  return state === 'unavailable' || state === 'denied';
}

function split(window: CoveredWindow, imported: ReturnType<typeof normalize>): SeriesCoverage {
  const held = intersect([window], imported);
  const gone = subtract([window], imported).map((part) => ({ ...window, ...part }));
  const { lastRequestedAt } = window;
  return [...gone, ...held.map((part): CoveredWindow => ({ ...part, state: 'data', lastRequestedAt }))].sort(
    (a, b) => a.start - b.start,
  );
}
