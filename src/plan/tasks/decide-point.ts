import { isRepetitionDue, selectOpenLacks } from '../../core/answer-lacks.js';
import type { OpenLacks } from '../../core/answer-lacks.js';
import { noEmptyConfirmation } from '../../core/empty-confirmation.js';
import type { AbsenceKind } from '../../core/absence.js';
import type { CoveredWindow } from '../../core/coverage.js';
import { formatSeriesName } from '../../core/series.js';
import type { Series } from '../../core/series.js';
import type { PointStep } from '../../config/pipeline/pipeline.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import type { PlanContext } from '../plan-context.js';
import type { GapReason } from '../plan.js';
import { describeReason } from '../describe-reason.js';
import { isKeptDeletion } from '../kept-deletions.js';

const answerNames: Readonly<Record<PointStep['uses'], string>> = {
  contracts: 'contract',
  chains: 'chain',
  history: 'start of the history',
  quotes: 'quote',
  snapshots: 'snapshot',
};

/** The decision whether a point is requested, with its reason. */
export type PointDecision = { readonly isRequested: true; readonly reason: GapReason } | PointNotRequested;

export interface PointNotRequested {
  readonly isRequested: false;
  readonly reason: string;
  /** Why there is no answer that is good enough; null when there is one. */
  readonly absence: AbsenceKind | null;
  /** What the provider said when it denied the answer. */
  readonly deniedReason?: string;
  /** What the answer lacks that is good enough otherwise; absent for nothing. */
  readonly lacks?: OpenLacks;
}

export function request(reason: GapReason): PointDecision {
  return { isRequested: true, reason };
}

export function doNotRequest(reason: string, absence: AbsenceKind | null = null): PointNotRequested {
  return { isRequested: false, reason, absence };
}

/** Decides whether the latest answer about a series is still good. */
export function decidePoint(series: Series, step: PointStep, context: PlanContext): PointDecision {
  const { options, now } = context;
  if (options.force) return request({ kind: 'forced' });
  const coverage = context.coverage(series.provider, formatSeriesName(series));
  const latest = coverage.at(-1);
  // Also beside an earlier answer that is still fresh: the user wants what is lost.
  if (options.missing)
    return latest?.state === 'missing'
      ? request({ kind: 'requested-before', state: latest.state, lastRequestedAt: latest.lastRequestedAt })
      : doNotRequest('not missing');
  if (latest === undefined)
    return options.retryFailed ? doNotRequest('never requested', 'unrequested') : request({ kind: 'never-requested' });
  const isFresh = ({ state, start }: CoveredWindow): boolean =>
    (state === 'data' || state === 'empty') && now - start < step.refresh;
  const { state, lastRequestedAt, emptyAnswers } = latest;
  if (state === 'empty' && options.retryEmpty) return request({ kind: 'requested-before', state, lastRequestedAt });
  switch (state) {
    case 'data':
    case 'empty':
      if (isFresh(latest)) return decideFresh(latest, series, step, context);
      if (options.retryFailed) return doNotRequest('not failed');
      return request({ kind: 'too-old', subject: answerNames[step.uses], lastRequestedAt, refresh: step.refresh });
    case 'failed':
    case 'missing':
    case 'provisional':
    case 'rescaled':
      // An answer before the failed request may still be fresh.
      for (const known of coverage) if (isFresh(known)) return decideFresh(known, series, step, context);
      return options.retryFailed && state !== 'failed'
        ? doNotRequest('not failed', 'unrequested')
        : request({ kind: 'requested-before', state, lastRequestedAt, ...omitUndefined({ emptyAnswers }) });
    case 'denied':
    case 'unavailable': {
      // A snapshot that the user deleted counts as answered: the next one is due when it would have been without the deletion.
      if (isKeptDeletion(latest))
        return now - latest.start < step.refresh
          ? doNotRequest(latest.reason ?? state, 'unavailable')
          : request({ kind: 'too-old', subject: answerNames[step.uses], lastRequestedAt, refresh: step.refresh });
      const reason: GapReason = { kind: 'requested-before', state, lastRequestedAt };
      return state === 'denied' && options.retryDenied
        ? request(reason)
        : { ...doNotRequest(describeReason(reason), state), ...omitUndefined({ deniedReason: latest.reason }) };
    }
  }
}

/** Decides about an answer that is fresh, but may lack something: its repetition is due when it counts. */
function decideFresh(
  { lacks, lastRequestedAt }: CoveredWindow,
  series: Series,
  step: PointStep,
  context: PlanContext,
): PointDecision {
  const { now, options } = context;
  const open = selectOpenLacks(lacks, series.dataset === 'option_snapshots' ? series.expiry : '');
  if (open === null) return doNotRequest('up to date');
  const confirmation = context.limits(series.provider).confirmEmpty ?? noEmptyConfirmation;
  const isRetried =
    (open.missing.length > 0 && (options.retryFailed || isRepetitionDue(lacks, now, confirmation))) ||
    (open.denied.length > 0 && options.retryDenied);
  if (isRetried) return request({ kind: 'incomplete', subject: answerNames[step.uses], lastRequestedAt });
  return { ...doNotRequest('up to date'), lacks: open };
}
