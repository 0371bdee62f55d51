import type { PlannedStep, RunEvent, RunEventBody, RunStatus, TaskStatus } from '../../src/core/events.js';
import type { Dataset } from '../../src/core/tables.js';
import { day, minute, second } from '../../src/core/time.js';
import type { Duration, Instant } from '../../src/core/time.js';
import type { Window } from '../../src/core/window.js';

export const runId = '01998a7e-4f10-7c3a-9d21-5b0c7e6f1a2d';
export const start: Instant = Date.parse('2026-11-20T23:30:00Z');
const year: Window = { start: start - 365 * day, end: start };

/** Writes down events with a clock that moves on by what things take. */
export function script(
  id = runId,
  from = start,
): { events: RunEvent[]; emit(body: RunEventBody, after?: Duration): void; now(): Instant } {
  const events: RunEvent[] = [];
  let now = from;
  return {
    events,
    emit(body, after = 0) {
      now += after;
      events.push({ at: now, runId: id, ...body });
    },
    now: () => now,
  };
}

const steps: readonly Omit<PlannedStep, 'tasks' | 'requests' | 'estimatedRequests'>[] = [
  { step: 'contracts', dataset: 'contracts', provider: 'mock', needs: [], span: null },
  { step: 'chains', dataset: 'chains', provider: 'mock', needs: ['contracts'], span: null },
  { step: 'equity', dataset: 'equity_bars', provider: 'mock', needs: ['contracts'], span: year },
  {
    step: 'options',
    dataset: 'option_bars',
    provider: 'mock',
    needs: ['chains', 'equity'],
    span: { start: start - 5 * day, end: start },
  },
];

export function startedBody(): RunEventBody {
  return {
    type: 'run-started',
    pipeline: {
      name: 'daily',
      description: 'Contracts, option chains, daily bars and option bars for a few large US names',
      file: 'pipelines/daily.yaml',
      hash: '3f9a1c2b7d5e4f60112233445566778899aabbccddeeff001122334455667788',
    },
    version: '0.1.0',
    lake: '/srv/market/data',
  };
}

function plannedBody(
  perStep: Readonly<Record<string, readonly [tasks: number, requests: number, estimated: number]>>,
  estimated: Duration,
): RunEventBody {
  const planned = steps.map((step) => {
    const [tasks, requests, estimatedRequests] = perStep[step.step] ?? [0, 0, 0];
    return { ...step, tasks, requests, estimatedRequests };
  });
  const sum = (of: (step: PlannedStep) => number): number => planned.reduce((total, step) => total + of(step), 0);
  return {
    type: 'planned',
    tasks: sum((step) => step.tasks),
    requests: sum((step) => step.requests),
    windows: sum((step) => step.requests),
    estimatedRequests: sum((step) => step.estimatedRequests),
    estimated,
    steps: planned,
  };
}

interface Sample {
  emit(body: RunEventBody, after?: Duration): void;
  readonly totals: { requests: number; rows: number };
}

let counter = 0;

/** One task with `requests` answers of `rows` rows each. */
export function task(
  run: Sample,
  step: string,
  symbol: string,
  requests: number,
  rows: number,
  ending: { status?: TaskStatus; reason?: string; remedy?: string; each?: Duration } = {},
): void {
  const id = `${step}/${symbol}`;
  const each = ending.each ?? 200;
  const status = ending.status ?? 'ok';
  const dataset = steps.find((one) => one.step === step)?.dataset ?? 'equity_bars';
  const end = {
    task: id,
    step,
    symbol,
    status,
    ...(ending.reason === undefined ? {} : { reason: ending.reason }),
    ...(ending.remedy === undefined ? {} : { remedy: ending.remedy }),
  };
  if (requests === 0) {
    run.emit({ type: 'task-finished', ...end, requests: 0, rows: 0, took: 0 });
    return;
  }
  run.emit({ type: 'task-started', task: id, step, symbol, requests });
  for (let number = 0; number < requests; number++) {
    const request = `${runId}/${String(++counter)}`;
    const window = dataset === 'contracts' || dataset === 'chains' ? null : year;
    run.emit({
      type: 'request-sent',
      request,
      task: id,
      provider: 'mock',
      series: `${dataset}/${symbol}/1 day/TRADES/rth`,
      window,
    });
    const failed = status === 'failed' || (status === 'partial' && number === requests - 1);
    run.emit(
      {
        type: 'request-answered',
        request,
        task: id,
        provider: 'mock',
        outcome: failed ? 'denied' : rows === 0 ? 'empty' : 'rows',
        rows: failed ? 0 : rows,
        took: each,
      },
      each,
    );
    run.totals.requests++;
    if (!failed) run.totals.rows += rows;
  }
  const answered = status === 'failed' ? 0 : status === 'partial' ? requests - 1 : requests;
  run.emit({ type: 'task-finished', ...end, requests, rows: rows * answered, took: requests * each });
}

