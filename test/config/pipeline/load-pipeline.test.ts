import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../src/config/pipeline/load-pipeline.js';
import type { LoadOptions } from '../../../src/config/pipeline/load-pipeline.js';
import { day, hour, minute } from '../../../src/core/time/time.js';
import { templateProviders } from '../../../src/config/pipeline/template/choices.js';
import { renderPipelineTemplate } from '../../../src/config/pipeline/template/render-template.js';
import { knownCalendars, loadFiles, loadValid, loadDiagnosticCodes, expectValid } from './load-files.js';

const steps = 'steps: { contracts: {} }';

const diskOptions: LoadOptions = {
  environment: {},
  knownCalendars,
  readFile: (path) => readFile(path),
  resolveAuto: () => ({ provider: 'mock', warning: null }),
};

async function loadSymbols(list: string): Promise<readonly string[]> {
  const pipeline = await loadValid(`name: x\n${list}\n${steps}\n`);
  return pipeline.symbols.map(({ instrument }) => instrument.symbol);
}

describe('a pipeline file', () => {
  it('takes snapshots of the nearest expiries and of those around the term of the volatility by default', async () => {
    const load = async (settings: string, analytics = ''): Promise<unknown> => {
      const pipeline = await loadValid(`name: x
symbols: [SPY]
${analytics}
steps:
  contracts: {}
  chains: { needs: contracts }
  quotes: { needs: contracts }
  snapshots: { needs: [chains, quotes]${settings} }
`);
      return pipeline.steps.at(-1);
    };
    const around = { nearest: 4, terms: [30], range: null };
    expect(await load('')).toMatchObject({ strikes: 10, expiries: around });
    expect(await load('', 'analytics: { atm_iv_days: 60 }')).toMatchObject({ expiries: { ...around, terms: [60] } });
    expect(await load(', expiries: all, strikes: all')).toMatchObject({ expiries: 'all', strikes: 'all' });
    expect(await load(', expiries: { dte: { min: 20 } }, strikes: { percent: 5 }')).toMatchObject({
      expiries: { nearest: 0, terms: [], range: { min: 20, max: Infinity } },
      strikes: { nearest: null, percent: 5, delta: null },
    });
  });

  it('uses the resolved provider and its warning for `provider: auto`', async () => {
    const auto = await loadValid(`name: x\nprovider: auto\nsymbols: [A]\n${steps}\n`);
    expect(auto.steps.map(({ provider }) => provider)).toEqual(['mock']);
    expect(auto.autoProviderWarning).toBe('no provider is configured');
    const explicit = await loadValid(`name: x\nprovider: ib\nsymbols: [A]\n${steps}\n`);
    expect(explicit.steps.map(({ provider }) => provider)).toEqual(['ib']);
    expect(explicit.autoProviderWarning).toBeNull();
  });

  it.each([
    ['denied: [MSFT]', ['MSFT']],
    ['denied: MSFT', ['MSFT']],
    ['denied: all', ['AAPL', 'MSFT']],
    ['denied: []', []],
  ])('accepts denials of the symbols that `accept: { %s }` names', async (accept, accepted) => {
    const { symbols } = await loadValid(`name: x\nsymbols: [AAPL, MSFT]\naccept: { ${accept} }\n${steps}\n`);
    expect(symbols.filter(({ acceptsDenied }) => acceptsDenied).map(({ instrument }) => instrument.symbol)).toEqual(
      accepted,
    );
  });

  it('becomes a typed pipeline with defaults applied', async () => {
    const pipeline = expectValid(await loadPipeline('pipelines/daily.yaml', diskOptions));
    expect(pipeline).toMatchObject({
      name: 'daily',
      file: 'pipelines/daily.yaml',
      schedule: {
        times: { kind: 'cron', cron: '30 18 * * 1-5', timeZone: 'America/New_York' },
        maxCycles: null,
        catchUp: 'last',
        overlap: 'skip',
        jitter: 0,
      },
      pacing: { budgets: null, concurrency: null },
      steps: [
        { name: 'contracts', uses: 'contracts', provider: 'mock', needs: [], refresh: 7 * day },
        { name: 'chains', uses: 'chains', needs: ['contracts'], refresh: day },
        {
          name: 'equity',
          uses: 'equity',
          needs: ['contracts'],
          barSizes: ['1 day'],
          lookback: { kind: 'days', days: 365 },
        },
        {
          name: 'options',
          needs: ['chains', 'equity'],
          lookback: { kind: 'sessions', count: 5 },
          strikes: 3,
          expiries: 2,
        },
      ],
    });
    expect(
      pipeline.symbols.map(({ instrument, priority }) => [
        instrument.symbol,
        instrument.kind,
        instrument.exchange,
        priority,
      ]),
    ).toEqual([
      ['SPY', 'etf', 'SMART', 1],
      ['AAPL', 'stock', 'SMART', 5],
      ['MSFT', 'stock', 'SMART', 5],
      ['NVDA', 'stock', 'SMART', 5],
      ['BRK B', 'stock', 'NYSE', 5],
    ]);
  });

  it.each(['pipelines/daily.yaml', 'pipelines/watchlist.yaml'])('%s is valid without warnings', async (file) => {
    const loaded = await loadPipeline(file, diskOptions);
    expect(loaded).toMatchObject({ ok: true, warnings: [] });
  });

  it.each([
    ['pipelines/my-pipeline.yaml', 'my-pipeline'],
    ['every night!.yml', 'every night-'],
    ['日本.yaml', 'my-pipeline'],
  ])('from the template for %s is valid without warnings', async (file, name) => {
    const loaded = await loadFiles({ [file]: renderPipelineTemplate(file, 'schema.json') });
    expect(loaded).toMatchObject({ ok: true, warnings: [], pipeline: { name } });
  });

  it.each(templateProviders)(
    'from the template for %s is valid without warnings and has no placeholder',
    async (provider) => {
      const text = renderPipelineTemplate('pipelines/first.yaml', 'schema.json', { provider });
      expect(text).not.toMatch(/\{(?:schema|name|provider|cron|timezone|symbols|exchange|other|list)\}|FILE/);
      const loaded = await loadFiles({ 'pipelines/first.yaml': text });
      expect(loaded).toMatchObject({ ok: true, warnings: [], pipeline: { name: 'first' } });
      const providers = expectValid(loaded).steps.map((step) => step.provider);
      expect(new Set(providers)).toEqual(new Set([provider]));
      // The lines that the comments offer.
      const enabled = text.replaceAll(
        /^( *)# (- \{ symbol|allow_delayed|groups:|  others:|    exchange|    symbols|    steps)/gm,
        '$1$2',
      );
      expect(await loadFiles({ 'pipelines/first.yaml': enabled })).toMatchObject({ ok: true });
    },
  );

  it('from the template has an interval schedule when its commented lines are enabled', async () => {
    const template = renderPipelineTemplate('a.yaml', 'schema.json');
    const withInterval = template
      .replace(/ {2}(?:cron|timezone): .*\n/g, '')
      .replaceAll(/# (every|market_hours):/g, '$1:');
    const { schedule } = expectValid(await loadFiles({ 'a.yaml': withInterval }));
    expect(schedule?.times).toEqual({ kind: 'interval', every: 5 * minute, market: 'XNYS' });
  });

  it('from the template has alert rules when its commented lines are enabled', async () => {
    const template = renderPipelineTemplate('a.yaml', 'schema.json');
    const withAlerts = template.replace(/# alerts:\n(?:# .*\n)+/, (lines) => lines.replaceAll('# ', ''));
    const { notifications } = expectValid(
      await loadFiles({ 'a.yaml': withAlerts }, { SLACK_WEBHOOK: 'https://example.com/hook' }),
    );
    expect(notifications.alerts?.channels).toMatchObject([
      { name: 'ops', kind: 'webhook', url: 'https://example.com/hook' },
    ]);
    expect(notifications.alerts?.rules.map(({ on }) => on)).toEqual([
      'run_failed',
      'run_missed',
      'missing_equity_data',
    ]);
  });

  it('with a byte order mark or Windows line ends equals the plain file', async () => {
    const text = `name: x\r\nsymbols: [AAPL]\r\n${steps}\r\n`;
    const plain = expectValid(await loadFiles({ 'a.yaml': text.replaceAll('\r', '') }));
    const withByteOrderMark = expectValid(await loadFiles({ 'a.yaml': new TextEncoder().encode(`\uFEFF${text}`) }));
    expect(withByteOrderMark).toEqual(plain);
  });

  it('of more than 2 MB is rejected before it is parsed', async () => {
    const loaded = await loadFiles({ 'a.yaml': `# ${'x'.repeat(10_000_000)}` });
    expect(loaded).toMatchObject({
      ok: false,
      diagnostics: [
        { code: 'file-too-large', message: '`a.yaml` has 10.0 MB; the limit for a pipeline file is 2.0 MB' },
      ],
    });
  });

  it('that does not exist is reported as unreadable', async () => {
    const loaded = await loadFiles({});
    expect(loaded).toMatchObject({ ok: false, diagnostics: [{ code: 'unreadable-file' }] });
  });

  it('with 500 problems is reported with 100 of them and a note about more', async () => {
    const list = Array.from({ length: 500 }, (_, index) => `  - A;${index}`).join('\n');
    const codes = await loadDiagnosticCodes(`name: x\nsymbols:\n${list}\n${steps}\n`);
    expect(codes).toHaveLength(101);
    expect(codes.at(-1)).toBe('more-problems');
  });

  it.each([
    ['brackets', `a: ${'['.repeat(1_000_000)}`],
    ['braces', '{a: '.repeat(400_000)],
    ['dashes', '- '.repeat(900_000)],
    ['indents', Array.from({ length: 1_500 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
  ])('nested too deeply with %s is rejected', async (_, text) => {
    expect(await loadDiagnosticCodes(text)).toEqual(['too-deep']);
  });

  it('accepts symbols, groups and steps named after members of Object.prototype', async () => {
    const pipeline = await loadValid(`
      name: x
      symbols: [constructor, toString, __proto__]
      groups: { constructor: { symbols: [hasOwnProperty], kind: etf } }
      providers: { mock: { base_price: { constructor: 5 } } }
      steps: { contracts: {}, constructor: { uses: equity, needs: contracts } }
    `);
    expect(pipeline.symbols.map(({ instrument }) => instrument.symbol)).toEqual([
      'constructor',
      'toString',
      '__proto__',
      'hasOwnProperty',
    ]);
    expect(pipeline.steps.map(({ name }) => name)).toEqual(['contracts', 'constructor']);
    expect(Object.keys({})).toEqual([]);
  });
});

describe('symbols', () => {
  it('are read exactly as written, without quotes', async () => {
    const unusualSymbols = [
      'BRK B',
      'M&M',
      'NIFTY 50',
      '0700',
      '1E5',
      'NO',
      '1_000',
      'ON',
      '007',
      'TRUE',
      'false',
      '0x1F',
      '1.50',
      '.INX',
      '^GSPC',
      'ES=F',
      '/ES',
      'ES1!',
      '$SPX',
      '2024-01-01',
      '+1',
      'y',
      '12e03',
      'NaN',
      '-1',
    ];
    expect(await loadSymbols(`symbols:\n${unusualSymbols.map((symbol) => `  - ${symbol}`).join('\n')}`)).toEqual(
      unusualSymbols,
    );
    expect(await loadSymbols(`symbols: [${unusualSymbols.join(', ')}]`)).toEqual(unusualSymbols);
    expect(await loadSymbols(`symbols: [{ symbol: 0700 }, { symbol: 1E5, kind: etf }]`)).toEqual(['0700', '1E5']);
    expect(await loadSymbols(`groups: { g: { symbols: [0700, 007] } }`)).toEqual(['0700', '007']);
  });

  it('are read exactly as written as keys of a mapping', async () => {
    const pipeline = await loadValid(
      `name: x\nsymbols: [007, 1E5]\nproviders: { mock: { base_price: { 007: 5, 1E5: 6 } } }\n${steps}`,
    );
    expect(pipeline.providers.mock.basePrices).toEqual({ '007': 5, '1E5': 6 });
  });

  it('get the default calendar and currency of their exchange', async () => {
    const pipeline = await loadValid(`
      name: x
      calendar: XNAS
      symbols:
        - A
        - { symbol: B, exchange: ASX }
        - { symbol: C, exchange: NSE }
        - { symbol: D, exchange: BSE, calendar: XNSE }
        - { symbol: E, exchange: NYSE }
        - { symbol: F, exchange: CME, kind: future, calendar: XNYS }
      ${steps}
    `);
    expect(
      pipeline.symbols.map(({ instrument: { symbol, currency, calendar } }) => [symbol, currency, calendar]),
    ).toEqual([
      ['A', 'USD', 'XNAS'],
      ['B', 'AUD', 'XASX'],
      ['C', 'INR', 'XNSE'],
      ['D', 'INR', 'XNSE'],
      ['E', 'USD', 'XNYS'],
      ['F', 'USD', 'XNYS'],
    ]);
  });

  it('at SMART get the calendar of their currency', async () => {
    const pipeline = await loadValid(
      `name: x\nsymbols: [{ symbol: BHP, currency: AUD }, { symbol: INFY, currency: INR }]\n${steps}`,
    );
    expect(pipeline.symbols.map(({ instrument }) => instrument.calendar)).toEqual(['XASX', 'XNSE']);
  });

  it('in several groups become one symbol, and its own settings take precedence', async () => {
    const pipeline = await loadValid(`
      name: x
      defaults: { symbols: { kind: etf, priority: 9 } }
      symbols: [A, { symbol: B, priority: 1 }]
      groups:
        one: { symbols: [A, B], priority: 2 }
        two: { symbols: [A, { symbol: B, kind: stock }, C], priority: 2 }
      ${steps}
    `);
    expect(
      pipeline.symbols.map(({ instrument: { symbol, kind }, priority, groups }) => [symbol, kind, priority, groups]),
    ).toEqual([
      ['B', 'stock', 1, ['one', 'two']],
      ['A', 'etf', 2, ['one', 'two']],
      ['C', 'etf', 2, ['two']],
    ]);
  });

  it('run the selected steps and the steps they need', async () => {
    const pipeline = await loadValid(`
      name: x
      symbols: [{ symbol: A, steps: [options] }, { symbol: B, steps: [daily] }, C]
      groups:
        g: { symbols: [D, E], steps: [daily] }
        h: { symbols: [E, { symbol: F, steps: [contracts] }], steps: [chains] }
        i: { symbols: [F] }
      steps:
        contracts: {}
        chains: { needs: contracts }
        daily: { uses: equity, needs: contracts }
        options: { needs: [chains, daily] }
    `);
    expect(
      Object.fromEntries(pipeline.symbols.map(({ instrument, steps: names }) => [instrument.symbol, names])),
    ).toEqual({
      A: null,
      B: ['contracts', 'daily'],
      C: null,
      D: ['contracts', 'daily'],
      E: ['contracts', 'chains', 'daily'],
      F: ['contracts'],
    });
  });

  it('are read from a CSV file relative to the YAML file that names it', async () => {
    const pipeline = expectValid(
      await loadFiles({
        'a/main.yaml': `include: ../b/list.yaml\nname: x\n${steps}`,
        'b/list.yaml': 'symbols: [{ file: s.csv, exchange: ASX, priority: 2 }]',
        'b/s.csv': '\uFEFFsymbol, priority\r\n"BRK B",1\r\n\r\n 0700 , \r\n"A-B", 9\r\n',
      }),
    );
    expect(
      pipeline.symbols.map(({ instrument: { symbol, exchange }, priority }) => [symbol, exchange, priority]),
    ).toEqual([
      ['BRK B', 'ASX', 1],
      ['0700', 'ASX', 2],
      ['A-B', 'ASX', 9],
    ]);
  });

  it('from a file of 100,000 rows are complete and sorted by priority', async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => `S${index},${(index % 9) + 1}`).join('\n');
    const pipeline = expectValid(
      await loadFiles({
        'a.yaml': `name: x\nsymbols: [{ file: s.csv }]\n${steps}`,
        's.csv': `symbol,priority\n${rows}`,
      }),
    );
    expect(pipeline.symbols).toHaveLength(100_000);
    expect(pipeline.symbols.slice(0, 2).map(({ instrument }) => instrument.symbol)).toEqual(['S0', 'S9']);
  });
});

describe('variables', () => {
  const text = (value: string): string => `name: x\ndescription: ${value}\nsymbols: [AAPL]\n${steps}`;

  it.each([
    ['a ${NAME} b', 'a one b'],
    ['${MISSING:-two}', 'two'],
    ['${EMPTY:-two}', 'two'],
    ['${NAME}${MISSING:-}', 'one'],
    ['$${NAME} $NAME $5', '${NAME} $NAME $5'],
    ['"${YAML}"', 'a: [b, {c'],
    ['${YAML}', 'a: [b, {c'],
    ['${DOLLARS}', '$& ${NAME}'],
  ])('%s becomes %s', async (value, expected) => {
    const environment = { NAME: 'one', EMPTY: '', YAML: 'a: [b, {c', DOLLARS: '$& ${NAME}' };
    expect((await loadValid(text(value), environment)).description).toBe(expected);
  });

  it('become numbers or text as the setting requires', async () => {
    const pipeline = await loadValid(`name: \${N}\nsymbols: [\n  '\${N}'\n]\nretry:\n  attempts: \${N}\n${steps}`, {
      N: '007',
    });
    expect(pipeline).toMatchObject({
      name: '007',
      retry: { attempts: 7 },
      symbols: [{ instrument: { symbol: '007' } }],
    });
  });
});

describe('includes', () => {
  it('are merged: the including file over included files, later files over earlier ones', async () => {
    const pipeline = expectValid(
      await loadFiles({
        'main.yaml': 'include: [one.yaml, two.yaml]\nname: main\nretry: { attempts: 2 }',
        'one.yaml': `name: one\nsymbols: [A, B]\nretry: { attempts: 9, delay: 5s }\n${steps}`,
        'two.yaml': 'include: three.yaml\nsymbols: [C]\nretry: { delay: 6s }',
        'three.yaml': 'symbols: [D]\nretry: { delay: 7s, timeout: 8s }\nsteps: { equity: { needs: contracts } }',
      }),
    );
    expect(pipeline).toMatchObject({ name: 'main', retry: { attempts: 2, delay: 6_000, timeout: 8_000 } });
    expect(pipeline.symbols.map(({ instrument }) => instrument.symbol)).toEqual(['C']);
    expect(pipeline.steps.map(({ name }) => name)).toEqual(['contracts', 'equity']);
  });

  it('of the same file by many files are merged once', async () => {
    const files: Record<string, string> = {};
    for (let level = 0; level < 30; level++) files[`${level}.yaml`] = `include: [${level + 1}.yaml, ${level + 1}.yaml]`;
    files['30.yaml'] = `name: x\nsymbols: [A]\n${steps}`;
    expect(expectValid(await loadFiles(files)).name).toBe('x');
  });
});

describe('the hash', () => {
  const base = `name: x\nsymbols: [A, B]\nproviders: { mock: { base_price: { A: 1, B: 2 } } }\nsteps: { contracts: {}, equity: { needs: contracts } }`;

  it.each([
    ['comments', `# first\n${base} # last`],
    ['an explicit default', `${base}\nretry: { attempts: 4 }`],
    ['the order of keys', base.replace('A: 1, B: 2', 'B: 2, A: 1')],
    ['another notation of a duration', `${base}\nbreaker: { cooldown: 60000ms }`],
    ['quotes', base.replace('[A, B]', '["A", \'B\']')],
  ])('does not change with %s', async (_, text) => {
    expect((await loadValid(text)).hash).toBe((await loadValid(base)).hash);
  });

  it.each([
    ['a symbol', base.replace('[A, B]', '[A, B, C]')],
    ['the order of symbols', base.replace('[A, B]', '[B, A]')],
    ['a setting', `${base}\nretry: { attempts: 5 }`],
    ['a time limit of a step', base.replace('equity: {', 'equity: { timeout: 5m,')],
    ['the name', base.replace('name: x', 'name: y')],
  ])('changes with %s', async (_, text) => {
    expect((await loadValid(text)).hash).not.toBe((await loadValid(base)).hash);
  });

  it('changes with a symbols file', async () => {
    const main = `name: x\nsymbols: [{ file: s.csv }]\n${steps}`;
    const one = expectValid(await loadFiles({ 'a.yaml': main, 's.csv': 'symbol\nA' }));
    const other = expectValid(await loadFiles({ 'a.yaml': main, 's.csv': 'symbol\nB' }));
    expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(one.hash).not.toBe(other.hash);
  });
});

describe('settings', () => {
  it('of `defaults.steps` apply to steps that do not set their own', async () => {
    const pipeline = await loadValid(`
      name: x
      symbols: [A]
      defaults: { steps: { refresh: 3d, bar_size: [5 mins, 1 hour], hours: all, lookback: 6mo, revision_window: 12h, price_type: MIDPOINT } }
      steps:
        contracts: {}
        chains: { needs: contracts, refresh: 1h }
        equity: { needs: contracts }
        options: { needs: [chains, equity], bar_size: 1 day, lookback: 1 session }
    `);
    expect(pipeline.steps).toMatchObject([
      { refresh: 3 * day },
      { refresh: hour },
      {
        barSizes: ['5 mins', '1 hour'],
        hours: 'all',
        priceType: 'MIDPOINT',
        lookback: { kind: 'days', days: 183 },
        revisionWindow: 12 * hour,
      },
      { barSizes: ['1 day'], hours: 'all', lookback: { kind: 'sessions', count: 1 } },
    ]);
  });

  it('for the timeout of steps apply to provider steps and not to commands', async () => {
    const text = (defaults: string): string => `
      name: x
      symbols: [A]
      ${defaults}
      steps:
        contracts: { timeout: 30s }
        equity: { needs: contracts }
        quotes: { needs: contracts, timeout: 1h30m }
        chains: { needs: contracts }
        snapshots: { needs: [chains, quotes] }
        overview: { needs: snapshots }
        score: { uses: exec, needs: equity, command: [./score.sh] }
    `;
    const limits = async (defaults: string): Promise<unknown> => {
      const { steps: read, customSteps } = await loadValid(text(defaults));
      return Object.fromEntries(
        [...read, ...customSteps].map((step) => [step.name, 'timeout' in step ? step.timeout : '']),
      );
    };
    const explicit = { contracts: 30_000, quotes: 90 * minute, overview: '', score: 10 * minute };
    expect(await limits('')).toEqual({ ...explicit, equity: null, chains: null, snapshots: null });
    const five = 5 * minute;
    expect(await limits('defaults: { steps: { timeout: 5m } }')).toEqual({
      ...explicit,
      ...{ equity: five, chains: five, snapshots: five },
    });
  });

  it('for budgets are converted to typed budgets', async () => {
    const pipeline = await loadValid(`
      name: x
      symbols: [A]
      pacing:
        concurrency: 8
        budgets:
          - { name: history, kind: rolling, limit: 60, window: 10m, weights: { BID_ASK: 2 }, datasets: [equity_bars] }
          - { name: same, kind: rolling, limit: 6, window: 2s, scope: contract, margin: 300ms }
          - { name: open, kind: open, limit: 50, bar_sizes: [1 secs] }
      ${steps}
    `);
    expect(pipeline.pacing).toEqual({
      rules: 'default',
      concurrency: 8,
      budgets: [
        {
          name: 'history',
          kind: 'rolling',
          scope: 'account',
          limit: 60,
          span: 10 * minute,
          weights: { BID_ASK: 2 },
          datasets: ['equity_bars'],
        },
        { name: 'same', kind: 'rolling', scope: 'contract', limit: 6, span: 2_000, margin: 300 },
        { name: 'open', kind: 'open', scope: 'account', limit: 50, barSizes: ['1 secs'] },
      ],
    });
  });

  it('for pacing can be the name of a set of rules', async () => {
    const pipeline = await loadValid(`name: x\nsymbols: [A]\npacing: relaxed\n${steps}`);
    expect(pipeline.pacing).toEqual({ rules: 'relaxed', budgets: null, concurrency: null });
    const both = await loadValid(`name: x\nsymbols: [A]\npacing: { rules: relaxed, concurrency: 3 }\n${steps}`);
    expect(both.pacing).toEqual({ rules: 'relaxed', budgets: null, concurrency: 3 });
  });

  it('for the gateway of Interactive Brokers have defaults and can all be set', async () => {
    const loadIbSettings = async (ib: string) =>
      (await loadValid(`name: x\nsymbols: [A]\n${steps}\nproviders: { ib: ${ib} }\n`)).providers.ib;
    const defaults = {
      host: '127.0.0.1',
      port: 7497,
      clientId: 17,
      account: null,
      marketDataType: 'live',
      allowDelayed: false,
    };
    expect(await loadIbSettings('{}')).toEqual(defaults);
    const settings =
      '{ host: gw, port: 4002, client_id: 3, account: DU1234567, market_data_type: delayed, allow_delayed: true }';
    expect(await loadIbSettings(settings)).toEqual({
      host: 'gw',
      port: 4002,
      clientId: 3,
      account: 'DU1234567',
      marketDataType: 'delayed',
      allowDelayed: true,
    });
  });

  it('with `what` instead of `price_type` have the same value', async () => {
    const priceTypes = async (key: string): Promise<unknown> => {
      const text = `name: x\nsymbols: [A]\ndefaults: { steps: { ${key}: MIDPOINT } }\nsteps: { contracts: {}, equity: { needs: contracts }, history: { needs: contracts, ${key}: BID } }`;
      return (await loadValid(text)).steps.map((step) => ('priceType' in step ? step.priceType : null));
    };
    expect(await priceTypes('what')).toEqual([null, 'BID', 'MIDPOINT']);
    expect(await priceTypes('price_type')).toEqual(await priceTypes('what'));
  });

  it('with both `what` and `price_type` are rejected', async () => {
    const step = 'equity: { needs: contracts, what: BID, price_type: ASK }';
    expect(await loadDiagnosticCodes(`name: x\nsymbols: [A]\nsteps: { contracts: {}, ${step} }`)).toEqual([
      'conflicting-keys',
    ]);
  });

  it.each([
    ['steps: { contracts: {}, equity: { needs: contracts, revision: 12h } }', 'revision_window'],
    ['steps: { contracts: {} }\nbreaker: { recovery: 1m }', 'cooldown'],
    ['steps: { contracts: {} }\nlineage: { keep: 90d }', 'retention'],
    ['steps: { contracts: {} }\nlogs: { keep: 7 }', 'max_files'],
    ['steps: { contracts: {} }\nschedule: { every: 5m, during: market }', 'market_hours'],
    ['steps: { contracts: {} }\nparallel: { symbols: 4 }', 'max_symbols'],
    ['steps: { contracts: {} }\nalerts: { rules: [{ on: error_rate, above: 5 }] }', 'threshold'],
    ['steps: { contracts: {} }\nproviders: { ib: { data: live } }', 'market_data_type'],
    ['steps: { contracts: {} }\npacing: { budgets: [{ name: a, kind: rolling, limit: 1, per: 1s }] }', 'window'],
  ])('with another term are reported with the right name: %s', async (text, setting) => {
    const loaded = await loadFiles({ 'a.yaml': `name: x\nsymbols: [A]\n${text}\n` });
    expect(loaded).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'unknown-key', suggestion: `did you mean \`${setting}\`?` }],
    });
  });

  it('can have dates instead of a lookback', async () => {
    const pipeline = await loadValid(
      `name: x\nsymbols: [A]\nsteps: { contracts: {}, equity: { needs: contracts, from: 2024-02-29, to: 2024-03-01 } }`,
    );
    expect(pipeline.steps[1]).toMatchObject({ lookback: { kind: 'dates', from: '2024-02-29', to: '2024-03-02' } });
  });
});
