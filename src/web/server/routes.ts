import { barSizes } from '../../core/tables/bars.js';
import type { Parameters, ParameterValues } from './parameters.js';

/** A document, or rows that are sent as they are computed. */
export type Answer =
  | { readonly kind: 'json'; readonly document: unknown }
  | {
      readonly kind: 'stream';
      readonly contentType: string;
      readonly fileName: string | null;
      /** True if the rows are computed while they are sent. */
      readonly isComputing: boolean;
      readonly chunks: AsyncIterable<string | Uint8Array>;
    };

/** A request that cannot be answered: a mistake of the client, or something that the lake does not have. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';
  readonly status: 400 | 404 | 409 | 429 | 500 | 503;
  readonly hint: string | null;

  constructor(status: RequestProblem['status'], message: string, hint: string | null = null) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

/** What the API answers; `app` reads it from the lake, from the run records and from the pipelines. */
export type Handler = (values: ParameterValues, signal: AbortSignal) => Promise<Answer>;

/** The name of each reading route below `/api/v1/`. */
export type RouteName =
  | 'status'
  | 'now'
  | 'alerts'
  | 'schedule'
  | 'pipelines'
  | 'sources'
  | 'symbols'
  | 'coverage'
  | 'plan'
  | 'runs'
  | 'report'
  | 'timeline'
  | 'lineage'
  | 'why'
  | 'bars'
  | 'chain'
  | 'iv'
  | 'overviews'
  | 'query';

export type Handlers = Readonly<Record<RouteName, Handler>>;

export interface Route {
  readonly summary: string;
  /** The command that prints the same document, and the document that explains it. */
  readonly command: string;
  readonly parameters: Parameters;
  /** The JSON schema of the answer: its type and its first keys. */
  readonly answer: Readonly<Record<string, unknown>>;
}

const symbol = { kind: 'text', description: 'the symbol, as the pipeline names it', example: 'AAPL' } as const;
const requiredSymbol = { ...symbol, required: true } as const;
const dataset = { kind: 'text', description: 'the table', example: 'equity_bars' } as const;
const from = { kind: 'date', description: 'the first session' } as const;
const to = { kind: 'date', description: 'the last session' } as const;
const provider = { kind: 'text', description: 'the provider; by default the one with the latest data' } as const;
const at = { kind: 'instant', description: 'the state as of this time; by default now' } as const;

function object(...keys: readonly string[]): Route['answer'] {
  return { type: 'object', required: keys };
}

