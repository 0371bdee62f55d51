import type { Location } from '../../core/diagnostic.js';
import type { ReportDiagnostic } from '../yaml/problem.js';
import type { MapNode } from '../yaml/tree.js';
import { textPlaceholder, validateTree } from '../yaml/validate-tree.js';
import type { FileSchema, ValidatedTree } from '../yaml/validate-tree.js';
import { pipelineVocabulary } from './pipeline-vocabulary.js';
import { createSchemaValidator } from '../yaml/json-schema.js';
import { compactSchema } from './schema.generated.js';
import type { PipelineFile } from './schema.generated.js';

/** A pipeline file that matches the schema. */
export interface ValidatedPipeline extends ValidatedTree<PipelineFile> {
  /** Names of all steps of the file, including invalid ones that were dropped: references to them are valid. */
  readonly stepNames: readonly string[];
}

const createEmptyMap = (location: Location): MapNode => ({ kind: 'map', entries: new Map(), location });

const schema: FileSchema<PipelineFile> = {
  validate: createSchemaValidator<PipelineFile>(compactSchema),
  vocabulary: pipelineVocabulary,
  placeholders: {
    name: textPlaceholder('unnamed'),
    steps: (location) => {
      const steps = createEmptyMap(location);
      steps.entries.set('contracts', { key: 'contracts', keyLocation: location, value: createEmptyMap(location) });
      return steps;
    },
  },
};

/** Checks a tree against the schema of pipelines. */
export function validatePipeline(root: MapNode, report: ReportDiagnostic): ValidatedPipeline | null {
  const steps = root.entries.get('steps')?.value;
  const stepNames = steps?.kind === 'map' ? [...steps.entries.keys()] : [];
  const tree = validateTree(root, schema, report);
  return tree === null ? null : { ...tree, stepNames };
}
