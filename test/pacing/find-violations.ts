import type { Budget } from '../../src/core/budget.js';
import type { Instant } from '../../src/core/time/time.js';
import type { PacedRequest } from '../../src/pacing/paced-request.js';

/** A sent request from the point of view of the provider. */
export interface SentRequest {
  readonly request: PacedRequest;
  readonly at: Instant;
  /** The instant of the answer. */
  readonly until: Instant;
}

/**
 * Finds violations of budgets by brute force: sums up every window that starts with a request. Independent of the pacing that
 * it checks, and without its safety margins: only the limits of the provider count.
 */
export function findViolations(sent: readonly SentRequest[], budgets: readonly Budget[]): string[] {
  return budgets.flatMap((budget) => {
    const groups = new Map<string, SentRequest[]>();
    for (const one of sent) {
      if (!appliesTo(budget, one.request)) continue;
      const group = getGroup(budget, one.request);
      const members = groups.get(group) ?? [];
      members.push(one);
      groups.set(group, members);
    }
    return [...groups].flatMap(([group, members]) => findGroupViolations(budget, group, members));
  });
}

function findGroupViolations(budget: Budget, group: string, members: readonly SentRequest[]): string[] {
  const inOrder = [...members].sort((a, b) => a.at - b.at);
  return inOrder.flatMap((first, index) => {
    const used =
      budget.kind === 'rolling' ? sumWeight(budget, first, inOrder, index) : countInFlight(first.at, inOrder);
    return used > budget.limit ? [`${budget.name} of ${group}: ${used} from ${first.at}, limit ${budget.limit}`] : [];
  });
}

function sumWeight(
  budget: Extract<Budget, { kind: 'rolling' }>,
  first: SentRequest,
  inOrder: readonly SentRequest[],
  from: number,
): number {
  let weight = 0;
  for (let index = from; index < inOrder.length; index++) {
    const other = inOrder[index];
    if (other === undefined || other.at >= first.at + budget.span) break;
    weight += (other.request.priceType === null ? undefined : budget.weights?.[other.request.priceType]) ?? 1;
  }
  return weight;
}

function countInFlight(at: Instant, members: readonly SentRequest[]): number {
  return members.filter((other) => other.at <= at && other.until > at).length;
}

function appliesTo(budget: Budget, request: PacedRequest): boolean {
  if (budget.datasets !== undefined && !budget.datasets.includes(request.dataset)) return false;
  if (budget.barSizes === undefined) return true;
  return request.barSize !== null && budget.barSizes.includes(request.barSize);
}

function getGroup(budget: Budget, request: PacedRequest): string {
  if (budget.scope === 'contract') return request.contract;
  if (budget.scope === 'identical') return request.identical;
  return budget.scope === 'connection' ? (request.connection ?? 'elsewhere') : 'account';
}
