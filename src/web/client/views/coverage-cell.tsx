import type { JSX } from 'preact';

import { RunButton } from '../actions.tsx';
import { apiPath, useDocument } from '../api.ts';
import type { PipelinesDocument } from '../../server/documents.ts';
import type { LineageDocument, LineageWindow } from '../documents.ts';
import { formatCount, formatTime, formatWindow, shortId } from '../format.ts';
import { useLive } from '../live.ts';
import { Badge, Empty, Panel, Show, Table } from '../parts.tsx';
import { linkTo } from '../route.ts';
import { Why } from '../why.tsx';

/** What each state means, in the words of the documentation. */
export const meanings: Readonly<Record<string, string>> = {
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

/** States that a run can change; `unavailable` needs `--force` on the command line. */
const fetchableStates: readonly string[] = ['none', 'partial', 'failed', 'missing', 'denied', 'empty', 'provisional'];

/** A cell of the map that is open. */
export interface Selected {
  readonly symbol: string;
  readonly row: string;
  readonly variant: string | null;
  readonly provider: string;
  readonly session: string;
  readonly state: string;
}

/** The bar size of a row: of its series, or of the series that the rows have in common. */
function findBarSize({ symbol, row, variant }: Selected, dataset: string): string | null {
  if (dataset === 'equity_bars') return (row === symbol ? variant : row)?.split('/')[0] ?? null;
  if (dataset !== 'option_bars') return null;
  return (row === symbol ? variant?.split('/')[0] : row.split('/')[3]) ?? null;
}

/** The windows of one cell: state, request, provider, what was asked; and how to fetch it. */
export function CellPanel({
  selected,
  dataset,
}: {
  readonly selected: Selected;
  readonly dataset: string;
}): JSX.Element {
  const { lakeVersion } = useLive();
  const { symbol, row, provider, session, state } = selected;
  const series = row === symbol ? null : row;
  const path = apiPath('lineage', { symbol, dataset, from: session, to: session, provider, series });
  const lineage = useDocument<LineageDocument>(path, lakeVersion);
  const pipelines = useDocument<PipelinesDocument>(apiPath('pipelines', { symbol, dataset, provider }), 0);
  const owner =
    pipelines.kind === 'ready' ? pipelines.value.pipelines.flatMap((one) => (one.ok ? [one] : []))[0] : null;
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
          {owner === null || owner === undefined || !fetchableStates.includes(state) ? null : (
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
      {owner === undefined && fetchableStates.includes(state) ? (
        <p class="note">{`No pipeline of this server requests ${dataset} of ${symbol} from ${provider}, so nothing can fetch it from here.`}</p>
      ) : null}
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
                      '–'
                    ) : (
                      <code>{JSON.stringify(window.sent)}</code>
                    ),
                },
                ...(windows.some(({ reason }) => reason !== undefined)
                  ? [{ title: 'reason', cell: (window: LineageWindow) => window.reason ?? '–' }]
                  : []),
              ]}
            />
          );
        }}
      </Show>
    </Panel>
  );
}
