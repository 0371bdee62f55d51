import type { Step } from '../../config/pipeline/pipeline.js';

/** How the task's needs stand: a task is planned differently when what it builds on is still to be fetched. */
export interface NeedState {
  readonly step: Step;
  /** `held`: answered before this plan · `coming`: fetched by this plan · `absent`: neither. */
  readonly state: 'held' | 'coming' | 'absent';
}
