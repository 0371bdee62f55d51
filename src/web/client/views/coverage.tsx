import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { RunButton } from '../actions.tsx';
import { apiPath, useDocument } from '../api.ts';
import { createHeatMap, stateAt } from '../charts/heat-map.ts';
import type { Cell, HeatMap } from '../charts/heat-map.ts';
import type { CoverageDocument, LineageDocument, PipelinesDocument } from '../documents.ts';
import { formatCount, formatTime, formatWindow, pluralize, shortId } from '../format.ts';
import { useLive } from '../live.ts';
import { Badge, Empty, Panel, Select, Show, Table } from '../parts.tsx';
import { Why } from '../why.tsx';
import { changeSettings, linkTo } from '../route.ts';
import type { Route } from '../route.ts';

const tables = [
  'equity_bars',
  'option_bars',
  'option_snapshots',
  'chains',
  'quotes',
  'overviews',
  'contracts',
  'history_starts',
];

/** What each state means, in the words of the documentation. */
const meanings: Readonly<Record<string, string>> = {
  data: 'rows are stored',
  provisional: 'answered; the provider may still revise it',
  empty: 'the provider has no rows, confirmed',
  unavailable: 'the provider no longer has it',
  denied: 'no permission',
  partial: 'a part of the session was requested',
  failed: 'requested without an answer; requested again',
  missing: 'rows were stored and are lost; requested again',
  rescaled: 'prices are on the scale before a split or a dividend',
  none: 'never requested',
};

interface Selected {
  readonly symbol: string;
  readonly row: string;
  readonly variant: string | null;
  readonly provider: string;
  readonly session: string;
  readonly state: string;
}

export function CoverageView({ route }: { readonly route: Route }): JSX.Element {
  const { lakeVersion } = useLive();
  const dataset = route.settings.get('dataset') ?? 'equity_bars';
  const variant = route.settings.get('variant');
  const symbol = route.settings.get('symbol');
  const path = apiPath('coverage', { dataset, variant, symbol, from: route.settings.get('from') });
  const map = useDocument<CoverageDocument>(path, lakeVersion);
  const [selected, setSelected] = useState<Selected | null>(null);
  useEffect(() => setSelected(null), [path]);
  return (
    <div class="grid">
      <Panel
        title={symbol === null ? 'Symbols × sessions' : `Series of ${symbol} × sessions`}
        wide
        side={
          <>
            <Select
              label="table"
              value={dataset}
              options={tables}
              onChange={(value) => changeSettings({ dataset: value, variant: null })}
            />
            {map.kind === 'ready' && map.value.variants.length > 1 ? (
              <Select
                label="series"
                value={map.value.variant ?? ''}
                options={map.value.variants.map((one) => ({
                  value: one.variant,
                  text: `${one.variant} (${formatCount(one.series)})`,
                }))}
                onChange={(value) => changeSettings({ variant: value })}
              />
            ) : null}
            {symbol === null ? null : (
              <button type="button" onClick={() => changeSettings({ symbol: null })}>
                all symbols
              </button>
            )}
          </>
        }
      >
        <Show loaded={map}>
          {(value) =>
            value.rows.names.length === 0 ? (
              <Empty title={`No window of ${dataset} was requested yet.`}>
                Add the step to a pipeline and run it; <a href={linkTo('plan')}>the plan</a> shows what would be
                fetched.
              </Empty>
            ) : (
              <Map map={value} symbol={symbol} onSelect={setSelected} />
            )
          }
        </Show>
      </Panel>
      {selected === null ? null : <CellPanel selected={selected} dataset={dataset} />}
    </div>
  );
}

