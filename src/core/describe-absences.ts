import type { Absence, AbsenceKind } from './absence.js';

const names: Readonly<Record<AbsenceKind, string>> = {
  denied: 'denied',
  unconfirmed: 'without rows, unconfirmed',
  incomplete: 'incomplete, unconfirmed',
  untraded: 'without rows of some options',
  unrequested: 'not requested',
  lost: 'lost from the lake',
  rescaled: 'on an earlier price scale',
  unavailable: 'unavailable',
};

/** The next step for the user; null where further runs resolve the absence, or nothing can. */
const hints: Readonly<Record<AbsenceKind, string | null>> = {
  denied: '--retry-denied',
  unconfirmed: 'pipe status --empty',
  incomplete: 'pipe status --empty',
  untraded: null,
  unrequested: 'run without --retry-failed',
  lost: 'pipe run --missing',
  rescaled: 'pipe plan --restate SYMBOL',
  unavailable: null,
};

/** Describes the absences of one task: `20 sessions denied`, `denied, accepted`. */
export function describeAbsences(absences: readonly Absence[]): string {
  return absences.map(describeAbsence).join('; ');
}

function describeAbsence(absence: Absence): string {
  const { kind, windows, reason } = absence;
  // A single window may be a table of the current state; unconfirmed and lost sessions are named.
  const single = (kind === 'unconfirmed' || kind === 'lost') && reason !== undefined ? '1 session ' : '';
  const count = windows === 1 ? single : `${String(windows)} sessions `;
  return `${count}${names[kind]}${isUserAccepted(absence) ? ', accepted' : ''}${reason === undefined ? '' : ` (${reason})`}`;
}

/** What is unavailable or ordinary is accepted without the user. */
function isUserAccepted({ kind, isAccepted }: Pick<Absence, 'kind' | 'isAccepted'>): boolean {
  return isAccepted && kind !== 'unavailable' && kind !== 'untraded';
}

/** Symbols whose tasks lack windows for the same kind of reason. `blocked`: they need what the lake lacks. */
export interface AbsenceGroup {
  readonly kind: AbsenceKind | 'blocked';
  readonly isAccepted: boolean;
  readonly symbols: readonly string[];
  /** Symbols beyond those listed; undefined for none. */
  readonly more?: number;
}

const kindsInOrder: readonly AbsenceGroup['kind'][] = [
  'denied',
  'unconfirmed',
  'incomplete',
  'untraded',
  'unrequested',
  'lost',
  'rescaled',
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
  const rank = ({ isAccepted, kind }: AbsenceGroup): number =>
    (isAccepted ? kindsInOrder.length : 0) + kindsInOrder.indexOf(kind);
  return [...groups.values()].sort((a, b) => rank(a) - rank(b));
}

const maxSymbols = 8;

/** Describes a group: `2 denied: GOOGL, TSLA; --retry-denied`, `1 denied, accepted: GOOGL`. */
export function describeAbsenceGroup(group: AbsenceGroup): string {
  const { kind, isAccepted, symbols, more = 0 } = group;
  const hidden = Math.max(0, symbols.length - maxSymbols) + more;
  const list = `${symbols.slice(0, maxSymbols).join(', ')}${hidden > 0 ? ` and ${String(hidden)} more` : ''}`;
  const hint = isAccepted || kind === 'blocked' ? null : hints[kind];
  return `${countAbsenceGroup(group)}: ${list}${hint === null ? '' : `; ${hint}`}`;
}

/** Describes a group without its symbols: `2 denied`. */
export function countAbsenceGroup({ kind, isAccepted, symbols, more = 0 }: AbsenceGroup): string {
  const name = kind === 'blocked' ? 'blocked' : names[kind];
  const accepted = kind !== 'blocked' && isUserAccepted({ kind, isAccepted }) ? ', accepted' : '';
  return `${String(symbols.length + more)} ${name}${accepted}`;
}
