import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { apiPath, useDocument } from '../api.ts';
import { Graph } from '../charts/graph.tsx';
import type { GraphEdge, GraphNode } from '../charts/graph.tsx';
import type { LineageDocument, LineageWindow } from '../documents.ts';
import { formatCount, formatTime, formatWindow, pluralize, shortId } from '../format.ts';
import { useLive } from '../live.ts';
import { Badge, Panel, Select, Show, Table } from '../parts.tsx';
import { NoSymbol, SymbolPicker } from '../symbol-picker.tsx';
import { changeSettings, linkTo } from '../route.ts';
import type { Route } from '../route.ts';

export function LineageView({ route }: { readonly route: Route }): JSX.Element {
  const { lakeVersion } = useLive();
  const symbol = route.settings.get('symbol');
  const dataset = route.settings.get('dataset');
  const lineage = useDocument<LineageDocument>(symbol === null ? null : apiPath('lineage', { symbol }), lakeVersion);
  return (
    <div class="grid">
      <Panel
        title="From source to value"
        wide
        side={<SymbolPicker value={symbol} onChange={(value) => changeSettings({ symbol: value, dataset: null })} />}
      >
        {symbol === null ? (
          <NoSymbol>Its graph shows the sources, requests and tables that its values came from.</NoSymbol>
        ) : (
          <Show loaded={lineage}>{(value) => <LineageGraph lineage={value} />}</Show>
        )}
      </Panel>
      {symbol === null || lineage.kind !== 'ready' ? null : <Requests lineage={lineage.value} dataset={dataset} />}
    </div>
  );
}

/** Sources on the left, then the tables, and between them what was derived from what. */
function LineageGraph({ lineage }: { readonly lineage: LineageDocument }): JSX.Element {
  const tables = new Map<string, LineageWindow[]>();
  for (const { dataset, windows } of lineage.datasets)
    tables.set(dataset, [...(tables.get(dataset) ?? []), ...windows]);
  const tableOf = new Map<string, string>();
  for (const [dataset, windows] of tables) for (const { requestId } of windows) tableOf.set(requestId, dataset);
  for (const { requestId, dataset } of lineage.upstream) if (!tableOf.has(requestId)) tableOf.set(requestId, dataset);
  const nodes: GraphNode[] = [];
  const edges = new Map<string, GraphEdge>();
  const addEdge = (from: string, to: string): void => void edges.set(`${from}\n${to}`, { from, to });
  for (const [dataset, windows] of tables) {
    const rows = windows.reduce((sum, window) => sum + window.rows, 0);
    const states = new Set(windows.map(({ state }) => state));
    nodes.push({
      id: dataset,
      title: dataset,
      note: pluralize(rows, 'row'),
      detail: `${pluralize(windows.length, 'window')}, ${[...states].join(', ')}`,
      tone: states.has('failed') || states.has('missing') ? 'bad' : states.has('denied') ? 'warn' : 'good',
      href: linkTo('lineage', { symbol: lineage.symbol, dataset }),
    });
    for (const window of windows) {
      const source = `source ${window.provider}`;
      addEdge(source, dataset);
      for (const upstream of window.upstream) {
        const from = tableOf.get(upstream);
        if (from !== undefined && from !== dataset) addEdge(from, dataset);
      }
    }
  }
  const providers = [...new Set([...tables.values()].flat().map(({ provider }) => provider))];
  for (const provider of providers)
    nodes.unshift({
      id: `source ${provider}`,
      title: provider,
      note: 'source',
      detail: pluralize(
        new Set(
          [...tables.values()]
            .flat()
            .filter((one) => one.provider === provider)
            .map(({ requestId }) => requestId),
        ).size,
        'request',
      ),
      tone: 'live',
      href: linkTo('sources'),
    });
  for (const { dataset } of lineage.upstream)
    if (!nodes.some(({ id }) => id === dataset))
      nodes.push({ id: dataset, title: dataset, note: 'upstream', detail: '', tone: 'quiet' });
  // An edge that a longer path implies hides the order.
  const list = [...edges.values()].filter(
    ({ from, to }) =>
      !from.startsWith('source ') ||
      ![...edges.values()].some((edge) => edge.to === to && !edge.from.startsWith('source ')),
  );
  return <Graph label={`Lineage of ${lineage.symbol}`} nodes={nodes} edges={list} />;
}

