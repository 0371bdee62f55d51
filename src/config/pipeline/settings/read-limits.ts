import type { Budget } from '../../../core/budget.js';
import { day, minute, second } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';
import type { BreakerSettings, PacingSettings, Pipeline, RetrySettings } from '../pipeline.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import type { Budget as RawBudget } from '../schema.generated.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** How fast the source may be asked; null where that is left to the provider. */
export function readPacing(validated: ValidatedPipeline, report: ReportDiagnostic): PacingSettings {
  const raw = validated.file.pacing ?? {};
  if (typeof raw === 'string') return { rules: raw, budgets: null, concurrency: null };
  const { rules = 'default', budgets, concurrency = null } = raw;
  if (budgets === undefined) return { rules, budgets: null, concurrency };
  const { root } = validated;
  const firstIndex = new Map<string, number>();
  for (const [index, { name }] of budgets.entries()) {
    const earlier = firstIndex.get(name);
    if (earlier === undefined) {
      firstIndex.set(name, index);
      continue;
    }
    report(
      problem(
        'duplicate-budget',
        findLocation(root, ['pacing', 'budgets', index, 'name']),
        `two budgets are called \`${name}\``,
        {
          related: [{ message: 'the first one', location: findLocation(root, ['pacing', 'budgets', earlier, 'name']) }],
        },
      ),
    );
  }
  return { rules, budgets: budgets.map((budget, index) => readBudget(budget, index, validated, report)), concurrency };
}

function readBudget(budget: RawBudget, index: number, validated: ValidatedPipeline, report: ReportDiagnostic): Budget {
  const { name, limit, scope = 'account' } = budget;
  const common = {
    name,
    limit,
    scope,
    ...(budget.datasets === undefined ? {} : { datasets: budget.datasets }),
    ...(budget.bar_sizes === undefined ? {} : { barSizes: budget.bar_sizes }),
  };
  if (budget.kind === 'open') return { ...common, kind: 'open' };

  const path = ['pacing', 'budgets', index];
  const duration = createDurationReader(validated, report);
  const span = duration(budget.per, [...path, 'per']);
  const margin = budget.margin === undefined ? null : duration(budget.margin, [...path, 'margin']);
  if (span === 0) {
    report(
      problem(
        'out-of-range',
        findLocation(validated.root, [...path, 'per']),
        `the budget \`${name}\` counts over no time at all`,
        { suggestion: 'such as `per: 10m`' },
      ),
    );
  }
  for (const [dataset, weight] of Object.entries(budget.weights ?? {})) {
    if (weight <= limit) continue;
    const message = `one ${dataset} request costs ${weight}, more than the whole budget of ${limit}: none could ever be sent`;
    report(problem('weight-over-limit', findLocation(validated.root, [...path, 'weights', dataset]), message));
  }
  return {
    ...common,
    kind: 'rolling',
    span: span ?? minute,
    ...(margin === null ? {} : { margin }),
    ...(budget.weights === undefined ? {} : { weights: budget.weights }),
  };
}

/** What happens when a request fails in a way that may pass. */
export function readRetry(validated: ValidatedPipeline, report: ReportDiagnostic): RetrySettings {
  const { attempts = 4, delay = '1s', max_delay: maxDelay = '1m', timeout = '1m' } = validated.file.retry ?? {};
  const duration = createDurationReader(validated, report);
  const retry = {
    attempts,
    delay: duration(delay, ['retry', 'delay']) ?? second,
    maxDelay: duration(maxDelay, ['retry', 'max_delay']) ?? Infinity,
    timeout: duration(timeout, ['retry', 'timeout']) ?? minute,
  };
  const { root } = validated;
  if (retry.maxDelay < retry.delay) {
    const key = validated.file.retry?.max_delay === undefined ? 'delay' : 'max_delay';
    const message = `the longest wait (${maxDelay}) is shorter than the first one (${delay})`;
    report(problem('out-of-range', findLocation(root, ['retry', key]), message));
  }
  if (retry.timeout <= 0 || retry.timeout > day) {
    report(
      problem(
        'out-of-range',
        findLocation(root, ['retry', 'timeout']),
        `a time limit of ${timeout} for one attempt; it has to be more than 0s and at most 1d`,
      ),
    );
  }
  return retry;
}

/** When a source, or a symbol at a source, that keeps failing is left alone. */
export function readBreaker(validated: ValidatedPipeline, report: ReportDiagnostic): BreakerSettings {
  const { threshold = 5, recovery: cooldown = '60s' } = validated.file.breaker ?? {};
  return { threshold, cooldown: createDurationReader(validated, report)(cooldown, ['breaker', 'recovery']) ?? 0 };
}

/** How many symbols are worked on at once, and for how long. */
export function readSymbolLimits(validated: ValidatedPipeline, report: ReportDiagnostic): Pipeline['symbolLimits'] {
  const { parallel } = validated.file;
  if (parallel === undefined) return { maxConcurrent: null, timeout: null };
  const { symbols: maxConcurrent = 4, timeout } = parallel;
  if (timeout === undefined) return { maxConcurrent, timeout: null };
  return { maxConcurrent, timeout: readSymbolTimeout(timeout, ['parallel', 'timeout'], validated, report) };
}

/** How long a symbol may take; no time at all is a mistake. Null after a report of what is no duration. */
export function readSymbolTimeout(
  timeout: string,
  path: NodePath,
  validated: ValidatedPipeline,
  report: ReportDiagnostic,
): Duration | null {
  const limit = createDurationReader(validated, report)(timeout, path);
  if (limit === 0) {
    const location = findLocation(validated.root, path);
    report(
      problem('out-of-range', location, 'a symbol would have no time at all', { suggestion: 'such as `timeout: 2m`' }),
    );
  }
  return limit;
}
