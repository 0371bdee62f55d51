import type { JSX } from 'preact';
import { Suspense, lazy } from 'preact/compat';

import { apiPath, useDocument } from '../api.ts';
import type { BarsDocument } from '../../server/documents.ts';
import { formatCount, formatNumber, formatPercent, formatTime, pluralize } from '../format.ts';
import { useLive } from '../live.ts';
import { Empty, Figure, Panel, Select, Show, Table } from '../parts.tsx';
import { changeSettings, linkTo } from '../route.ts';

// The charts are half of the code of the page: they are loaded when they are first shown.
const Candles = lazy(() => import('../charts/candles.tsx').then(({ Candles: component }) => ({ default: component })));

export function Bars({ symbol, bar }: { readonly symbol: string; readonly bar: string }): JSX.Element {
  const { lakeVersion } = useLive();
  const bars = useDocument<BarsDocument>(apiPath('bars', { symbol, bar }), lakeVersion);
  return (
    <Panel
      title={symbol}
      wide
      side={
        <Select
          label="bar"
          value={bar}
          options={bars.kind === 'ready' ? [...new Set([bar, ...bars.value.barSizes])] : [bar]}
          onChange={(value) => changeSettings({ bar: value })}
        />
      }
    >
      <Show loaded={bars}>
        {(value) =>
          value.bars.length === 0 ? (
            <Empty title={`No ${bar} bars of ${symbol} in this lake.`}>
              Add a step with <code>bar_size: {bar}</code> to a pipeline, or choose another size.
            </Empty>
          ) : (
            <>
              <BarFigures bars={value} />
              <Suspense fallback={<div class="loading">loading the chart…</div>}>
                <Candles bars={value} />
              </Suspense>
              <p class="note">
                {/day|week|month/.test(value.barSize) ? '' : `Times in ${value.timeZone ?? 'UTC'}. `}
                {value.gaps.length === 0
                  ? 'Every session between the first and the last bar has data.'
                  : `${pluralize(value.gaps.length, 'session')} without data, marked in the chart: ${value.gaps
                      .slice(-6)
                      .map(({ session, state }) => `${session} ${state === 'none' ? 'not requested' : state}`)
                      .join(', ')}.`}{' '}
                <a href={linkTo('coverage', { dataset: 'equity_bars', symbol })}>coverage</a>{' '}
                <a href={linkTo('lineage', { symbol, dataset: 'equity_bars' })}>lineage</a>
              </p>
              <details>
                <summary>The last bars as a table</summary>
                <Table
                  caption={`Bars of ${symbol}`}
                  rows={[...value.bars].reverse()}
                  keyOf={({ ts }) => ts}
                  max={60}
                  columns={[
                    { title: 'start', cell: ({ ts }) => formatTime(ts, value.timeZone) },
                    { title: 'open', align: 'right', cell: ({ open }) => formatNumber(open) },
                    { title: 'high', align: 'right', cell: ({ high }) => formatNumber(high) },
                    { title: 'low', align: 'right', cell: ({ low }) => formatNumber(low) },
                    { title: 'close', align: 'right', cell: ({ close }) => formatNumber(close) },
                    {
                      title: 'volume',
                      unit: 'shares',
                      align: 'right',
                      cell: ({ volume }) => (volume === null ? '–' : formatCount(volume)),
                    },
                  ]}
                />
              </details>
              <p class="credit">
                Candles by{' '}
                <a href="https://www.tradingview.com/" rel="noreferrer">
                  TradingView Lightweight Charts
                </a>
              </p>
            </>
          )
        }
      </Show>
    </Panel>
  );
}

function BarFigures({ bars }: { readonly bars: BarsDocument }): JSX.Element {
  const last = bars.bars.at(-1);
  const before = bars.bars.at(-2);
  const change =
    last?.close === null || last?.close === undefined || before?.close === null || before?.close === undefined
      ? null
      : last.close / before.close - 1;
  return (
    <dl class="figures">
      <Figure label={`close, ${last?.session ?? ''}`} value={formatNumber(last?.close)} unit={bars.currency ?? ''} />
      <Figure
        label="change"
        value={
          <span class={change === null ? '' : change >= 0 ? 'up' : 'down'}>
            {change === null ? '–' : `${change >= 0 ? '+' : ''}${formatPercent(change, 2)}`}
          </span>
        }
        unit="%"
      />
      <Figure
        label="volume"
        value={last?.volume === null || last?.volume === undefined ? '–' : formatCount(last.volume)}
        unit="shares"
      />
      <Figure label="bars" value={`${formatCount(bars.bars.length)}${bars.truncated ? ' (latest)' : ''}`} />
      <Figure label="source" value={bars.provider} />
    </dl>
  );
}
