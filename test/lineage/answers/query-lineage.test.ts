import { describe, expect, test } from 'vitest';
import { queryLineage } from '../../../src/lineage/answers/query-lineage.js';
import { toLineageDocument } from '../../../src/lineage/answers/json.js';
import { toDownstreamDocument, findDownstream, formatDownstream } from '../../../src/lineage/answers/downstream.js';
import { renderLineageHtml } from '../../../src/lineage/answers/html.js';
import { renderLineageMermaid } from '../../../src/lineage/answers/mermaid.js';
import { toSourcesDocument, summarizeSources, formatSources } from '../../../src/lineage/answers/lineage-sources.js';
import { formatLineageTree } from '../../../src/lineage/answers/tree.js';
import { day } from '../../../src/core/time/time.js';
import { appleFacts, days, fact, createFactSource, monday, runs } from './sample-facts.js';

const lake = createFactSource([
  ...appleFacts(),
  fact(0, 200, 'contracts/MSFT', { start: monday, end: monday + 1 }, 'data', 1),
]);

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

describe('queryLineage', () => {
  test('returns a JSON document of the windows and upstream requests of a series', async () => {
    const result = await queryLineage(lake, { symbol: 'AAPL', datasets: ['equity_bars'] });
    await expect(json(toLineageDocument(result))).toMatchFileSnapshot('expected/equity-json.txt');
  });

  test('returns a JSON document with the documented keys', async () => {
    const document = JSON.parse(json(toLineageDocument(await queryLineage(lake, { symbol: 'AAPL' })))) as {
      datasets: { windows: object[] }[];
    };
    expect(Object.keys(document)).toEqual(expect.arrayContaining(['symbol', 'datasets']));
    for (const series of document.datasets) {
      expect(Object.keys(series)).toEqual(expect.arrayContaining(['dataset', 'series', 'windows']));
      for (const window of series.windows) {
        expect(Object.keys(window)).toEqual(
          expect.arrayContaining(['start', 'end', 'state', 'rows', 'runId', 'requestId', 'provider', 'requestedAt']),
        );
      }
    }
  });

  test('finds the upstream requests of option bars: chain, equity bars and contract', async () => {
    const result = await queryLineage(lake, { symbol: 'AAPL', datasets: ['option_bars'] });
    const ids = result.upstream.map(({ requestId }) => requestId);
    expect(ids).toEqual([`${runs[2]}/1`, `${runs[1]}/2`, `${runs[1]}/1`, `${runs[0]}/3`, `${runs[0]}/1`]);
  });

  test('shows what a request and its upstream requests asked, as far as it is recorded', async () => {
    const result = await queryLineage(lake, { symbol: 'AAPL', datasets: ['option_bars'] });
    const latest = result.datasets[0]?.windows.at(-1)?.requestId ?? '';
    const sent = new Map([
      [latest, [{ con_id: 265598, duration: '1 Y', bar_size: '1 day' }]],
      [`${runs[0]}/1`, [{ symbol: 'AAPL', sec_type: 'STK' }]],
    ]);
    const tree = formatLineageTree({ ...result, sent });
    expect(tree).toContain('asked: con_id 265598, duration 1 Y, bar_size 1 day\n');
    expect(tree).toContain('asked: symbol AAPL, sec_type STK\n');
    const page = renderLineageHtml({ ...result, sent });
    expect(page).toContain('asked: con_id 265598, duration 1 Y, bar_size 1 day');
    expect(page).toContain('asked: symbol AAPL, sec_type STK');
    const { upstream } = toLineageDocument({ ...result, sent }) as { upstream: { requestId: string; sent: unknown }[] };
    expect(upstream.find(({ requestId }) => requestId === `${runs[0]}/1`)?.sent).toEqual([
      { symbol: 'AAPL', sec_type: 'STK' },
    ]);
  });

  test('looks up upstream requests of other symbols, and does not follow an earlier overview', async () => {
    const at = (index: number) => ({ start: monday + index, end: monday + index + 1 });
    const facts = [
      fact(0, 301, 'quotes/VIX', at(0), 'data', 1),
      fact(0, 302, 'overviews/SPY', at(1), 'data', 1, [`${runs[0]}/399`]),
      fact(1, 303, 'overviews/SPY', at(2), 'data', 1, [`${runs[0]}/301`, `${runs[0]}/302`]),
    ];
    const { upstream } = await queryLineage(createFactSource(facts), { symbol: 'SPY', runId: runs[1] });
    const found = upstream.map(({ series, upstream: ids }) => [series, ids]);
    expect(found).toEqual(
      expect.arrayContaining([
        ['quotes/VIX', []],
        ['overviews/SPY', []],
      ]),
    );
    expect(found).toHaveLength(2);
  });

  test('finds only the windows of the given time range or run', async () => {
    const { start, end } = days(1, 2);
    const byTime = await queryLineage(lake, { symbol: 'AAPL', datasets: ['equity_bars'], from: start, to: end });
    expect(byTime.datasets[0]?.windows.map(({ state }) => state)).toEqual(['provisional']);
    const before = await queryLineage(lake, { symbol: 'AAPL', datasets: ['equity_bars'], to: monday - 200 * day });
    expect(before.datasets[0]?.windows.map(({ start: from }) => from)).toEqual([monday - 250 * day]);
    // The second run replaced the provisional bar of the first.
    const byRun = await queryLineage(lake, { symbol: 'AAPL', datasets: ['equity_bars'], runId: runs[0] });
    expect(byRun.datasets[0]?.windows.map(({ state, rows }) => [state, rows])).toEqual([['data', 173]]);
  });

  test('returns null rows for a window that was partly replaced', async () => {
    const result = await queryLineage(lake, { symbol: 'AAPL', datasets: ['option_bars'] });
    const cut = result.datasets.find(({ series }) => series.includes('/235/C/'));
    expect(cut?.windows.map(({ rows, state }) => [state, rows])).toEqual([
      ['data', null],
      ['data', 1],
      ['data', null],
      ['data', 2],
    ]);
  });

  test.each([
    ['tree', { symbol: 'AAPL' }, {}],
    ['tree-all', { symbol: 'AAPL' }, { all: true }],
    ['tree-none', { symbol: 'ZZZ' }, {}],
  ])('as a tree: %s', async (name, query, options) => {
    await expect(formatLineageTree(await queryLineage(lake, query), options)).toMatchFileSnapshot(
      `expected/${name}.txt`,
    );
  });

  test('renders a Mermaid flowchart of requests if they are few, of tables otherwise', async () => {
    await expect(
      renderLineageMermaid(await queryLineage(lake, { symbol: 'AAPL', datasets: ['equity_bars'] })),
    ).toMatchFileSnapshot('expected/few.mmd');
    const many = appleFacts().concat(
      Array.from({ length: 60 }, (_, index) =>
        fact(2, 300 + index, 'equity_bars/AAPL/1 min/TRADES/rth', days(index, index + 1), 'data', 390, [
          `${runs[0]}/1`,
        ]),
      ),
    );
    await expect(
      renderLineageMermaid(await queryLineage(createFactSource(many), { symbol: 'AAPL' })),
    ).toMatchFileSnapshot('expected/many.mmd');
  });

  test('formats thousands of windows as a tree of a few lines', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) =>
      fact(2, index, 'equity_bars/AAPL/1 min/TRADES/rth', days(index, index + 1), 'data', 390),
    );
    const tree = formatLineageTree(await queryLineage(createFactSource(many), { symbol: 'AAPL' }));
    expect(tree.split('\n').length).toBeLessThan(8);
    expect(tree).toContain('1,950,000 rows  5,000 windows, 5,000 requests, 1 run');
  });

  test('separates ranges at a gap that is longer than a weekend', async () => {
    const holes = [days(0, 5), days(7, 12), days(30, 35)].map((window, index) =>
      fact(2, index, 'equity_bars/AAPL/1 min/TRADES/rth', window, 'data', 1950),
    );
    const tree = formatLineageTree(await queryLineage(createFactSource(holes), { symbol: 'AAPL' }));
    expect(tree).toContain('2026-12-16 05:00 → 2026-12-21 05:00 UTC  data  1,950 rows\n');
    expect(tree).toContain('2026-11-16 05:00 → 2026-11-28 05:00 UTC  data  3,900 rows  2 windows');
  });

  test('renders a self-contained HTML page', async () => {
    const page = renderLineageHtml(await queryLineage(lake, { symbol: 'AAPL' }));
    expect(page).not.toMatch(/<(script|link|img|iframe)\b|src\s*=|url\(|@import|href="(?!#)/);
    expect(page).not.toMatch(/undefined|NaN|Infinity|\[object/);
    expect(page).toContain('no market data permission');
    const evil = fact(0, 1, 'contracts/<b>%2F"&', days(0, 1), 'failed', 0, [], '<script>alert(1)</script>');
    expect(renderLineageHtml(await queryLineage(createFactSource([evil]), { symbol: '<b>/"&' }))).not.toMatch(
      /<script|<b>/,
    );
  });
});

describe('findDownstream', () => {
  test('finds everything downstream of a contract, through chains and bars', () => {
    const downstream = findDownstream('AAPL', appleFacts(), { dataset: 'contracts' });
    expect(downstream.requests).toHaveLength(22);
    expect(new Set(downstream.requests.map(({ dataset }) => dataset))).toEqual(
      new Set(['chains', 'equity_bars', 'option_bars']),
    );
  });

  test('finds the options downstream of one chain', async () => {
    const downstream = findDownstream('AAPL', appleFacts(), { request: `${runs[1]}/1` });
    expect(new Set(downstream.requests.map(({ dataset }) => dataset))).toEqual(new Set(['option_bars']));
    await expect(formatDownstream(downstream)).toMatchFileSnapshot('expected/downstream.txt');
    expect(json(toDownstreamDocument(downstream))).toContain('"requestedAt": "2026-11-18');
  });

  test('returns no results for a request without dependents and for an unknown request', () => {
    expect(formatDownstream(findDownstream('AAPL', appleFacts(), { request: `${runs[0]}/2` }))).toBe(
      `AAPL: no request depends on request ${runs[0]}/2 (chains/AAPL)\n`,
    );
    expect(formatDownstream(findDownstream('AAPL', appleFacts(), { request: 'x/1' }))).toBe(
      'AAPL: no matching request in the log\n',
    );
  });
});

describe('summarizeSources', () => {
  test('summarizes facts by provider and table', async () => {
    await expect(formatSources(await summarizeSources(lake.readFacts({})))).toMatchFileSnapshot('expected/sources.txt');
    expect(toSourcesDocument(await summarizeSources(lake.readFacts({ symbol: 'MSFT' })))).toEqual([
      {
        provider: 'mock',
        dataset: 'contracts',
        symbols: 1,
        series: 1,
        requests: 1,
        runs: 1,
        rows: 1,
        windows: { data: 1 },
        pipelines: ['daily'],
        firstRequestedAt: '2026-11-16T23:03:20Z',
        lastRequestedAt: '2026-11-16T23:03:20Z',
      },
    ]);
    expect(formatSources(await summarizeSources(lake.readFacts({ symbol: 'ZZZ' })))).toBe(
      'the lake is empty: no request was ever sent\n',
    );
  });
});