function Map(props: {
  readonly map: CoverageDocument;
  readonly symbol: string | null;
  readonly onSelect: (selected: Selected) => void;
}): JSX.Element {
  const { map, symbol, onSelect } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const heatMap = useRef<HeatMap | null>(null);
  const [hovered, setHovered] = useState<Cell | null>(null);
  const describe = (cell: Cell): Selected => ({
    symbol: symbol ?? map.rows.names[cell.row] ?? '',
    row: map.rows.names[cell.row] ?? '',
    variant: map.variant,
    provider: map.rows.providers[cell.row] ?? '',
    session: map.sessions[cell.session] ?? '',
    state: stateAt(map, cell),
  });
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const created = createHeatMap(canvas.current, map);
    created.onHover = setHovered;
    created.onSelect = (cell) => onSelect(describe(cell));
    heatMap.current = created;
    canvas.current.dataset['ready'] = 'true';
    return () => created.dispose();
  }, [map]);
  const shown = hovered === null ? null : describe(hovered);
  const onKey = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? 20 : 1;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowUp: () => heatMap.current?.moveCursor(-step, 0),
      ArrowDown: () => heatMap.current?.moveCursor(step, 0),
      ArrowLeft: () => heatMap.current?.moveCursor(0, -step),
      ArrowRight: () => heatMap.current?.moveCursor(0, step),
      '+': () => heatMap.current?.zoom(1.5),
      '=': () => heatMap.current?.zoom(1.5),
      '-': () => heatMap.current?.zoom(1 / 1.5),
      '0': () => heatMap.current?.fit(),
      Enter: () => heatMap.current?.selectCursor(),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
  const total = Object.values(map.counts).reduce((sum, count) => sum + count, 0);
  return (
    <>
      <div class="bar">
        <FindRow map={map} onFind={(row) => heatMap.current?.scrollToRow(row)} />
        <div class="buttons">
          <button type="button" aria-label="Zoom out" onClick={() => heatMap.current?.zoom(1 / 1.5)}>
            −
          </button>
          <button type="button" aria-label="Zoom in" onClick={() => heatMap.current?.zoom(1.5)}>
            +
          </button>
          <button type="button" onClick={() => heatMap.current?.fit()}>
            fit
          </button>
        </div>
        <p class="reading" aria-live="polite">
          {shown === null ? (
            <span class="quiet">
              {pluralize(
                map.rows.names.length,
                symbol === null ? 'symbol' : 'series',
                symbol === null ? 'symbols' : 'series',
              )}{' '}
              × {pluralize(map.sessions.length, 'session')}; drag to move, ctrl + wheel to zoom, click a cell
            </span>
          ) : (
            <>
              <strong>{shown.row}</strong> {shown.session} <Badge word={shown.state} />{' '}
              <span class="quiet">{meanings[shown.state] ?? ''}</span>
            </>
          )}
        </p>
      </div>
      <canvas
        ref={canvas}
        class={`heat${map.rows.names.length < 14 ? ' few' : ''}`}
        tabIndex={0}
        role="application"
        aria-label="Coverage map: arrow keys move, plus and minus zoom, Enter opens a cell. The table below has the same totals."
        onKeyDown={onKey}
      />
      <ul class="legend" aria-label="Sessions by state">
        {Object.entries(meanings)
          .filter(([state]) => (map.counts[state] ?? 0) > 0)
          .map(([state, meaning]) => (
            <li key={state} title={meaning}>
              <span class={`swatch ${state}`} aria-hidden="true" />
              {state === 'none' ? 'not requested' : state}{' '}
              <span class="quiet">
                {formatCount(map.counts[state] ?? 0)} (
                {(((map.counts[state] ?? 0) * 100) / Math.max(1, total)).toFixed(1)} %)
              </span>
            </li>
          ))}
      </ul>
      {map.moreRows > 0 ? (
        <p class="note">{`${formatCount(map.moreRows)} more rows are not shown; choose a symbol or a provider.`}</p>
      ) : null}
    </>
  );
}

function FindRow({
  map,
  onFind,
}: {
  readonly map: CoverageDocument;
  readonly onFind: (row: number) => void;
}): JSX.Element {
  const [text, setText] = useState('');
  const find = (event: Event): void => {
    event.preventDefault();
    const wanted = text.trim().toUpperCase();
    const { names } = map.rows;
    const exact = names.findIndex((name) => name.toUpperCase() === wanted);
    const row = exact >= 0 ? exact : names.findIndex((name) => name.toUpperCase().startsWith(wanted));
    if (wanted !== '' && row >= 0) onFind(row);
  };
  return (
    <form class="find" onSubmit={find}>
      <label class="field">
        <span>find</span>
        <input value={text} placeholder="AAPL" size={10} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
    </form>
  );
}

