import type { Place } from '../core/diagnostic.js';
import type { Report } from '../yaml/problem.js';
import type { MapNode } from '../yaml/tree.js';
import { textStandIn, validateTree } from '../yaml/validate.js';
import type { Shape, Shaped } from '../yaml/validate.js';
import { pipelineWords } from './explain.js';
import type { PipelineFile } from './schema.generated.js';
import { validate } from './validator.generated.js';

/** A pipeline file of the right shape: the schema holds for `file`, and `root` says where each part of it stands. */
export interface Validated extends Shaped<PipelineFile> {
  /** Steps that were written, those too that were dropped for their mistakes: naming them is no second mistake. */
  readonly stepNames: readonly string[];
}

const emptyMap = (place: Place): MapNode => ({ kind: 'map', entries: new Map(), place });

const shape: Shape<PipelineFile> = {
  validate,
  words: pipelineWords,
  standIns: {
    name: textStandIn('unnamed'),
    steps: (place) => {
      const steps = emptyMap(place);
      steps.entries.set('contracts', { key: 'contracts', keyPlace: place, value: emptyMap(place) });
      return steps;
    },
  },
};

/** Checks a tree against the schema of pipelines; see `validateTree`. */
export function validatePipeline(root: MapNode, report: Report): Validated | null {
  const steps = root.entries.get('steps')?.value;
  const stepNames = steps?.kind === 'map' ? [...steps.entries.keys()] : [];
  const shaped = validateTree(root, shape, report);
  return shaped === null ? null : { ...shaped, stepNames };
}
