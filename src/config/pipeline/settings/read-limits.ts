import { omitUndefined } from '../../../platform/omit-undefined.js';
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

/** Reads the limits on the request rate; null means the provider's own limit. */
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
        `duplicate budget \`${name}\``,
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
    ...omitUndefined({ datasets: budget.datasets, barSizes: budget.bar_sizes }),
  };
  if (budget.kind === 'open') return { ...common, kind: 'open' };

  const path = ['pacing', 'budgets', index];
  const duration = createDurationReader(validated, report);
  const span = duration(budget.window, [...path, 'window']);
  const margin = budget.margin === undefined ? null : duration(budget.margin, [...path, 'margin']);
  if (span === 0) {
    report(
      problem(
        'out-of-range',
        findLocation(validated.root, [...path, 'window']),
        `the window of the budget \`${name}\` must be more than 0s`,
        { suggestion: 'for example `window: 10m`' },
      ),
    );
  }
  for (const [dataset, weight] of Object.entries(budget.weights ?? {})) {
    if (weight <= limit) continue;
    const message = `a ${dataset} request costs ${weight}, more than the limit of ${limit}, so it could never be sent`;
    report(problem('weight-over-limit', findLocation(validated.root, [...path, 'weights', dataset]), message));
  }
  return {
    ...common,
    kind: 'rolling',
    span: span ?? minute,
    ...(margin === null ? {} : { margin }),
    ...omitUndefined({ weights: budget.weights }),
  };
}

/** Reads the settings of retries after transient errors. */
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
    const message = `the maximum delay (${maxDelay}) must be at least the first delay (${delay})`;
    report(problem('out-of-range', findLocation(root, ['retry', key]), message));
  }
  if (retry.timeout <= 0 || retry.timeout > day) {
    report(
      problem(
        'out-of-range',
        findLocation(root, ['retry', 'timeout']),
        `the timeout of one attempt is ${timeout}; it must be more than 0s and at most 1d`,
      ),
    );
  }
  return retry;
}

/** Reads the settings of the circuit breakers of a provider and of its symbols. */
export function readBreaker(validated: ValidatedPipeline, report: ReportDiagnostic): BreakerSettings {
  const { threshold = 5, cooldown = '60s' } = validated.file.breaker ?? {};
  return { threshold, cooldown: createDurationReader(validated, report)(cooldown, ['breaker', 'cooldown']) ?? 0 };
}

/** Reads the limits on concurrent symbols. */
export function readSymbolLimits(validated: ValidatedPipeline, report: ReportDiagnostic): Pipeline['symbolLimits'] {
  const { parallel } = validated.file;
  if (parallel === undefined) return { maxConcurrent: null, timeout: null };
  const { max_symbols: maxConcurrent = 4, timeout } = parallel;
  if (timeout === undefined) return { maxConcurrent, timeout: null };
  return { maxConcurrent, timeout: readSymbolTimeout(timeout, ['parallel', 'timeout'], validated, report) };
}

/** Reads the time limit of a symbol and reports one of 0s. Returns null after a report of a text that is not a duration. */
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
      problem('out-of-range', location, 'the timeout must be more than 0s', {
        suggestion: 'for example `timeout: 2m`',
      }),
    );
  }
  return limit;
}
