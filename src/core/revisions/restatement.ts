import type { CoverageState, CoveredWindow } from '../coverage.js';

/**
 * When rows on an earlier price scale are requested again.
 *
 * - `auto`: by the run that detects the change, and by later ones
 * - `ask`: with `--restate`
 * - `never`: with `--restate`; until then they do not count as lacking
 */
export type RestatePolicy = 'auto' | 'ask' | 'never';

/** The beginning of the reason of rescaled windows that the provider did not return on the new scale. */
const notRestated = 'not restated: ';

/** Returns the reason of a rescaled window that the provider did not return on the new scale. */
export function toRefusedReason(state: CoverageState, reason: string | undefined): string {
  return `${notRestated}${reason ?? state}`;
}

/** Returns whether the provider has refused to return a rescaled window on the new scale. */
export function isRestatementRefused({ state, reason }: Pick<CoveredWindow, 'state' | 'reason'>): boolean {
  return state === 'rescaled' && reason?.startsWith(notRestated) === true;
}