/** Every reading route with its parameters: requests are checked against them, and the OpenAPI document is made from them. */
export const routes: Readonly<Record<RouteName, Route>> = {
  status: {
    summary: 'Tables, open windows, the last runs, the collector and locks',
    command: 'pipe status --json',
    parameters: {},
    answer: object('tables', 'runs', 'locks'),
  },
  now: {
    summary: 'Health in one sentence, runs in progress, due times, open alerts and what is at risk',
    command: 'pipe status, pipe schedule and pipe alerts',
    parameters: {},
    answer: object('health', 'running', 'due', 'alerts', 'risks'),
  },
  alerts: {
    summary: 'Open alerts',
    command: 'pipe alerts --json',
    parameters: {},
    answer: object('alerts'),
  },
  schedule: {
    summary: 'The next due times of each pipeline',
    command: 'pipe schedule --json',
    parameters: { count: { kind: 'count', description: 'due times per pipeline', max: 100, default: '3' } },
    answer: { type: 'array', items: object('name', 'file', 'schedule', 'zone', 'next') },
  },
  pipelines: {
    summary: 'The pipelines with their steps, symbols and errors',
    command: 'pipe lint',
    parameters: {
      symbol: { ...symbol, description: 'only pipelines that request this symbol' },
      dataset: { ...dataset, description: 'only pipelines that fill this table, with symbol for it' },
      provider: { ...provider, description: 'only pipelines that request the table from this provider' },
    },
    answer: object('pipelines'),
  },
  sources: {
    summary: 'Providers with their state, circuit breakers and budgets, with the use of the last ten minutes',
    command: 'pipe status and the metrics of pipe serve',
    parameters: {},
    answer: object('sources'),
  },
  symbols: {
    summary: 'The symbols of the lake with their tables',
    command: 'pipe lineage --sources --json',
    parameters: {},
    answer: object('symbols'),
  },
  coverage: {
    summary: 'Symbols × sessions with their coverage state, as run lengths; computed from coverage alone',
    command: 'pipe status --empty and pipe lineage for single windows',
    parameters: {
      dataset: { ...dataset, default: 'equity_bars' },
      variant: { kind: 'text', description: 'bar size, price type and hours', example: '1 day/TRADES/rth' },
      symbol: { ...symbol, description: 'one row per series of this symbol; by default one row per symbol' },
      provider: { ...provider, description: 'only this provider' },
      from,
      to,
      rows: { kind: 'count', description: 'rows at most', max: 100_000, default: '20000' },
    },
    answer: object('dataset', 'sessions', 'rows', 'patterns', 'legend', 'counts'),
  },
  plan: {
    summary: 'What a run would fetch, why, and at what cost',
    command: 'pipe plan --json',
    parameters: {
      pipeline: { kind: 'text', description: 'name of a pipeline; by default the only one', max: 500 },
      tasks: { kind: 'count', description: 'tasks at most; by default all of them', max: 1_000_000 },
    },
    answer: object('pipeline', 'requests', 'windows', 'estimatedSeconds', 'tasks'),
  },
  runs: {
    summary: 'The latest runs, newest first',
    command: 'pipe status --json (runs)',
    parameters: {
      limit: { kind: 'count', description: 'runs at most', max: 1_000, default: '50' },
      pipeline: { kind: 'text', description: 'only runs of the pipeline with this name' },
    },
    answer: object('runs'),
  },
  report: {
    summary: 'The report of a run',
    command: 'pipe report --json',
    parameters: { run: { kind: 'text', description: 'run id or part of one; by default the last run' } },
    answer: object('runId', 'status', 'steps', 'tables'),
  },
  timeline: {
    summary: 'The tasks of a run with start, end and result, and its log',
    command: 'pipe report, pipe run --verbose',
    parameters: {
      run: { kind: 'text', description: 'run id or part of one', required: true },
      tasks: { kind: 'count', description: 'tasks at most', max: 20_000, default: '2000' },
    },
    answer: object('runId', 'tasks', 'log'),
  },
  lineage: {
    summary: 'The run, request and provider that each window of a symbol came from',
    command: 'pipe lineage SYMBOL --json',
    parameters: {
      symbol: requiredSymbol,
      dataset,
      from: { kind: 'date', description: 'only windows that end on this date or later (UTC)' },
      to: { kind: 'date', description: 'only windows that start on this date or earlier (UTC)' },
      run: { kind: 'text', description: 'only the data of this run' },
      provider: { ...provider, description: 'only this provider' },
      series: { kind: 'text', description: 'only this series', max: 400 },
    },
    answer: object('symbol', 'datasets', 'upstream'),
  },
  why: {
    summary: 'The request behind one value and what it replaced, or why there is none and what would fetch it',
    command: 'pipe why SYMBOL DATE --json',
    parameters: {
      symbol: requiredSymbol,
      date: { kind: 'date', description: 'the session', required: true },
      dataset: { ...dataset, default: 'equity_bars' },
      bar: { kind: 'choice', description: 'only bars of this size', choices: Object.keys(barSizes) },
      column: { kind: 'text', description: 'the column; by default the usual one of the table', max: 100 },
      provider: { ...provider, description: 'only values of this provider' },
    },
    answer: object('symbol', 'date', 'table', 'value', 'request', 'replaced', 'missing'),
  },
  bars: {
    summary: 'Bars of a symbol, oldest first',
    command: 'openLake().bars() of the TypeScript API',
    parameters: {
      symbol: requiredSymbol,
      bar: { kind: 'text', description: 'bar size', default: '1 day', example: '5 mins' },
      from,
      to,
      provider,
      price: { kind: 'text', description: 'price type', default: 'TRADES' },
      hours: { kind: 'choice', description: 'regular trading hours or all', choices: ['rth', 'all'], default: 'rth' },
      limit: { kind: 'count', description: 'bars at most, the latest ones', max: 50_000, default: '5000' },
    },
    answer: object('symbol', 'barSize', 'bars', 'gaps'),
  },
  chain: {
    summary: 'The option chain of a symbol with volatility and Greeks',
    command: 'pipe chain SYMBOL --json',
    parameters: {
      symbol: requiredSymbol,
      at,
      expiry: { kind: 'date', description: 'only this expiry' },
      strikes: { kind: 'count', description: 'only this many strikes on each side of the money', max: 10_000 },
      right: { kind: 'choice', description: 'only calls or puts', choices: ['C', 'P'] },
      provider,
    },
    answer: object('symbol', 'provider', 'at', 'spot', 'expiries', 'options'),
  },
  iv: {
    summary: 'Implied-volatility history with quartiles and rank',
    command: 'pipe iv SYMBOL --json',
    parameters: {
      symbol: requiredSymbol,
      days: { kind: 'count', description: 'trading days to look back, today included', max: 5_000, default: '60' },
      at,
      provider,
    },
    answer: object('symbol', 'days', 'quartiles', 'ivRank'),
  },
  overviews: {
    summary: 'Put/call ratios, open interest and the volatility of each session, from the overviews of a symbol',
    command: 'pipe query "SELECT … FROM overviews"',
    parameters: {
      symbol: requiredSymbol,
      limit: { kind: 'count', description: 'sessions at most', max: 5_000, default: '252' },
    },
    answer: object('symbol', 'rows'),
  },
  query: {
    summary: 'The rows of one read-only SQL statement (DuckDB)',
    command: 'pipe query --json',
    parameters: {
      sql: {
        kind: 'text',
        description: 'one statement that only reads',
        max: 20_000,
        required: true,
        example: 'SELECT 1',
      },
      limit: { kind: 'count', description: 'rows at most', max: 1_000_000, default: '1000' },
      format: {
        kind: 'choice',
        description: 'an array of row objects, columns with rows and truncation, or a file to download',
        choices: ['json', 'table', 'csv', 'parquet'],
        default: 'json',
      },
    },
    answer: { type: 'array', items: { type: 'object' } },
  },
};
