import type { Budget } from '../core/budget.js';
import { day, minute, second } from '../core/time.js';
import type { Duration } from '../core/time.js';
import type { Breaker, Pacing, Pipeline, Retry } from './pipeline.js';
import { problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import type { Budget as WrittenBudget } from './schema.generated.js';
import { durationReader } from '../yaml/duration-reader.js';
import { placeAt } from '../yaml/tree.js';
import type { Path } from '../yaml/tree.js';
import type { Validated } from './validate.js';

/** How fast the source may be asked; null where that is left to the provider. */
export function readPacing(validated: Validated, report: Report): Pacing {
  const written = validated.file.pacing ?? {};
  if (typeof written === 'string') return { rules: written, budgets: null, concurrency: null };
  const { rules = 'default', budgets, concurrency = null } = written;
  if (budgets === undefined) return { rules, budgets: null, concurrency };
  const { root } = validated;
  const first = new Map<string, number>();
  for (const [index, { name }] of budgets.entries()) {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      continue;
    }
    report(
      problem(
        'duplicate-budget',
        placeAt(root, ['pacing', 'budgets', index, 'name']),
        `two budgets are called \`${name}\``,
        {
          related: [{ message: 'the first one', place: placeAt(root, ['pacing', 'budgets', before, 'name']) }],
        },
      ),
    );
  }
  return { rules, budgets: budgets.map((budget, index) => readBudget(budget, index, validated, report)), concurrency };
}

function readBudget(budget: WrittenBudget, index: number, validated: Validated, report: Report): Budget {
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
  const duration = durationReader(validated, report);
  const span = duration(budget.per, [...path, 'per']);
  const margin = budget.margin === undefined ? null : duration(budget.margin, [...path, 'margin']);
  if (span === 0) {
    report(
      problem(
        'out-of-range',
        placeAt(validated.root, [...path, 'per']),
        `the budget \`${name}\` counts over no time at all`,
        { suggestion: 'such as `per: 10m`' },
      ),
    );
  }
  for (const [what, weight] of Object.entries(budget.weights ?? {})) {
    if (weight <= limit) continue;
    const message = `one ${what} request costs ${weight}, more than the whole budget of ${limit}: none could ever be sent`;
    report(problem('weight-over-limit', placeAt(validated.root, [...path, 'weights', what]), message));
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
export function readRetry(validated: Validated, report: Report): Retry {
  const { attempts = 4, delay = '1s', max_delay: maxDelay = '1m', timeout = '1m' } = validated.file.retry ?? {};
  const duration = durationReader(validated, report);
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
    report(problem('out-of-range', placeAt(root, ['retry', key]), message));
  }
  if (retry.timeout <= 0 || retry.timeout > day) {
    report(
      problem(
        'out-of-range',
        placeAt(root, ['retry', 'timeout']),
        `a time limit of ${timeout} for one attempt; it has to be more than 0s and at most 1d`,
      ),
    );
  }
  return retry;
}

/** When a source, or a symbol at a source, that keeps failing is left alone. */
export function readBreaker(validated: Validated, report: Report): Breaker {
  const { threshold = 5, recovery = '60s' } = validated.file.breaker ?? {};
  return { threshold, recovery: durationReader(validated, report)(recovery, ['breaker', 'recovery']) ?? 0 };
}

/** How many symbols are worked on at once, and for how long. */
export function readSymbolLimits(validated: Validated, report: Report): Pipeline['symbolLimits'] {
  const { parallel } = validated.file;
  if (parallel === undefined) return { atOnce: null, timeout: null };
  const { symbols: atOnce = 4, timeout } = parallel;
  if (timeout === undefined) return { atOnce, timeout: null };
  return { atOnce, timeout: readSymbolTimeout(timeout, ['parallel', 'timeout'], validated, report) };
}

/** How long a symbol may take; no time at all is a mistake. Null after a report of what is no duration. */
export function readSymbolTimeout(timeout: string, path: Path, validated: Validated, report: Report): Duration | null {
  const limit = durationReader(validated, report)(timeout, path);
  if (limit === 0) {
    const place = placeAt(validated.root, path);
    report(
      problem('out-of-range', place, 'a symbol would have no time at all', { suggestion: 'such as `timeout: 2m`' }),
    );
  }
  return limit;
}
