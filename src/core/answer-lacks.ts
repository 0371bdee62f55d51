import type { EmptyConfirmation } from './empty-confirmation.js';
import type { Instant } from './time/time.js';

/**
 * Why a part that an answer should have is not in it:
 *
 * - `missing`: left out without a reason, and not confirmed yet; requested again
 * - `quiet`: the same where it is nothing unusual, as a quote of an option far from the money; confirmed without notice
 * - `denied`: the provider refused it for lack of permission
 * - `confirmed`: enough answers agree that the provider does not have it
 */
export type LackKind = 'missing' | 'quiet' | 'denied' | 'confirmed';

/** One part that an answer about the current state leaves out: an option of a snapshot, an expiry or a strike of a chain. */
export interface Lack {
  readonly kind: LackKind;
  /** Names the part within its series: `650 C` in a snapshot, `2026-12-18` or `2026-12-18 650` in a chain. */
  readonly item: string;
  /** Number of answers without it that count. */
  readonly answers: number;
  /** The request of the last answer that counts. */
  readonly since: Instant;
}

/** What an answer with rows leaves out. */
export interface AnswerLacks {
  /** Number of the parts that the answer should have. */
  readonly total: number;
  readonly lacks: readonly Lack[];
}

/**
 * `AnswerLacks` as coverage stores them: the total, and the parts grouped by what they share. Equal texts are equal lacks, so
 * that coverage compares and shares them like its reasons.
 */
export type EncodedLacks = string;

const kinds: Readonly<Record<LackKind, true>> = { missing: true, quiet: true, denied: true, confirmed: true };

export function encodeLacks({ total, lacks }: AnswerLacks): EncodedLacks {
  const groups = new Map<string, { readonly lack: Lack; readonly items: string[] }>();
  for (const lack of lacks) {
    const key = `${lack.kind} ${String(lack.answers)} ${String(lack.since)}`;
    const group = groups.get(key) ?? { lack, items: [] };
    groups.set(key, group);
    group.items.push(lack.item);
  }
  return JSON.stringify([total, ...[...groups.values()].map(({ lack, items }) => toGroup(lack, items))]);
}

function toGroup({ kind, answers, since }: Lack, items: readonly string[]): readonly unknown[] {
  return [kind, answers, since, items];
}

/** Reverses `encodeLacks`; null for any other text. */
export function parseLacks(text: string): AnswerLacks | null {
  const parsed = parseJson(text);
  if (!isList(parsed)) return null;
  const [total, ...groups] = parsed;
  if (!isCount(total)) return null;
  const lacks: Lack[] = [];
  for (const group of groups) {
    if (!isList(group)) return null;
    const [kind, answers, since, items] = group;
    if (!isKind(kind) || !isCount(answers) || !isCount(since) || !isList(items)) return null;
    for (const item of items) {
      if (typeof item !== 'string') return null;
      lacks.push({ kind, item, answers, since });
    }
  }
  return { total, lacks };
}

/** Decodes lacks that were checked when they were read. */
export function decodeLacks(text: EncodedLacks): AnswerLacks {
  const lacks = parseLacks(text);
  if (lacks === null) throw new Error(`malformed lacks of an answer: ${text.slice(0, 80)}`);
  return lacks;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isKind(value: unknown): value is LackKind {
  return typeof value === 'string' && Object.hasOwn(kinds, value);
}

/** A part that an answer leaves out, before it is compared with earlier answers. */
export type FoundLack = Pick<Lack, 'item'> & { readonly kind: Exclude<LackKind, 'confirmed'> };

/**
 * Counts an answer: what earlier answers left out too is one answer closer to its confirmation, if this answer came long enough
 * after the last one that counts. What was denied is never confirmed by repetition.
 */
export function countLacks(
  found: readonly FoundLack[],
  earlier: readonly Lack[],
  answeredAt: Instant,
  { answers: needed, every }: EmptyConfirmation,
): readonly Lack[] {
  const known = new Map(earlier.map((lack) => [lack.item, lack]));
  return found.map(({ item, kind }): Lack => {
    const before = known.get(item);
    if (kind === 'denied') return { item, kind, answers: 0, since: before?.kind === kind ? before.since : answeredAt };
    if (before === undefined || before.kind === 'denied')
      return { item, kind: needed <= 1 ? 'confirmed' : kind, answers: 1, since: answeredAt };
    if (before.kind === 'confirmed') return before;
    if (answeredAt - before.since < every) return { ...before, kind };
    const answers = before.answers + 1;
    return { item, kind: answers >= needed ? 'confirmed' : kind, answers, since: answeredAt };
  });
}

/** What an answer leaves out and the user should know, with the parts by name. */
export interface OpenLacks {
  readonly total: number;
  /** The parts by kind; `quiet` ones are only counted. */
  readonly missing: readonly string[];
  readonly denied: readonly string[];
  readonly quiet: number;
}

/** Selects what is not confirmed; `prefix` names the series, such as the expiry of a snapshot. */
export function selectOpenLacks(text: EncodedLacks | undefined, prefix = ''): OpenLacks | null {
  if (text === undefined) return null;
  const { total, lacks } = decodeLacks(text);
  const select = (kind: LackKind): readonly string[] =>
    lacks.filter((lack) => lack.kind === kind).map(({ item }) => (prefix === '' ? item : `${prefix} ${item}`));
  const open: OpenLacks = {
    total,
    missing: select('missing'),
    denied: select('denied'),
    quiet: lacks.filter(({ kind }) => kind === 'quiet').length,
  };
  return open.missing.length + open.denied.length + open.quiet === 0 ? null : open;
}

/** Returns whether an answer that leaves something out is to be repeated: its next repetition counts. */
export function isRepetitionDue(text: EncodedLacks | undefined, now: Instant, { every }: EmptyConfirmation): boolean {
  return (
    text !== undefined && decodeLacks(text).lacks.some(({ kind, since }) => kind === 'missing' && now - since >= every)
  );
}

const maxExamples = 3;

/** Lists parts, the first three by name: `650 C, 655 C, 660 C and 4 more`. */
export function listItems(items: readonly string[]): string {
  const shown = items.slice(0, maxExamples).join(', ');
  return items.length > maxExamples ? `${shown} and ${String(items.length - maxExamples)} more` : shown;
}
