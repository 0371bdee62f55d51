import type { Budget } from '../../src/core/budget.js';
import type { Instant } from '../../src/core/time.js';
import type { PacedRequest } from '../../src/pacing/paced-request.js';

/** A request that went, as the source saw it. */
export interface Sent {
  readonly request: PacedRequest;
  readonly at: Instant;
  /** When it was answered. */
  readonly until: Instant;
}

/**
 * What was sent against the rules, found by brute force: every stretch that begins with a request is added up. Written
 * without anything of the pacing it judges, and without its safety margins: only the source's own rules count.
 */
export function violations(sent: readonly Sent[], budgets: readonly Budget[]): string[] {
  return budgets.flatMap((budget) => {
    const groups = new Map<string, Sent[]>();
    for (const one of sent) {
      if (!counts(budget, one.request)) continue;
      const group = groupOf(budget, one.request);
      const members = groups.get(group) ?? [];
      members.push(one);
      groups.set(group, members);
    }
    return [...groups].flatMap(([group, members]) => brokenIn(budget, group, members));
  });
}

function brokenIn(budget: Budget, group: string, members: readonly Sent[]): string[] {
  const inOrder = [...members].sort((a, b) => a.at - b.at);
  return inOrder.flatMap((first, index) => {
    const used = budget.kind === 'rolling' ? weightFrom(budget, first, inOrder, index) : underWay(first.at, inOrder);
    return used > budget.limit ? [`${budget.name} of ${group}: ${used} from ${first.at}, limit ${budget.limit}`] : [];
  });
}

function weightFrom(
  budget: Extract<Budget, { kind: 'rolling' }>,
  first: Sent,
  inOrder: readonly Sent[],
  from: number,
): number {
  let weight = 0;
  for (let index = from; index < inOrder.length; index++) {
    const other = inOrder[index];
    if (other === undefined || other.at >= first.at + budget.span) break;
    weight += (other.request.what === null ? undefined : budget.weights?.[other.request.what]) ?? 1;
  }
  return weight;
}

function underWay(at: Instant, members: readonly Sent[]): number {
  return members.filter((other) => other.at <= at && other.until > at).length;
}

function counts(budget: Budget, request: PacedRequest): boolean {
  if (budget.datasets !== undefined && !budget.datasets.includes(request.dataset)) return false;
  if (budget.barSizes === undefined) return true;
  return request.barSize !== null && budget.barSizes.includes(request.barSize);
}

function groupOf(budget: Budget, request: PacedRequest): string {
  if (budget.scope === 'contract') return request.contract;
  if (budget.scope === 'identical') return request.identical;
  return budget.scope === 'connection' ? (request.connection ?? 'elsewhere') : 'account';
}