/** The bar size of a row: of its series, or of the series that the rows have in common. */
function findBarSize({ symbol, row, variant }: Selected, dataset: string): string | null {
  if (dataset === 'equity_bars') return (row === symbol ? variant : row)?.split('/')[0] ?? null;
  if (dataset !== 'option_bars') return null;
  return (row === symbol ? variant?.split('/')[0] : row.split('/')[3]) ?? null;
}

/** The windows of one cell: state, request, provider, what was asked; and how to fetch it. */
function CellPanel({ selected, dataset }: { readonly selected: Selected; readonly dataset: string }): JSX.Element {
  const { lakeVersion } = useLive();
  const { symbol, row, provider, session, state } = selected;
  const series = row === symbol ? null : row;
  const path = apiPath('lineage', { symbol, dataset, from: session, to: session, provider, series });
  const lineage = useDocument<LineageDocument>(path, lakeVersion);
  const pipelines = useDocument<PipelinesDocument>(apiPath('pipelines'), 0);
  const usable = pipelines.kind === 'ready' ? pipelines.value.pipelines.flatMap((one) => (one.ok ? [one] : [])) : [];
  const owner = usable.find((one) => one.firstSymbols.includes(symbol)) ?? usable[0];
  return (
    <Panel
      title={`${symbol} on ${session}`}
      wide
      side={
        <>
          <a class="button" href={linkTo('coverage', { dataset, symbol })}>
            its series
          </a>
          <a class="button" href={linkTo('data', { symbol })}>
            data
          </a>
          <a class="button" href={linkTo('lineage', { symbol, dataset })}>
            lineage
          </a>
          {owner === undefined ? null : (
            <RunButton
              label="fetch this"
              request={{
                pipeline: owner.name,
                symbols: [symbol],
                from: session,
                to: session,
                ...(state === 'denied' ? { retry: 'denied' } : state === 'empty' ? { retry: 'empty' } : {}),
              }}
              question={`Start a run of ${owner.name} for ${symbol} on ${session}?`}
            />
          )}
        </>
      }
    >
      <p>
        <Badge word={state} /> {meanings[state] ?? ''}
        {series === null ? '' : `, ${series}`}, from {provider}
      </p>
      <Why symbol={symbol} date={session} dataset={dataset} bar={findBarSize(selected, dataset)} provider={provider} />
      <Show loaded={lineage}>
        {(value) => {
          const windows = value.datasets.flatMap((one) =>
            one.windows.map((window) => ({ ...window, series: one.series })),
          );
          if (windows.length === 0)
            return (
              <Empty title="No request has covered this session.">
                It lies outside of what a pipeline wants, or before its first run.{' '}
                <code>{`pipe plan --symbols ${symbol}`}</code> says which.
              </Empty>
            );
          return (
            <Table
              caption="Windows of this cell"
              rows={windows}
              keyOf={(window, index) => `${window.requestId} ${String(index)}`}
              max={50}
              columns={[
                {
                  title: 'window',
                  cell: (window) => formatWindow(window.start, window.end),
                },
                { title: 'state', cell: (window) => <Badge word={window.state} /> },
                { title: 'rows', align: 'right', cell: (window) => formatCount(window.rows) },
                { title: 'requested', minor: true, cell: (window) => formatTime(window.requestedAt, null, true) },
                {
                  title: 'run',
                  cell: (window) => <a href={linkTo('runs', { run: window.runId })}>{shortId(window.runId)}</a>,
                },
                { title: 'series', minor: true, cell: (window) => <code>{window.series}</code> },
                {
                  title: 'asked for',
                  minor: true,
                  cell: (window) =>
                    window.sent === null || window.sent === undefined ? (
                      (window.reason ?? '–')
                    ) : (
                      <code>{JSON.stringify(window.sent)}</code>
                    ),
                },
              ]}
            />
          );
        }}
      </Show>
    </Panel>
  );
}
