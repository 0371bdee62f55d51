import type { BatchRule } from '../core/batch-rule.js';
import type { Budget } from '../core/budget.js';
import type { Duration, Instant } from '../core/time/time.js';
import { createPricing, pacedSpan } from './request-cost.js';
import type { Charge, RequestCost } from './request-cost.js';
import type { PacedRequest } from './paced-request.js';
import { addSpend, createSpending, findEarliestFit } from './spending.js';
import type { RollingLimit, Spending } from './spending.js';

/** A request to a provider, and how long it is expected to take. */
export interface EstimatedCall {
  readonly request: PacedRequest;
  /** The time for which its messages occupy the connection; calls send one after the other. */
  readonly sending: Duration;
  /** The time from the last message to the answer. */
  readonly answer: Duration;
  readonly task: number;
  /** The instruments that it adds to a call that others share; absent if it has a call of its own. */
  readonly sharedInstruments?: number;
}

export interface EstimatedWork {
  readonly calls: readonly EstimatedCall[];
  /** How calls are shared; absent if they are not. */
  readonly batch?: Pick<BatchRule, 'maxInstruments' | 'quietTime' | 'maxWait'>;
  /** For each task, the tasks that end before its calls are sent. */
  readonly needs: readonly (readonly number[])[];
}

/**
 * Estimates the time from the first request to the last answer, with empty budgets at the start.
 *
 * Budgets of the account and the connection are simulated per group of equal calls. Budgets of contracts are only summed up,
 * because the scheduler starts the slowest contracts early enough.
 */
export function estimateDuration(work: EstimatedWork, budgets: readonly Budget[], concurrency: number): Duration {
  if (work.calls.length === 0) return 0;
  const priceRequest = createPricing(budgets);
  return Math.max(
    simulate(work, createGroups(work.calls, priceRequest, budgets), concurrency),
    estimateSlowestKey(work.calls, priceRequest, budgets),
  );
}

/** Calls with equal account-wide charges and equal times. */
interface CallGroup {
  readonly cost: RequestCost;
  readonly sending: Duration;
  readonly answer: Duration;
  readonly windows: readonly BudgetWindow[];
  readonly slots: readonly Slots[];
  /** Calls that may be sent, in order. */
  readonly ready: ReadyCall[];
  nextReady: number;
  /** Calls in flight with their ends, in order, because all take equally long. */
  readonly inFlight: { readonly call: ReadyCall; readonly endsAt: Instant }[];
  nextEnd: number;
}

/** One call, or several that are sent as one. */
interface ReadyCall {
  readonly members: number[];
  readonly firstAt: Instant;
  instruments: number;
  /** Until then, others may join it before it is sent. */
  leavesAt: Instant;
}

/** A rolling window, and the weight of one call in it. */
interface BudgetWindow {
  readonly limit: RollingLimit;
  readonly spending: Spending;
  readonly weight: number;
  /** The time after which a call counts. */
  readonly arrival: Duration;
}

/** A limit on calls in flight. */
interface Slots {
  readonly limit: number;
  used: number;
}

interface Groups {
  readonly all: readonly CallGroup[];
  readonly ofCall: readonly CallGroup[];
}

function createGroups(
  calls: readonly EstimatedCall[],
  priceRequest: (request: PacedRequest) => RequestCost,
  budgets: readonly Budget[],
): Groups {
  const spendings = new Map<string, Spending>();
  const slots = new Map<string, Slots>();
  const groups = new Map<RequestCost, Map<string, CallGroup>>();
  const createGroup = ({ sending, answer }: EstimatedCall, cost: RequestCost, connection: string): CallGroup => {
    const windows: BudgetWindow[] = [];
    const ownSlots: Slots[] = [];
    for (const { budget: index, weight } of cost.accountWide) {
      const budget = budgets[index];
      if (budget === undefined) continue;
      const key = `${index} ${budget.scope === 'connection' ? connection : ''}`;
      if (budget.kind === 'open') ownSlots.push(getOrCreate(slots, key, () => ({ limit: budget.limit, used: 0 })));
      else
        windows.push({
          limit: { limit: budget.limit, span: pacedSpan(budget) },
          spending: getOrCreate(spendings, key, createSpending),
          weight,
          arrival: Math.min(budget.transit ?? 0, answer),
        });
    }
    return { cost, sending, answer, windows, slots: ownSlots, ready: [], nextReady: 0, inFlight: [], nextEnd: 0 };
  };
  const ofCall = calls.map((call) => {
    const cost = priceRequest(call.request);
    const connection = call.request.connection ?? '';
    const key = `${call.sending} ${call.answer} ${connection}`;
    const byKey = getOrCreate(groups, cost, () => new Map<string, CallGroup>());
    return getOrCreate(byKey, key, () => createGroup(call, cost, connection));
  });
  return { all: [...new Set(ofCall)], ofCall };
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}

