import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { apiPath, useDocument } from '../api.ts';
import { stateAt } from '../charts/heat-map/cells.ts';
import { createHeatMap } from '../charts/heat-map/heat-map.ts';
import type { HeatMap } from '../charts/heat-map/heat-map.ts';
import type { Cell } from '../charts/heat-map/viewport.ts';
import type { CoverageMap } from '../../../queries/coverage-map/document.ts';
import { formatCount, pluralize } from '../format.ts';
import { useLive } from '../live.ts';
import { Badge, Empty, Panel, Select, Show } from '../parts.tsx';
import { changeSettings, linkTo } from '../route.ts';
import type { Route } from '../route.ts';
import { CellPanel, meanings } from './coverage-cell.tsx';
import type { Selected } from './coverage-cell.tsx';

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

export function CoverageView({ route }: { readonly route: Route }): JSX.Element {
  const { lakeVersion } = useLive();
  const dataset = route.settings.get('dataset') ?? 'equity_bars';
  const variant = route.settings.get('variant');
  const symbol = route.settings.get('symbol');
  const path = apiPath('coverage', { dataset, variant, symbol, from: route.settings.get('from') });
  const map = useDocument<CoverageMap>(path, lakeVersion);
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
              <HeatMapPanel map={value} symbol={symbol} onSelect={setSelected} />
            )
          }
        </Show>
      </Panel>
      {selected === null ? null : <CellPanel selected={selected} dataset={dataset} />}
    </div>
  );
}

function HeatMapPanel(props: {
  readonly map: CoverageMap;
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
    const created = createHeatMap(canvas.current, map, {
      onHover: setHovered,
      onSelect: (cell) => onSelect(describe(cell)),
    });
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
  const counts = new Map<string, number>(Object.entries(map.counts));
  const total = Object.values(map.counts).reduce((sum, count) => sum + count, 0);
  const shownStates = Object.entries(meanings).flatMap(([state, meaning]) => {
    const count = counts.get(state) ?? 0;
    return count === 0 ? [] : [{ state, meaning, count }];
  });
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
        {shownStates.map(({ state, meaning, count }) => (
          <li key={state} title={meaning}>
            <span class={`swatch ${state}`} aria-hidden="true" />
            {state === 'none' ? 'not requested' : state}{' '}
            <span class="quiet">
              {formatCount(count)} ({((count * 100) / Math.max(1, total)).toFixed(1)} %)
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

function FindRow({ map, onFind }: { readonly map: CoverageMap; readonly onFind: (row: number) => void }): JSX.Element {
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
