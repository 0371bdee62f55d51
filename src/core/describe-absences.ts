import type { Absence, AbsenceKind } from './absence.js';

const names: Readonly<Record<AbsenceKind, string>> = {
  denied: 'denied',
  unconfirmed: 'empty and unconfirmed',
  unrequested: 'not requested',
  unavailable: 'unavailable',
};

/** The next step for the user; null where further runs resolve the absence, or nothing can. */
const remedies: Readonly<Record<AbsenceKind, string | null>> = {
  denied: '--retry-denied',
  unconfirmed: null,
  unrequested: 'run without --retry-failed',
  unavailable: null,
};

/** Describes the absences of one task: `20 sessions denied`, `denied, accepted`. */
export function describeAbsences(absences: readonly Absence[]): string {
  return absences.map(describeAbsence).join('; ');
}

function describeAbsence(absence: Absence): string {
  const { kind, windows, reason } = absence;
  const count = windows === 1 ? '' : `${String(windows)} sessions `;
  return `${count}${names[kind]}${isUserAccepted(absence) ? ', accepted' : ''}${reason === undefined ? '' : ` (${reason})`}`;
}

/** What is unavailable is accepted without the user. */
function isUserAccepted({ kind, isAccepted }: Pick<Absence, 'kind' | 'isAccepted'>): boolean {
  return isAccepted && kind !== 'unavailable';
}

/** Symbols whose tasks lack windows for the same kind of reason. `blocked`: they need what the lake lacks. */
export interface AbsenceGroup {
  readonly kind: AbsenceKind | 'blocked';
  readonly isAccepted: boolean;
  readonly symbols: readonly string[];
}

const kindsInOrder: readonly AbsenceGroup['kind'][] = [
  'denied',
  'unconfirmed',
  'unrequested',
  'blocked',
  'unavailable',
];

/** Groups the symbols of tasks by the kind of what they lack: what is not accepted first. */
export function groupAbsences(
  tasks: Iterable<{ readonly symbol: string; readonly absences: readonly Absence[]; readonly isBlocked?: boolean }>,
): readonly AbsenceGroup[] {
  const groups = new Map<string, AbsenceGroup & { readonly symbols: string[] }>();
  const found = new Set<string>();
  const add = (kind: AbsenceGroup['kind'], isAccepted: boolean, symbol: string): void => {
    const key = `${kind}/${String(isAccepted)}`;
    const group = groups.get(key) ?? { kind, isAccepted, symbols: [] };
    groups.set(key, group);
    if (found.has(`${key}/${symbol}`)) return;
    found.add(`${key}/${symbol}`);
    group.symbols.push(symbol);
  };
  for (const { symbol, absences, isBlocked = false } of tasks) {
    for (const { kind, isAccepted } of absences) add(kind, isAccepted, symbol);
    if (isBlocked) add('blocked', false, symbol);
  }
  return [...groups.values()].sort(
    (a, b) =>
      Number(a.isAccepted) - Number(b.isAccepted) || kindsInOrder.indexOf(a.kind) - kindsInOrder.indexOf(b.kind),
  );
}

const maxSymbols = 8;

/** Describes a group: `2 denied: GOOGL, TSLA; --retry-denied`, `1 denied, accepted: GOOGL`. */
export function describeAbsenceGroup(group: AbsenceGroup): string {
  const { kind, isAccepted, symbols } = group;
  const isBlocked = kind === 'blocked';
  const name = isBlocked ? 'blocked' : `${names[kind]}${isUserAccepted({ kind, isAccepted }) ? ', accepted' : ''}`;
  const hidden = symbols.length - maxSymbols;
  const list = `${symbols.slice(0, maxSymbols).join(', ')}${hidden > 0 ? ` and ${String(hidden)} more` : ''}`;
  const remedy = isBlocked || isAccepted ? null : remedies[kind];
  return `${String(symbols.length)} ${name}: ${list}${remedy === null ? '' : `; ${remedy}`}`;
}
