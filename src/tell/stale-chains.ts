import { isAnswered } from '../core/coverage-fold.js';
import { seriesName } from '../core/series.js';
import type { Duration, Instant } from '../core/time.js';
import { durationText } from '../core/words.js';
import type { LakeState } from '../lake/contract.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Finding } from './alert-change.js';

/** The symbols whose latest option chain is older than it may be, or that have none. */
export function staleChains(
  { steps, symbols }: Pick<Pipeline, 'steps' | 'symbols'>,
  lake: Pick<LakeState, 'coverage'>,
  olderThan: Duration,
  now: Instant,
): readonly Finding[] {
  return steps
    .filter(({ uses }) => uses === 'chains')
    .flatMap(({ name, provider }) =>
      symbols
        .filter((symbol) => symbol.steps === null || symbol.steps.includes(name))
        .flatMap(({ instrument }): readonly Finding[] => {
          const known = lake.coverage(provider, seriesName({ dataset: 'chains', provider, instrument }));
          const last = known.findLast(({ state }) => isAnswered(state));
          if (last === undefined) return [{ subject: instrument.symbol, words: 'has no option chain yet' }];
          const age = now - last.at;
          return age > olderThan
            ? [{ subject: instrument.symbol, words: `its option chain is ${durationText(age)} old` }]
            : [];
        }),
    );
}
