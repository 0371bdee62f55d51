import type { Step } from '../../config/pipeline/pipeline.js';

/** State of a step that a task needs. */
export interface NeedState {
  readonly step: Step;
  /**
   * - `available`: in the lake
   * - `pending`: this plan fetches it
   * - `accepted`: neither, because it was denied, which the user accepts
   * - `missing`: neither
   */
  readonly state: 'available' | 'pending' | 'accepted' | 'missing';
}
