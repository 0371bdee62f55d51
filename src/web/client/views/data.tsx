import type { JSX } from 'preact';

import { apiPath, useDocument } from '../api.ts';
import { Lines } from '../charts/lines.tsx';
import type { IvDocument, OverviewsDocument } from '../documents.ts';
import { formatCount, formatNumber, formatPercent, pluralize } from '../format.ts';
import { useLive } from '../live.ts';
import { Empty, Figure, Panel, Select, Show, Table } from '../parts.tsx';
import { changeSettings, linkTo } from '../route.ts';
import type { Route } from '../route.ts';
import { NoSymbol, SymbolPicker } from '../symbol-picker.tsx';
import { Bars } from './bars.tsx';
import { Chain } from './chain.tsx';
import { SqlBox } from './sql.tsx';

const pages = [
  { name: 'bars', title: 'Bars' },
  { name: 'chain', title: 'Option chain' },
  { name: 'iv', title: 'Volatility' },
  { name: 'pcr', title: 'Put/call' },
  { name: 'sql', title: 'SQL' },
] as const;

export function DataView({ route }: { readonly route: Route }): JSX.Element {
  const page = route.settings.get('page') ?? 'bars';
  const symbol = route.settings.get('symbol');
  const table = page === 'bars' ? 'equity_bars' : page === 'chain' ? 'option_snapshots' : 'overviews';
  return (
    <div class="grid">
      <div class="tabs wide" role="navigation" aria-label="Data">
        <div class="list">
          {pages.map(({ name, title }) => (
            <a
              key={name}
              href={linkTo('data', { symbol, page: name })}
              aria-current={name === page ? 'page' : undefined}
            >
              {title}
            </a>
          ))}
        </div>
        {page === 'sql' ? null : (
          <SymbolPicker
            value={symbol}
            table={table}
            onChange={(value) => changeSettings({ symbol: value, expiry: null })}
          />
        )}
      </div>
      {page === 'sql' ? (
        <SqlBox />
      ) : symbol === null ? (
        <Panel title={pages.find(({ name }) => name === page)?.title ?? ''} wide>
          <NoSymbol table={table}>The list has the symbols of this lake that have such data.</NoSymbol>
        </Panel>
      ) : page === 'chain' ? (
        <Chain symbol={symbol} expiry={route.settings.get('expiry')} />
      ) : page === 'iv' ? (
        <Volatility symbol={symbol} days={route.settings.get('days') ?? '252'} />
      ) : page === 'pcr' ? (
        <Ratios symbol={symbol} />
      ) : (
        <Bars symbol={symbol} bar={route.settings.get('bar') ?? '1 day'} />
      )}
    </div>
  );
}

function toSeconds(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000;
}