/** Simulates sending, always the call that may go first, and returns the time of the last answer. */
function simulate(work: EstimatedWork, { all, ofCall }: Groups, concurrency: number): Duration {
  let now: Instant = 0;
  const gathering = createGathering(work);
  const progress = trackTasks(work, (call) => {
    const added = gathering.add(call, now);
    if (added !== null) ofCall[call]?.ready.push(added);
  });
  let lastAnswer: Instant = 0;
  let inFlight = 0;
  let connectionFreeAt: Instant = 0;
  for (;;) {
    let next: CallGroup | null = null;
    let sendAt: Instant = Infinity;
    let ending: CallGroup | null = null;
    let endsAt: Instant = Infinity;
    for (const group of all) {
      const end = group.inFlight[group.nextEnd]?.endsAt ?? Infinity;
      if (end < endsAt) [ending, endsAt] = [group, end];
      if (group.nextReady >= group.ready.length || inFlight >= concurrency) continue;
      const at = findSendTime(group, now);
      if (at > sendAt || (at === sendAt && (next === null || !goesBefore(group, next)))) continue;
      [next, sendAt] = [group, at];
    }
    if (ending !== null && endsAt < sendAt) {
      now = Math.max(now, endsAt);
      lastAnswer = Math.max(lastAnswer, endsAt);
      inFlight--;
      for (const slots of ending.slots) slots.used--;
      for (const call of ending.inFlight[ending.nextEnd++]?.call.members ?? []) progress.end(call);
    } else if (next !== null && sendAt < Infinity) {
      now = sendAt;
      inFlight++;
      for (const slots of next.slots) slots.used++;
      for (const { spending, weight, arrival } of next.windows) addSpend(spending, weight, now + arrival);
      const { sending, answer } = next;
      if (sending > 0) connectionFreeAt = Math.max(connectionFreeAt, now) + sending;
      const call = next.ready[next.nextReady++];
      if (call === undefined) return lastAnswer;
      gathering.close(call);
      next.inFlight.push({ call, endsAt: (sending > 0 ? connectionFreeAt : now) + answer });
    } else return lastAnswer;
  }
}

function findSendTime({ windows, slots, ready, nextReady }: CallGroup, now: Instant): Instant {
  if (slots.some(({ limit, used }) => used >= limit)) return Infinity;
  return windows.reduce(
    (latest, { limit, spending, weight }) => Math.max(latest, findEarliestFit(spending, limit, weight, now)),
    Math.max(now, ready[nextReady]?.leavesAt ?? now),
  );
}

/** Joins requests that may be sent at the same time to calls. */
interface Gathering {
  /** Returns a call that the request begins, or null if it joined one. */
  add(call: number, now: Instant): ReadyCall | null;
  /** Lets nothing more join a call, which is sent. */
  close(call: ReadyCall): void;
}