function sample(): Sample & { events: RunEvent[]; finish(status: RunStatus, reason?: string): RunEvent[] } {
  const written = script();
  const { events } = written;
  const emit: Sample['emit'] = (body, after) => {
    written.emit(body, after);
  };
  const totals = { requests: 0, rows: 0 };
  counter = 0;
  return {
    events,
    emit,
    totals,
    finish(status, reason) {
      emit({
        type: 'run-finished',
        status,
        ...totals,
        took: written.now() - start,
        ...(reason === undefined ? {} : { reason }),
      });
      return events;
    },
  };
}

function commit(to: Sample, dataset: Dataset, version: number, requests: number, rows: number): void {
  to.emit({ type: 'committed', dataset, version, requests, rows, files: 1, bytes: 2_000 + rows * 28, took: 40 }, 40);
}

const symbols = ['SPY', 'AAPL', 'MSFT', 'NVDA', 'BRK B'];

/** Everything went well. */
export function okRun(): RunEvent[] {
  const run = sample();
  run.emit(startedBody());
  run.emit(
    { type: 'recovered', runs: ['01998a00-0000-7000-8000-000000000001'], deliveries: 12, rows: 63, tornBytes: 17 },
    30,
  );
  run.emit(
    plannedBody({ contracts: [5, 4, 0], chains: [5, 5, 0], equity: [5, 3, 0], options: [5, 0, 120] }, 2 * minute),
    20,
  );
  for (const symbol of symbols)
    task(run, 'contracts', symbol, symbol === 'SPY' ? 0 : 1, 1, symbol === 'SPY' ? { status: 'satisfied' } : {});
  for (const symbol of symbols) task(run, 'chains', symbol, 1, 482, { each: 1_100 });
  for (const symbol of symbols) {
    const held = symbol === 'SPY' || symbol === 'AAPL';
    task(run, 'equity', symbol, held ? 0 : 1, 252, held ? { status: 'satisfied' } : { each: 700 });
  }
  run.emit(
    { type: 'budget-waited', provider: 'mock', budget: '60 requests in 10 minutes', waited: 42 * second },
    42 * second,
  );
  run.emit(
    { type: 'budget-waited', provider: 'mock', budget: '60 requests in 10 minutes', waited: 9 * second },
    9 * second,
  );
  for (const symbol of symbols) task(run, 'options', symbol, 24, 5, { each: 260 });
  commit(run, 'contracts', 3, 4, 4);
  commit(run, 'chains', 3, 5, 2_410);
  commit(run, 'equity_bars', 8, 3, 756);
  commit(run, 'option_bars', 8, 120, 600);
  run.emit({ type: 'compacted', dataset: 'option_bars', version: 9, filesBefore: 9, filesAfter: 5 }, 60);
  return run.finish('ok');
}

/** A symbol that does not exist takes its dependents with it, and one source refuses. */
export function partialRun(): RunEvent[] {
  const run = sample();
  run.emit(startedBody());
  run.emit({
    type: 'damage-found',
    dataset: 'chains',
    path: 'yearmonth=2026-10/part-00000-4f2a.parquet',
    problem: 'missing',
  });
  run.emit(
    plannedBody({ contracts: [5, 5, 0], chains: [5, 5, 0], equity: [5, 5, 0], options: [5, 0, 120] }, 90 * second),
    20,
  );
  for (const symbol of ['AAPL', 'MSFT', 'NVDA']) task(run, 'contracts', symbol, 1, 1);
  for (const symbol of ['AAPLE', 'NVDDA']) {
    task(run, 'contracts', symbol, 1, 1, {
      status: 'failed',
      reason: `mock knows no stock ${symbol} on SMART`,
      remedy: `correct or remove ${symbol} in pipelines/daily.yaml`,
    });
    for (const step of ['chains', 'equity', 'options']) {
      task(run, step, symbol, 0, 0, {
        status: 'skipped',
        reason: `contracts/${symbol} failed`,
        remedy: 'mend what it needs, then run again',
      });
    }
  }
  for (const symbol of ['AAPL', 'MSFT', 'NVDA']) task(run, 'chains', symbol, 1, 482, { each: 900 });
  run.emit(
    {
      type: 'request-retried',
      request: `${runId}/9`,
      task: 'equity/AAPL',
      attempt: 2,
      delay: second,
      failure: 'retryable',
      message: 'no answer in 30s',
    },
    second,
  );
  run.emit({ type: 'breaker-changed', provider: 'mock', state: 'open' });
  run.emit({ type: 'breaker-changed', provider: 'mock', state: 'half-open' }, 30 * second);
  run.emit({ type: 'breaker-changed', provider: 'mock', state: 'closed' }, second);
  for (const symbol of ['AAPL', 'MSFT']) task(run, 'equity', symbol, 1, 252);
  task(run, 'equity', 'NVDA', 3, 252, {
    status: 'partial',
    reason: 'no permission for bars before 2025-06-01: <No market data "permissions" & no refund>',
    remedy:
      'subscribe to the data, or set lookback so that it starts later; then: pipe run pipelines/daily.yaml --retry denied',
  });
  for (const symbol of ['AAPL', 'MSFT', 'NVDA']) task(run, 'options', symbol, 24, 5, { each: 90 });
  commit(run, 'contracts', 0, 5, 3);
  commit(run, 'equity_bars', 0, 5, 1_008);
  run.emit({ type: 'warned', message: 'lineage could not be sent to http://marquez:5000: connection refused' });
  return run.finish('partial', '3 of 20 tasks failed; everything else is stored');
}