function Volatility({ symbol, days }: { readonly symbol: string; readonly days: string }): JSX.Element {
  const { lakeVersion } = useLive();
  const iv = useDocument<IvDocument>(apiPath('iv', { symbol, days }), lakeVersion);
  const options = ['30', '60', '120', '252', '504'].map((value) => ({ value, text: `${value} days` }));
  return (
    <Panel
      title={`Implied volatility of ${symbol}`}
      wide
      side={
        <Select
          label="look back"
          value={days}
          options={options}
          onChange={(value) => changeSettings({ days: value })}
        />
      }
    >
      <Show loaded={iv}>
        {(value) => {
          const { p25, p50, p75, low, high } = value.quartiles;
          const last = value.days.at(-1);
          return (
            <>
              <dl class="figures">
                <Figure label={`at the money, ${last?.date ?? ''}`} value={formatPercent(last?.iv)} unit="%" />
                <Figure
                  label="IV rank"
                  value={value.ivRank === null ? '–' : formatNumber(value.ivRank, 0)}
                  unit="of 100"
                />
                <Figure
                  label="IV percentile"
                  value={value.ivPercentile === null ? '–' : formatNumber(value.ivPercentile, 0)}
                  unit="%"
                />
                <Figure
                  label="term"
                  value={value.termDays === null ? '–' : formatCount(value.termDays)}
                  unit="calendar days"
                />
                <Figure label="history" value={formatCount(value.days.length)} unit="trading days" />
                <Figure label="range" value={`${formatPercent(low)} – ${formatPercent(high)}`} unit="%" />
              </dl>
              {value.ivRank === null ? (
                <p class="note">{`The rank needs 30 trading days of history; ${pluralize(value.ivDays, 'day')} are stored.`}</p>
              ) : null}
              <Lines
                label={`At-the-money volatility of ${symbol} over ${String(value.days.length)} trading days`}
                x={value.days.map(({ date }) => toSeconds(date))}
                xLabel="session"
                isTime
                lines={[{ label: 'IV %', color: '--accent', values: value.days.map(({ iv: one }) => one * 100) }]}
                formatValue={(one) => one.toFixed(1)}
                levels={
                  value.days.length < 4
                    ? []
                    : [
                        { value: p25 * 100, text: 'first quartile' },
                        { value: p50 * 100, text: 'median' },
                        { value: p75 * 100, text: 'third quartile' },
                      ]
                }
              />
              <details>
                <summary>As a table</summary>
                <Table
                  caption="Volatility by session"
                  rows={[...value.days].reverse()}
                  keyOf={({ date }) => date}
                  columns={[
                    { title: 'session', cell: ({ date }) => date },
                    { title: 'IV', unit: '%', align: 'right', cell: ({ iv: one }) => formatPercent(one, 2) },
                  ]}
                />
              </details>
            </>
          );
        }}
      </Show>
    </Panel>
  );
}

function Ratios({ symbol }: { readonly symbol: string }): JSX.Element {
  const { lakeVersion } = useLive();
  const overviews = useDocument<OverviewsDocument>(apiPath('overviews', { symbol }), lakeVersion);
  return (
    <Panel title={`Put/call ratios of ${symbol}`} wide>
      <Show loaded={overviews}>
        {({ rows }) => {
          const last = rows.at(-1);
          if (last === undefined)
            return (
              <Empty title={`No overview of ${symbol} in this lake.`}>
                Add the steps <code>snapshots</code> and <code>overview</code> to a pipeline.
              </Empty>
            );
          return (
            <>
              <dl class="figures">
                <Figure label={`by open interest, ${last.session}`} value={formatNumber(last.pcr_oi)} />
                <Figure label="by volume" value={formatNumber(last.pcr_volume)} />
                <Figure
                  label="calls open"
                  value={last.total_call_oi === null ? '–' : formatCount(last.total_call_oi)}
                  unit="contracts"
                />
                <Figure
                  label="puts open"
                  value={last.total_put_oi === null ? '–' : formatCount(last.total_put_oi)}
                  unit="contracts"
                />
                <Figure label="trend" value={last.trend ?? '–'} />
                <Figure label="volatility index" value={formatNumber(last.vix)} />
              </dl>
              <Lines
                label={`Put/call ratios of ${symbol}`}
                x={rows.map(({ session }) => toSeconds(session))}
                xLabel="session"
                isTime
                lines={[
                  { label: 'by open interest', color: '--accent', values: rows.map(({ pcr_oi: value }) => value) },
                  { label: 'by volume', color: '--warn', values: rows.map(({ pcr_volume: value }) => value) },
                ]}
                formatValue={(value) => value.toFixed(2)}
                levels={[{ value: 1, text: 'as many puts as calls' }]}
              />
              <Table
                caption="Overviews by session"
                rows={[...rows].reverse()}
                keyOf={({ session }) => session}
                max={60}
                columns={[
                  { title: 'session', cell: ({ session }) => session },
                  { title: 'by open interest', align: 'right', cell: (row) => formatNumber(row.pcr_oi, 3) },
                  { title: 'by volume', align: 'right', cell: (row) => formatNumber(row.pcr_volume, 3) },
                  { title: 'IV', unit: '%', align: 'right', cell: (row) => formatPercent(row.atm_iv, 2) },
                  { title: 'underlying', align: 'right', cell: (row) => formatNumber(row.spot_price) },
                ]}
              />
            </>
          );
        }}
      </Show>
    </Panel>
  );
}
