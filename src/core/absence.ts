/**
 * Why a plan does not request wanted windows that the lake lacks:
 *
 * - `denied`: the provider refused them for lack of permission
 * - `unconfirmed`: the provider answered without rows, and its answer is not confirmed yet
 * - `incomplete`: the answer lacks parts that it should have, such as options of a chain, which is not confirmed yet
 * - `untraded`: the same of single options, which are often without a trade or a quote; confirmed without notice
 * - `unrequested`: the options of the plan exclude them, as `--retry-failed` excludes what was never requested
 * - `lost`: rows were in the lake and are lost, outside of what this plan wants; `--missing` requests them
 * - `rescaled`: the rows in the lake have the price scale of before a corporate action
 * - `unavailable`: the provider no longer has them, which is established
 */
export type AbsenceKind =
  'denied' | 'unconfirmed' | 'incomplete' | 'untraded' | 'unrequested' | 'lost' | 'rescaled' | 'unavailable';

/** Wanted windows of one task that the lake lacks and that the plan does not request. */
export interface Absence {
  readonly kind: AbsenceKind;
  /** Number of sessions for bars; 1 for a table of the current state. */
  readonly windows: number;
  /** True if it does not count as lacking: the user accepts it in the pipeline, or the provider has established it. */
  readonly isAccepted: boolean;
  readonly reason?: string;
}

/** Returns true if any of the absences keeps a task from being complete. */
export function isLacking(absences: readonly Absence[]): boolean {
  return absences.some(({ isAccepted }) => !isAccepted);
}

/** Adds absences of equal kind, acceptance and reason: one for each. */
export function mergeAbsences(absences: readonly Absence[]): readonly Absence[] {
  if (absences.length < 2) return absences;
  const merged = new Map<string, Absence>();
  for (const absence of absences) {
    const key = JSON.stringify([absence.kind, absence.isAccepted, absence.reason]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? absence : { ...known, windows: known.windows + absence.windows });
  }
  return [...merged.values()];
}
