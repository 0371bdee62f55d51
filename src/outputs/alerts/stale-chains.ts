import { isAnswered } from '../../core/coverage-fold.js';
import { formatSeriesName } from '../../core/series.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { humanizeDuration } from '../../platform/format.js';
import type { LakeState } from '../../lake/api.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { AlertFinding } from './alert-change.js';

/** Finds symbols whose latest option chain is older than `maxAge`, or that have none. */
export function findStaleChains(
  { steps, symbols }: Pick<Pipeline, 'steps' | 'symbols'>,
  lake: Pick<LakeState, 'coverage'>,
  maxAge: Duration,
  now: Instant,
): readonly AlertFinding[] {
  return steps
    .filter(({ uses }) => uses === 'chains')
    .flatMap(({ name, provider }) =>
      symbols
        .filter((symbol) => symbol.steps === null || symbol.steps.includes(name))
        .flatMap(({ instrument }): readonly AlertFinding[] => {
          const coverage = lake.coverage(provider, formatSeriesName({ dataset: 'chains', provider, instrument }));
          const last = coverage.findLast(({ state }) => isAnswered(state));
          if (last === undefined) return [{ subject: instrument.symbol, message: 'no option chain yet' }];
          const age = now - last.lastRequestedAt;
          return age > maxAge
            ? [{ subject: instrument.symbol, message: `option chain is ${humanizeDuration(age)} old` }]
            : [];
        }),
    );
}
