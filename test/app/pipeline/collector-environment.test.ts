import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  applyCollectorEnvironment,
  collectorVariables,
  describeUnusedVariables,
} from '../../../src/app/pipeline/collector-environment.js';
import { second } from '../../../src/core/time/time.js';
import { createContractsStep, createPipeline } from '../../fixtures/pipelines.js';

const documentPath = new URL('../../../docs/reference/command-line.md', import.meta.url);

/** The variables of existing collectors. */
const allVariables = `
  G6_KITE_API_KEY G6_KITE_API_SECRET G6_KITE_ACCESS_TOKEN G6_KITE_RATE_LIMIT G6_KITE_RATE_WINDOW G6_KITE_CACHE_TTL
  G6_KITE_TIMEOUT G6_USE_MOCK_PROVIDER G6_USE_SYNTHETIC G6_MOCK_SPOT_BASE G6_MOCK_VOLATILITY G6_MOCK_SIMULATE_DELAYS
  G6_STRIKES_OFFSET G6_MAX_CONCURRENT_INDICES G6_COLLECTION_TIMEOUT G6_ENABLE_GREEKS G6_ENABLE_IV_CALCULATION
  G6_CSV_BASE_DIR G6_ENABLE_INFLUX G6_INFLUX_URL G6_LOG_LEVEL G6_LOG_DETAILED_ERRORS G6_ENABLE_CIRCUIT_BREAKER
  G6_CIRCUIT_FAILURE_THRESHOLD G6_CIRCUIT_RECOVERY_TIMEOUT G6_COLLECTOR_DEBUG G6_PROVIDER_DEBUG G6_LOG_API_CALLS
`
  .trim()
  .split(/\s+/);

describe('variables of existing collectors', () => {
  it('are all known', () => {
    expect(Object.keys(collectorVariables).sort()).toEqual(allVariables.toSorted());
    expect(allVariables).toHaveLength(28);
  });

  it('are all in the documentation with their effect', () => {
    const document = readFileSync(documentPath, 'utf8');
    for (const [name, { isRead, text }] of Object.entries(collectorVariables)) {
      expect(document).toContain(`| \`${name}\` | ${isRead ? 'read' : 'not used'} | ${text.replace('{}', 'N')} |`);
    }
  });
});

describe('describeUnusedVariables', () => {
  it('says what replaces a variable that has no effect', () => {
    const environment = { G6_STRIKES_OFFSET: '10', G6_LOG_LEVEL: 'DEBUG', G6_KITE_RATE_LIMIT: '3', PATH: '/bin' };
    expect(describeUnusedVariables(environment)).toEqual([
      'G6_STRIKES_OFFSET is not used: set `strikes: 10` of the `snapshots` step, or `strikes: ${G6_STRIKES_OFFSET}`',
      "G6_LOG_LEVEL is not used: set `level: '${G6_LOG_LEVEL}'` of `logs`, or use `--debug`",
    ]);
  });

  it('says nothing of a variable that asks for what pipe does anyway', () => {
    const environment = {
      G6_ENABLE_GREEKS: '1',
      G6_ENABLE_INFLUX: '0',
      G6_LOG_LEVEL: 'info',
      G6_ENABLE_CIRCUIT_BREAKER: 'True',
      G6_CSV_BASE_DIR: ' ',
    };
    expect(describeUnusedVariables(environment)).toEqual([]);
    expect(describeUnusedVariables({ G6_ENABLE_GREEKS: '0' })).toHaveLength(1);
  });

  it('says nothing of a variable that the pipeline refers to', () => {
    const environment = { G6_STRIKES_OFFSET: '5', G6_HOME: '/g6' };
    expect(describeUnusedVariables(environment, ["strikes: '${G6_STRIKES_OFFSET:-10}'", 'folder: ${G6_HOME}'])).toEqual(
      [],
    );
    expect(describeUnusedVariables(environment, ['${G6_STRIKES}'])).toHaveLength(2);
  });

  it('suggests the name that a misspelt variable means', () => {
    expect(describeUnusedVariables({ G6_KITE_RATELIMIT: '3', G6_HOME: '/g6' })).toEqual([
      'G6_KITE_RATELIMIT is not used; did you mean G6_KITE_RATE_LIMIT?',
      'G6_HOME is not used',
    ]);
    expect(describeUnusedVariables({ PIPE_MOCK_SEED: '1', PIPE_MOCK_DELAYS: '1s' })).toEqual([
      'PIPE_MOCK_DELAYS is not used; did you mean PIPE_MOCK_DELAY?',
    ]);
  });
});

describe('applyCollectorEnvironment', () => {
  const environment = {
    G6_MAX_CONCURRENT_INDICES: '4              # at a time',
    G6_COLLECTION_TIMEOUT: '30.0',
    G6_CIRCUIT_FAILURE_THRESHOLD: '7',
    G6_CIRCUIT_RECOVERY_TIMEOUT: '60.0',
    G6_KITE_TIMEOUT: '10.0',
  };

  it('overrides the limits of a pipeline', () => {
    const pipeline = createPipeline(['NIFTY'], [createContractsStep({ provider: 'kite' })]);
    const changed = applyCollectorEnvironment(pipeline, environment);
    expect(changed).toMatchObject({
      ok: true,
      value: {
        symbolLimits: { maxConcurrent: 4, timeout: 30 * second },
        breaker: { threshold: 7, cooldown: 60 * second },
        retry: { ...pipeline.retry, timeout: 10 * second },
      },
    });
  });

  it('leaves the limits of a pipeline of Interactive Brokers and the timeout of other providers', () => {
    const ib = createPipeline(['AAPL'], [createContractsStep({ provider: 'ib' })]);
    expect(applyCollectorEnvironment(ib, environment)).toEqual({ ok: true, value: ib });
    const mock = createPipeline(['AAPL'], [createContractsStep()]);
    expect(applyCollectorEnvironment(mock, environment)).toMatchObject({ value: { retry: mock.retry } });
  });

  it.each([
    ['G6_MAX_CONCURRENT_INDICES', '0'],
    ['G6_CIRCUIT_FAILURE_THRESHOLD', 'five'],
    ['G6_COLLECTION_TIMEOUT', '30s'],
  ])('rejects %s=%s with the name of the variable', (name, text) => {
    const pipeline = createPipeline(['NIFTY']);
    expect(applyCollectorEnvironment(pipeline, { [name]: text })).toMatchObject({ ok: false, error: { name } });
  });
});