function Requests({
  lineage,
  dataset,
}: {
  readonly lineage: LineageDocument;
  readonly dataset: string | null;
}): JSX.Element {
  const datasets = [...new Set(lineage.datasets.map((one) => one.dataset))];
  const chosen = datasets.find((name) => name === dataset) ?? datasets[0] ?? '';
  const [open, setOpen] = useState<string | null>(null);
  const rows = lineage.datasets
    .filter((one) => one.dataset === chosen)
    .flatMap((one) => one.windows.map((window) => ({ ...window, series: one.series })))
    .sort((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1));
  const selected = rows.find((row) => `${row.requestId} ${row.series} ${row.start}` === open);
  return (
    <>
      <Panel
        title={`Requests of ${chosen}`}
        wide
        side={
          <Select
            label="table"
            value={chosen}
            options={datasets}
            onChange={(value) => changeSettings({ dataset: value })}
          />
        }
      >
        <Table
          caption="Requests, newest first"
          rows={rows}
          keyOf={(row, index) => `${row.requestId} ${String(index)}`}
          max={200}
          columns={[
            {
              title: 'request',
              cell: (row) => (
                <button
                  type="button"
                  class="plain"
                  onClick={() => setOpen(`${row.requestId} ${row.series} ${row.start}`)}
                >
                  {`#${row.requestId.slice(row.requestId.lastIndexOf('/') + 1)}`}
                </button>
              ),
            },
            { title: 'state', cell: (row) => <Badge word={row.state} /> },
            { title: 'rows', align: 'right', cell: (row) => formatCount(row.rows) },
            { title: 'window', cell: (row) => formatWindow(row.start, row.end) },
            { title: 'requested', minor: true, cell: (row) => formatTime(row.requestedAt, null, true) },
            { title: 'run', cell: (row) => <a href={linkTo('runs', { run: row.runId })}>{shortId(row.runId)}</a> },
            { title: 'series', minor: true, cell: (row) => <code>{row.series}</code> },
          ]}
        />
      </Panel>
      {selected === undefined ? null : (
        <Panel
          title="One request"
          wide
          side={
            <button type="button" onClick={() => setOpen(null)}>
              close
            </button>
          }
        >
          <dl class="pairs">
            <dt>request</dt>
            <dd>
              <code>{selected.requestId}</code>
            </dd>
            <dt>series</dt>
            <dd>
              <code>{selected.series}</code>
            </dd>
            <dt>provider</dt>
            <dd>{selected.provider}</dd>
            <dt>step, pipeline</dt>
            <dd>
              {selected.step}, {selected.pipeline.name}
            </dd>
            <dt>requested</dt>
            <dd>{formatTime(selected.requestedAt, null, true)}</dd>
            <dt>committed</dt>
            <dd>
              {formatTime(selected.committedAt, null, true)}, version {formatCount(selected.version)}
            </dd>
            <dt>asked for</dt>
            <dd>
              {selected.sent === null || selected.sent === undefined ? (
                <span class="quiet">the record of the run does not say</span>
              ) : (
                <pre class="code">{selected.sent.map((call) => JSON.stringify(call, null, 1)).join('\n')}</pre>
              )}
            </dd>
            <dt>built on</dt>
            <dd>
              {selected.upstream.length === 0
                ? 'nothing else'
                : selected.upstream.map((id) => <code key={id}>{id} </code>)}
            </dd>
            {selected.reason === undefined ? null : (
              <>
                <dt>reason</dt>
                <dd>{selected.reason}</dd>
              </>
            )}
          </dl>
        </Panel>
      )}
    </>
  );
}