function createGathering({ calls, batch }: EstimatedWork): Gathering {
  const open = new Set<ReadyCall>();
  return {
    add(call, now) {
      const size = calls[call]?.sharedInstruments;
      if (batch === undefined || size === undefined)
        return { members: [call], firstAt: now, instruments: 0, leavesAt: now };
      const { maxInstruments, quietTime, maxWait } = batch;
      const found = [...open].find(({ instruments }) => instruments + size <= maxInstruments);
      const joined = found ?? { members: [], firstAt: now, instruments: 0, leavesAt: Infinity };
      joined.members.push(call);
      joined.instruments += size;
      const leavesAt = joined.instruments >= maxInstruments ? now : Math.min(now + quietTime, joined.firstAt + maxWait);
      // A call that only waits for its budget does not wait for more requests.
      if (joined.leavesAt > now) joined.leavesAt = leavesAt;
      if (found !== undefined) return null;
      open.add(joined);
      return joined;
    },
    close: (call) => void open.delete(call),
  };
}

interface TaskProgress {
  end(call: number): void;
}

/** Reports requests as ready when all tasks that theirs need have ended. */
function trackTasks({ calls, needs }: EstimatedWork, onReady: (call: number) => void): TaskProgress {
  const openNeeds = needs.map((list) => list.length);
  const openCalls = needs.map(() => 0);
  const dependents = needs.map((): number[] => []);
  const callsOfTask = needs.map((): number[] => []);
  for (const [task, list] of needs.entries()) for (const need of list) dependents[need]?.push(task);
  for (const [call, { task }] of calls.entries()) {
    callsOfTask[task]?.push(call);
    openCalls[task] = (openCalls[task] ?? 0) + 1;
  }

  const startTasks = (tasks: readonly number[]): void => {
    const starting = [...tasks];
    // The loop also visits the tasks that are added meanwhile: one without calls ends at once.
    for (const task of starting) {
      for (const call of callsOfTask[task] ?? []) onReady(call);
      if (openCalls[task] === 0) starting.push(...endTask(task));
    }
  };

  const endTask = (task: number): readonly number[] =>
    (dependents[task] ?? []).filter((dependent) => {
      openNeeds[dependent] = (openNeeds[dependent] ?? 0) - 1;
      return openNeeds[dependent] === 0;
    });

  startTasks([...needs.keys()].filter((task) => openNeeds[task] === 0));
  return {
    end(call) {
      const task = calls[call]?.task ?? -1;
      openCalls[task] = (openCalls[task] ?? 0) - 1;
      if (openCalls[task] === 0) startTasks(endTask(task));
    },
  };
}

/** Heavy calls first where weights fill a limit badly, then those that were ready first. */
function goesBefore(group: CallGroup, other: CallGroup): boolean {
  if (group.cost.packingWeight !== other.cost.packingWeight) return group.cost.packingWeight > other.cost.packingWeight;
  const [first, otherFirst] = [group.ready[group.nextReady], other.ready[other.nextReady]];
  if (first === undefined || otherFirst === undefined) return first !== undefined;
  if (first.leavesAt !== otherFirst.leavesAt) return first.leavesAt < otherFirst.leavesAt;
  return (first.members[0] ?? 0) < (otherFirst.members[0] ?? 0);
}

/** Estimates the time of the slowest contract, or of the slowest group of identical requests, on its own. */
function estimateSlowestKey(
  calls: readonly EstimatedCall[],
  priceRequest: (request: PacedRequest) => RequestCost,
  budgets: readonly Budget[],
): Duration {
  const weights = budgets.map(() => new Map<string, number>());
  let answer = 0;
  const addWeight = (key: string, { budget, weight }: Charge): void => {
    const byKey = weights[budget];
    byKey?.set(key, (byKey.get(key) ?? 0) + weight);
  };
  for (const call of calls) {
    const { contract, identical } = priceRequest(call.request);
    for (const charge of contract) addWeight(call.request.contract, charge);
    for (const charge of identical) addWeight(call.request.identical, charge);
    if (contract.length > 0 || identical.length > 0) answer = Math.max(answer, call.answer);
  }
  return budgets.reduce((slowest, budget, index) => {
    let heaviest = 0;
    for (const weight of weights[index]?.values() ?? []) heaviest = Math.max(heaviest, weight);
    if (heaviest === 0) return slowest;
    const span = budget.kind === 'rolling' ? pacedSpan(budget) + Math.min(budget.transit ?? 0, answer) : answer;
    return Math.max(slowest, (Math.ceil(heaviest / budget.limit) - 1) * span + answer);
  }, 0);
}
