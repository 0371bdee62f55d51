import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { minute, second } from '../../../src/core/time/time.js';
import { isScenarioText, loadScenario, parseScenario } from '../../../src/config/scenario/load-scenario.js';
import type { Action, Scenario } from '../../../src/config/scenario/scenario.js';
import { renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';

function parseValid(text: string): Scenario {
  const loaded = parseScenario('test.yaml', text);
  if (loaded.ok && loaded.warnings.length === 0) return loaded.scenario;
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
  throw new Error(`not valid:\n${renderDiagnostics(diagnostics, loaded.sourceTexts, { color: false })}`);
}

/** Parses an action in a scenario with one rule for requests. */
function parseAction(source: string, text: string): Action | undefined {
  return parseValid(`{ name: x, source: ${source}, rules: [{ when: request, do: ${text} }] }`).rules[0]?.action;
}

const examples = join(import.meta.dirname, '../../../pipelines/scenarios');

describe('a scenario', () => {
  it('becomes a typed value with defaults applied', () => {
    const scenario = parseValid(`
      name: a rough evening
      source: tws
      market: { seed: 7, volatility: 0.3, base_price: { SPY: 670 } }
      clock: { start: "2026-11-20T15:00:00-05:00", speed: 60 }
      rules:
        - when: { request: historical, symbol: [AAPL, MSFT], bar_size: 1 min, price_type: TRADES }
          do: { error: 162, message: pacing violation }
          skip: 2
          times: 1
        - when: { request: [market-data], expiry: 2026-12-18, strike: [670, 675], right: C }
          do: { error: 354 }
          chance: 0.2
          from: 10m
          until: 1h
        - when: { after: 5m }
          do: { restart: 30s }
          every: 1h
        - { when: connect, do: refuse, every: 10 }
    `);
    expect(scenario).toEqual({
      name: 'a rough evening',
      source: 'tws',
      market: { seed: 7, volatility: 0.3, basePrices: { SPY: 670 } },
      clock: { start: Date.UTC(2026, 10, 20, 20), speed: 60 },
      rules: [
        {
          match: {
            kind: 'request',
            requests: ['historical'],
            symbols: ['AAPL', 'MSFT'],
            barSizes: ['1 min'],
            priceType: ['TRADES'],
            expiries: null,
            strikes: null,
            rights: null,
          },
          action: { kind: 'error', code: '162', message: 'pacing violation', status: null },
          frequency: { skip: 2, every: 1, times: 1, chance: 1, from: 0, until: null },
        },
        {
          match: {
            kind: 'request',
            requests: ['market-data'],
            symbols: null,
            barSizes: null,
            priceType: null,
            expiries: ['2026-12-18'],
            strikes: [670, 675],
            rights: ['C'],
          },
          action: { kind: 'error', code: '354', message: null, status: null },
          frequency: { skip: 0, every: 1, times: null, chance: 0.2, from: 10 * minute, until: 60 * minute },
        },
        {
          match: { kind: 'time', after: 5 * minute, every: 60 * minute },
          action: { kind: 'restart', duration: 30 * second },
          frequency: { skip: 0, every: 1, times: null, chance: 1, from: 0, until: null },
        },
        {
          match: { kind: 'connect' },
          action: { kind: 'refuse' },
          frequency: { skip: 0, every: 10, times: null, chance: 1, from: 0, until: null },
        },
      ],
    });
  });

  it('with only a name and a source gets defaults', () => {
    expect(parseValid('name: quiet\nsource: kite\n')).toEqual({
      name: 'quiet',
      source: 'kite',
      market: { seed: 1, volatility: null, basePrices: {} },
      clock: { start: null, speed: 1 },
      rules: [],
    });
  });

  it.each<[string, string, Action]>([
    ['tws', '{ delay: 1m30s }', { kind: 'delay', duration: 90 * second }],
    ['tws', '{ truncate: 0.5 }', { kind: 'truncate', keepFraction: 0.5 }],
    ['tws', 'drop', { kind: 'drop', midMessage: false }],
    ['tws', '{ drop: now }', { kind: 'drop', midMessage: false }],
    ['tws', '{ drop: mid_message }', { kind: 'drop', midMessage: true }],
    ['tws', 'half_open', { kind: 'half-open' }],
    ['tws', 'expired', { kind: 'expired' }],
    ['tws', '{ upstream_lost: 1m }', { kind: 'upstream-lost', duration: minute, dataKept: true }],
    ['tws', '{ upstream_lost: 1m, data_kept: false }', { kind: 'upstream-lost', duration: minute, dataKept: false }],
    ['tws', '{ farm_down: market, for: 2s }', { kind: 'farm-down', farm: 'market', duration: 2 * second }],
    ['kite', 'logged_out', { kind: 'logged-out' }],
    [
      'kite',
      '{ error: NetworkException, status: 429 }',
      { kind: 'error', code: 'NetworkException', message: null, status: 429 },
    ],
    ['synthetic', '{ rows: [{ close: 1.5 }] }', { kind: 'rows', rows: [{ close: 1.5 }] }],
    [
      'synthetic',
      '{ failure: pacing, message: slow down, retry_after: 10s }',
      { kind: 'failure', failure: 'pacing', message: 'slow down', retryAfter: 10 * second },
    ],
  ])('of %s accepts the action %s', (source, text, action) => {
    expect(parseAction(source, text)).toEqual(action);
  });

  it('with `what` instead of `price_type` has the same value', () => {
    const parseRules = (key: string): unknown =>
      parseValid(`{ name: x, source: tws, rules: [{ when: { ${key}: [BID, ASK] }, do: { delay: 1s } }] }`).rules;
    expect(parseRules('what')).toEqual(parseRules('price_type'));
    expect(parseRules('what')).toMatchObject([{ match: { priceType: ['BID', 'ASK'] } }]);
  });

  it('with both `what` and `price_type` is rejected', () => {
    const when = '{ what: BID, price_type: ASK }';
    const loaded = parseScenario('x', `{ name: x, source: tws, rules: [{ when: ${when}, do: { delay: 1s } }] }`);
    expect(loaded).toMatchObject({ ok: false, diagnostics: [{ code: 'conflicting-keys' }] });
  });

  it('that does not exist is reported with its name', async () => {
    const loaded = await loadScenario('absent.yaml', () =>
      Promise.reject(Object.assign(new Error(), { code: 'ENOENT' })),
    );
    expect(loaded.ok ? [] : loaded.diagnostics.map(({ message }) => message)).toEqual(['`absent.yaml` does not exist']);
  });
});

describe('the examples', () => {
  it.each(readdirSync(examples))('%s is valid without warnings', (name) => {
    const text = readFileSync(join(examples, name), 'utf8');
    expect(parseValid(text).rules.length).toBeGreaterThan(0);
    expect(isScenarioText(text)).toBe(true);
    expect(text).toContain(`pipe simulate ${parseValid(text).source} --scenario pipelines/scenarios/${name}\n`);
  });
});

describe('a text', () => {
  it.each([
    ['name: x\nsource: tws\n', true],
    ['name: x\nrules: []\n', true],
    ['name: x\nsource: tws\nsteps: {}\n', false],
    ['name: x\nsteps:\n  equity: { source: x }\n', false],
    ['# yaml-language-server: $schema=../schemas/scenario.schema.json\nname: x\n', true],
    ['# yaml-language-server: $schema=../schemas/pipeline.schema.json\nrules: x\n', false],
    ['', false],
  ])('%j is recognized as a scenario: %s', (text, expected) => {
    expect(isScenarioText(text)).toBe(expected);
  });
});
