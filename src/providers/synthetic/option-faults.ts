import type { Duration } from '../../core/time/time.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import type { OptionContract } from '../../core/series.js';
import { hasAllColumns } from '../../core/tables/answer-columns.js';
import type { NumberColumn, RowsOf, TextColumn } from '../../core/tables/rows.js';
import { getColumns } from '../../core/tables/tables.js';
import { planFaults } from '../../config/scenario/engine/plan-faults.js';
import type { Fault, FaultPlan } from '../../config/scenario/engine/plan-faults.js';
import type { Action, ScenarioEvent } from '../../config/scenario/scenario.js';

type RequestEvent = Extract<ScenarioEvent, { kind: 'request' }>;

/** Actions that change the answer for one option; every other action changes the whole response. */
type OptionFault = Extract<Fault, { kind: 'empty' | 'unknown' | 'expired' | 'rows' }>;

/** The faults of a request, and those of single options in it. */
export interface RequestFaults extends FaultPlan {
  readonly byOption: ReadonlyMap<OptionContract, OptionFault>;
}

/**
 * Matches a request with the rules: as a whole, and then each option of a snapshot with the rules that select strikes or
 * rights. The response arrives when its slowest option has.
 */
export function planRequestFaults(
  event: RequestEvent,
  { series }: Request,
  actionsFor: (event: ScenarioEvent) => readonly Action[],
): RequestFaults {
  const whole = planFaults(actionsFor(event));
  const byOption = new Map<OptionContract, OptionFault>();
  if (series.dataset !== 'option_snapshots') return { ...whole, byOption };
  let slowest: Duration = 0;
  let { fault } = whole;
  const sourceActions = [...whole.sourceActions];
  for (const contract of series.contracts) {
    const { expiry, strike, right } = contract;
    const plan = planFaults(actionsFor({ ...event, expiry, strike, right, isPerOption: true }));
    slowest = Math.max(slowest, plan.delay);
    sourceActions.push(...plan.sourceActions);
    if (plan.fault === null) continue;
    if (isOptionFault(plan.fault)) byOption.set(contract, plan.fault);
    else fault ??= plan.fault;
  }
  return { delay: whole.delay + slowest, sourceActions, fault, byOption };
}

function isOptionFault(fault: Fault): fault is OptionFault {
  return fault.kind === 'empty' || fault.kind === 'unknown' || fault.kind === 'expired' || fault.kind === 'rows';
}

/** Answers a snapshot some of whose options have faults; `answer` answers for any of its options. */
export function answerWithOptionFaults(
  contracts: readonly OptionContract[],
  byOption: RequestFaults['byOption'],
  answer: (contracts: readonly OptionContract[], fault: OptionFault | null) => FetchOutcome,
): FetchOutcome {
  const unlisted = contracts.filter((contract) => {
    const kind = byOption.get(contract)?.kind;
    return kind === 'unknown' || kind === 'expired';
  });
  const healthy = contracts.filter((contract) => !byOption.has(contract));
  const scripted = contracts.flatMap((contract) => {
    const fault = byOption.get(contract);
    return fault?.kind === 'rows' ? [answer([contract], fault)] : [];
  });
  const parts: RowsOf<'option_snapshots'>[] = [];
  for (const outcome of [...(healthy.length === 0 ? [] : [answer(healthy, null)]), ...scripted]) {
    if (outcome.kind === 'failure') return outcome;
    unlisted.push(...(outcome.unlisted ?? []));
    if (outcome.kind === 'rows' && outcome.rows.dataset === 'option_snapshots') parts.push(outcome.rows);
  }
  if (parts.length === 0) return { kind: 'empty', unlisted };
  return { kind: 'rows', rows: concatenate(parts), answeredWindow: null, unlisted };
}

function concatenate(parts: readonly RowsOf<'option_snapshots'>[]): RowsOf<'option_snapshots'> {
  const columns: Record<string, TextColumn | NumberColumn> = {};
  for (const [name, { from, type }] of Object.entries(getColumns('option_snapshots'))) {
    if (from !== 'answer') continue;
    const values = parts.map((part): TextColumn | NumberColumn => {
      const all: Readonly<Record<string, TextColumn | NumberColumn>> = part.columns;
      return all[name] ?? [];
    });
    columns[name] =
      type === 'text'
        ? values.flatMap((column) => [...column].map((value) => (typeof value === 'string' ? value : null)))
        : Float64Array.from(
            values.flatMap((column) => [...column].map((value) => (typeof value === 'number' ? value : NaN))),
          );
  }
  if (!hasAllColumns('option_snapshots', columns)) throw new Error('columns of option_snapshots are missing');
  return { dataset: 'option_snapshots', length: parts.reduce((sum, { length }) => sum + length, 0), columns };
}
