import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { closestMatch } from '../../platform/suggest.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { readVariable } from '../../providers/environment.js';
import type { InvalidVariable } from '../../providers/environment.js';
import type { Environment } from '../context.js';

/** A variable of earlier installations. */
interface CollectorVariable {
  /** True if pipe reads it. */
  readonly isRead: boolean;
  /** Its effect, or what replaces it; with `{}` in place of a small number. Other values may be secrets. */
  readonly text: string;
  /** Values of an unread variable that ask for what pipe does anyway. */
  readonly harmless?: readonly string[];
}

const read = (text: string): CollectorVariable => ({ isRead: true, text });
const unread = (text: string, harmless?: readonly string[]): CollectorVariable => ({
  isRead: false,
  text,
  ...(harmless === undefined ? {} : { harmless }),
});

const on = ['1', 'true', 'yes', 'on'];
const off = ['0', 'false', 'no', 'off'];

/** All variables with the prefix `G6_` that installations set, in the order of the documentation. */
export const collectorVariables: Readonly<Record<string, CollectorVariable>> = {
  G6_USE_MOCK_PROVIDER: read('`1`: `provider: auto` selects `mock`'),
  G6_USE_SYNTHETIC: read('`1`: `provider: auto` selects `synthetic`'),
  G6_KITE_API_KEY: read('as `KITE_API_KEY`'),
  G6_KITE_API_SECRET: read('as `KITE_API_SECRET`'),
  G6_KITE_ACCESS_TOKEN: read('as `KITE_ACCESS_TOKEN`'),
  G6_KITE_RATE_LIMIT: read('requests to Kite in a window'),
  G6_KITE_RATE_WINDOW: read('length of that window in seconds'),
  G6_KITE_CACHE_TTL: read('seconds for which the list of instruments is cached'),
  G6_KITE_TIMEOUT: read('seconds after which a request to Kite fails, as `retry: { timeout }`'),
  G6_MOCK_SPOT_BASE: read('level of NIFTY in the mock market'),
  G6_MOCK_VOLATILITY: read('annual volatility of the mock market'),
  G6_MOCK_SIMULATE_DELAYS: read('`1`: realistic delays of the mock market'),
  G6_MAX_CONCURRENT_INDICES: read('symbols at a time, as `parallel: { max_symbols }`'),
  G6_COLLECTION_TIMEOUT: read('seconds after which a symbol fails, as `parallel: { timeout }`'),
  G6_CIRCUIT_FAILURE_THRESHOLD: read('failures that open a circuit, as `breaker: { threshold }`'),
  G6_CIRCUIT_RECOVERY_TIMEOUT: read('seconds until an open circuit is probed, as `breaker: { cooldown }`'),
  G6_ENABLE_CIRCUIT_BREAKER: unread('circuit breakers are always on; see `breaker` of the pipeline', on),
  G6_STRIKES_OFFSET: unread('set `strikes: {}` of the `snapshots` step, or `strikes: ${G6_STRIKES_OFFSET}`'),
  G6_ENABLE_GREEKS: unread('snapshots always have Greeks', on),
  G6_ENABLE_IV_CALCULATION: unread('snapshots always have implied volatilities', on),
  G6_CSV_BASE_DIR: unread("set `folder: '${G6_CSV_BASE_DIR}'` of a sink of kind `csv`; rows are stored in the lake"),
  G6_ENABLE_INFLUX: unread('add a sink of kind `influx` to the pipeline', off),
  G6_INFLUX_URL: unread("set `url: '${G6_INFLUX_URL}'` of a sink of kind `influx`"),
  G6_LOG_LEVEL: unread("set `level: '${G6_LOG_LEVEL}'` of `logs`, or use `--debug`", ['INFO']),
  G6_LOG_DETAILED_ERRORS: unread('errors always have their details', on),
  G6_COLLECTOR_DEBUG: unread('use `pipe serve --debug`', off),
  G6_PROVIDER_DEBUG: unread('use `--debug`', off),
  G6_LOG_API_CALLS: unread('use `pipe run --record-calls <file>`', off),
};