/** The source cannot be reached. */
export function failedRun(): RunEvent[] {
  const run = sample();
  run.emit(startedBody());
  run.emit(
    plannedBody({ contracts: [5, 5, 0], chains: [5, 5, 0], equity: [5, 5, 0], options: [5, 0, 120] }, 90 * second),
    20,
  );
  for (const step of ['contracts', 'chains', 'equity', 'options']) {
    for (const symbol of symbols) {
      task(run, step, symbol, 0, 0, {
        status: step === 'contracts' ? 'failed' : 'skipped',
        reason: step === 'contracts' ? 'mock cannot be used: login refused' : `contracts/${symbol} failed`,
        ...(step === 'contracts' ? { remedy: 'check the credentials with: pipe doctor' } : {}),
      });
    }
  }
  return run.finish('failed', 'mock cannot be used: login refused');
}

/** Ctrl-C in the middle. */
export function interruptedRun(): RunEvent[] {
  const run = sample();
  run.emit(startedBody());
  run.emit(
    plannedBody({ contracts: [5, 5, 0], chains: [5, 5, 0], equity: [5, 5, 0], options: [5, 0, 120] }, 90 * second),
    20,
  );
  for (const symbol of symbols) task(run, 'contracts', symbol, 1, 1);
  task(run, 'chains', 'SPY', 1, 482, { each: 900 });
  run.emit({ type: 'task-started', task: 'chains/AAPL', step: 'chains', symbol: 'AAPL', requests: 1 });
  run.emit(
    {
      type: 'task-finished',
      task: 'chains/AAPL',
      step: 'chains',
      symbol: 'AAPL',
      status: 'interrupted',
      requests: 0,
      rows: 0,
      reason: 'interrupted',
      took: 300,
    },
    300,
  );
  commit(run, 'contracts', 0, 5, 5);
  return run.finish('interrupted', 'interrupted by the user; everything received is stored');
}

/** Nothing was missing. */
export function emptyRun(): RunEvent[] {
  const run = sample();
  run.emit(startedBody());
  run.emit(plannedBody({ contracts: [5, 0, 0], chains: [5, 0, 0], equity: [5, 0, 0], options: [5, 0, 0] }, 0), 20);
  for (const step of ['contracts', 'chains', 'equity', 'options']) {
    for (const symbol of symbols) task(run, step, symbol, 0, 0, { status: 'satisfied' });
  }
  return run.finish('ok');
}

/** A night over very many symbols, some of which fail. */
export function largeRun(count: number): RunEvent[] {
  const run = sample();
  run.emit(startedBody());
  const half = count / 2;
  run.emit(plannedBody({ contracts: [half, half, 0], equity: [half, half, 0] }, count * 50), 20);
  for (let index = 0; index < half; index++) {
    const symbol = `S${String(index).padStart(5, '0')}`;
    if (index % 97 === 5) {
      task(run, 'contracts', symbol, 1, 1, {
        status: 'failed',
        reason: `mock knows no stock ${symbol} on SMART`,
        remedy: `correct or remove ${symbol} in pipelines/daily.yaml`,
        each: 30,
      });
      task(run, 'equity', symbol, 0, 0, { status: 'skipped', reason: `contracts/${symbol} failed` });
    } else {
      task(run, 'contracts', symbol, 1, 1, { each: 40 });
      task(run, 'equity', symbol, 1, 252, { each: 20 + (index % 211) });
    }
    if (index % 60 === 59)
      run.emit(
        { type: 'budget-waited', provider: 'mock', budget: '60 requests in 10 minutes', waited: 3 * second },
        3 * second,
      );
    if (index % 1000 === 999) commit(run, 'equity_bars', (index + 1) / 1000, 1000, 252_000);
  }
  return run.finish('partial', 'some symbols do not exist');
}

/** A run whose process died: the events end in the middle. */
export function crashedRun(): RunEvent[] {
  const events = okRun();
  const middle = events.findIndex((event) => event.type === 'task-started' && event.task === 'equity/NVDA');
  return events.slice(0, middle + 2);
}
