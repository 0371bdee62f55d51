import type { CoveredWindow } from '../../core/coverage.js';
import { formatSeriesName } from '../../core/series.js';
import type { Series } from '../../core/series.js';
import type { PointStep } from '../../config/pipeline/pipeline.js';
import type { PlanContext } from '../plan-context.js';
import type { GapReason } from '../plan.js';
import { describeReason } from '../describe-reason.js';

const answerNames: Readonly<Record<PointStep['uses'], string>> = {
  contracts: 'contract',
  chains: 'chain',
  history: 'beginning of the history',
  quotes: 'quote',
  snapshots: 'snapshot',
};

/** Why to ask, or in words why not. */
export function findPointGap(series: Series, step: PointStep, context: PlanContext): GapReason | string {
  const { options, now } = context;
  if (options.force) return { kind: 'forced' };
  const coverage = context.coverage(series.provider, formatSeriesName(series));
  const latest = coverage.at(-1);
  if (latest === undefined) return options.retryFailed ? 'never asked' : { kind: 'never-asked' };
  const isFresh = ({ state, start }: CoveredWindow): boolean =>
    (state === 'data' || state === 'empty') && now - start < step.refresh;
  const { state, lastRequestedAt } = latest;
  switch (state) {
    case 'data':
    case 'empty':
      if (isFresh(latest)) return 'fresh';
      if (options.retryFailed) return 'not failed';
      return { kind: 'too-old', subject: answerNames[step.uses], lastRequestedAt, refresh: step.refresh };
    case 'failed':
    case 'missing':
    case 'provisional':
      // An answer before the failed attempt may still be young enough.
      if (coverage.some(isFresh)) return 'fresh';
      return options.retryFailed && state !== 'failed'
        ? 'not failed'
        : { kind: 'asked-before', state, lastRequestedAt };
    case 'denied':
    case 'lost': {
      const previousRequest: GapReason = { kind: 'asked-before', state, lastRequestedAt };
      return state === 'denied' && options.retryDenied ? previousRequest : describeReason(previousRequest);
    }
  }
}