/** The variables of the mock market; see `src/providers/mock/environment.ts`. */
const mockVariables = ['PIPE_MOCK_SEED', 'PIPE_MOCK_DELAY', 'PIPE_MOCK_VOLATILITY', 'PIPE_MOCK_BASE_PRICE'];

/**
 * Describes the variables that are set and have no effect, each in one line. Those that a text of the pipeline refers to, such as
 * `${G6_STRIKES_OFFSET}`, have one.
 */
export function describeUnusedVariables(environment: Environment, texts: Iterable<string> = []): readonly string[] {
  const all = [...texts];
  const isReferredTo = (name: string): boolean =>
    all.some((text) => text.includes(`\${${name}}`) || text.includes(`\${${name}:-`));
  return Object.keys(environment).flatMap((name) => {
    if (isReferredTo(name)) return [];
    if (name.startsWith('PIPE_MOCK_') && !mockVariables.includes(name)) return [describeUnknown(name, mockVariables)];
    if (!name.startsWith('G6_')) return [];
    const value = readVariable(environment, name);
    if (value === null) return [];
    const variable = Object.hasOwn(collectorVariables, name) ? collectorVariables[name] : undefined;
    if (variable === undefined) return [describeUnknown(name, Object.keys(collectorVariables))];
    const { isRead, text, harmless = [] } = variable;
    const isHarmless = harmless.some((candidate) => candidate.toLowerCase() === value.toLowerCase());
    return isRead || isHarmless
      ? []
      : [`${name} is not used: ${text.replace('{}', /^\d{1,3}$/.test(value) ? value : '…')}`];
  });
}

function describeUnknown(name: string, known: readonly string[]): string {
  const closest = closestMatch(name, known);
  return `${name} is not used${closest === null ? '' : `; did you mean ${closest}?`}`;
}

/**
 * Overrides the limits of a pipeline. Pipelines of Interactive Brokers keep theirs: the values are those of a collector of Indian
 * indices, and 30 seconds are too short for a history.
 */
export function applyCollectorEnvironment(
  pipeline: Pipeline,
  environment: Environment,
): Result<Pipeline, InvalidVariable> {
  const providers = new Set(pipeline.steps.flatMap((step) => (step.uses === 'overview' ? [] : [step.provider])));
  if (providers.has('ib')) return ok(pipeline);
  const problems: InvalidVariable[] = [];
  const readCount = (name: string, fallback: number | null): number | null => {
    const text = readVariable(environment, name);
    if (text === null) return fallback;
    const count = Number(text);
    if (Number.isSafeInteger(count) && count >= 1) return count;
    problems.push({ name, message: 'is not a whole number of at least 1' });
    return fallback;
  };
  const readSeconds = <T extends Duration | null>(name: string, fallback: T): Duration | T => {
    const text = readVariable(environment, name);
    if (text === null) return fallback;
    const seconds = Number(text);
    if (Number.isFinite(seconds) && seconds > 0) return seconds * second;
    problems.push({ name, message: 'is not a number of seconds' });
    return fallback;
  };
  const { retry, breaker, symbolLimits } = pipeline;
  const changed: Pipeline = {
    ...pipeline,
    retry: providers.has('kite') ? { ...retry, timeout: readSeconds('G6_KITE_TIMEOUT', retry.timeout) } : retry,
    breaker: {
      threshold: readCount('G6_CIRCUIT_FAILURE_THRESHOLD', breaker.threshold) ?? breaker.threshold,
      cooldown: readSeconds('G6_CIRCUIT_RECOVERY_TIMEOUT', breaker.cooldown),
    },
    symbolLimits: {
      maxConcurrent: readCount('G6_MAX_CONCURRENT_INDICES', symbolLimits.maxConcurrent),
      timeout: readSeconds('G6_COLLECTION_TIMEOUT', symbolLimits.timeout),
    },
  };
  const [problem] = problems;
  return problem === undefined ? ok(changed) : err(problem);
}
