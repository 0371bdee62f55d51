import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { apiPath, getJson, toProblem } from '../api.ts';
import type { ApiProblem } from '../api.ts';
import type { TableDocument } from '../../server/documents.ts';
import { formatSeconds, pluralize } from '../format.ts';
import { Panel, Problem, Select, Table } from '../parts.tsx';

/** Statements to begin with, those of the documentation among them. */
const examples: readonly { readonly value: string; readonly text: string }[] = [
  {
    text: 'last close of every symbol',
    value:
      'SELECT symbol, max(session) AS session, arg_max("close", ts) AS last_close\nFROM equity_bars\nWHERE bar_size = \'1 day\'\nGROUP BY symbol\nORDER BY symbol',
  },
  {
    text: 'rows of each table',
    value:
      "SELECT 'equity_bars' AS name, count(*) AS bars, count(DISTINCT symbol) AS symbols\nFROM equity_bars\nUNION ALL\nSELECT 'option_bars', count(*), count(DISTINCT symbol) FROM option_bars",
  },
  {
    text: 'realized volatility, 20 sessions',
    value:
      'SELECT symbol, session, sqrt(252) * stddev(r) OVER (PARTITION BY symbol ORDER BY session ROWS 19 PRECEDING) AS volatility\nFROM (\n  SELECT symbol, session, ln("close" / lag("close") OVER (PARTITION BY symbol ORDER BY session)) AS r\n  FROM equity_bars WHERE bar_size = \'1 day\'\n)\nORDER BY session DESC, symbol\nLIMIT 100',
  },
  { text: 'what was requested last', value: 'SELECT *\nFROM facts\nORDER BY requested_at DESC\nLIMIT 50' },
];

const limit = 1_000;

type State =
  | { readonly kind: 'idle' | 'running' }
  | { readonly kind: 'done'; readonly table: TableDocument; readonly seconds: number }
  | { readonly kind: 'failed'; readonly problem: ApiProblem };

export function SqlBox(): JSX.Element {
  const [sql, setSql] = useState(examples[0]?.value ?? '');
  const [state, setState] = useState<State>({ kind: 'idle' });
  const running = useRef<AbortController | null>(null);
  const run = (): void => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    const started = performance.now();
    setState({ kind: 'running' });
    getJson<TableDocument>(apiPath('query', { sql, format: 'table', limit }), own.signal).then(
      (table) => setState({ kind: 'done', table, seconds: (performance.now() - started) / 1000 }),
      (error: unknown) => {
        if (running.current === own)
          setState(own.signal.aborted ? { kind: 'idle' } : { kind: 'failed', problem: toProblem(error) });
      },
    );
  };
  const download = (format: string): string => apiPath('query', { sql, format, limit: 1_000_000 });
  return (
    <Panel
      title="SQL, read-only"
      wide
      side={
        <Select
          label="example"
          value={sql}
          options={
            examples.some(({ value }) => value === sql)
              ? examples
              : [{ value: sql, text: 'own statement' }, ...examples]
          }
          onChange={setSql}
        />
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <label class="hidden" for="sql">
          Statement
        </label>
        <textarea
          id="sql"
          class="code-input"
          rows={8}
          spellcheck={false}
          value={sql}
          onInput={(event) => setSql(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            run();
          }}
        />
        <div class="bar">
          <button type="submit" class="primary">
            run
          </button>
          {state.kind === 'running' ? (
            <button type="button" onClick={() => running.current?.abort()}>
              stop
            </button>
          ) : null}
          <a class="button" href={download('csv')} download="query.csv">
            CSV
          </a>
          <a class="button" href={download('parquet')} download="query.parquet">
            Parquet
          </a>
          <a class="button" href={download('json')} download="query.json">
            JSON
          </a>
          <span class="quiet">ctrl + Enter runs it; one statement that only reads, at most 30 seconds</span>
        </div>
      </form>
      {state.kind === 'running' ? <div class="loading">running…</div> : null}
      {state.kind === 'failed' ? <Problem problem={state.problem} /> : null}
      {state.kind === 'done' ? (
        <>
          <p class="note" role="status">
            {`${pluralize(state.table.rows.length, 'row')}${state.table.truncated ? ' and more: download all of them' : ''} in ${formatSeconds(state.seconds)}`}
          </p>
          <Table
            caption="Result"
            rows={state.table.rows}
            keyOf={(_, index) => String(index)}
            max={limit}
            columns={state.table.columns.map((title, index) => ({
              title,
              ...(state.table.rows.every((row) => row[index] === null || typeof row[index] === 'number')
                ? { align: 'right' as const }
                : {}),
              cell: (row: readonly unknown[]) => formatValue(row[index]),
            }))}
          />
        </>
      ) : null}
    </Panel>
  );
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
