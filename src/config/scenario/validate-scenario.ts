import type { ReportDiagnostic } from '../yaml/problem.js';
import { createDurationReader } from '../yaml/duration-reader.js';
import type { Duration } from '../../core/time/time.js';
import type { MapNode, NodePath } from '../yaml/tree.js';
import { textPlaceholder, validateTree } from '../yaml/validate-tree.js';
import type { FileSchema } from '../yaml/validate-tree.js';
import { scenarioVocabulary } from './scenario-vocabulary.js';
import type { ScenarioSource } from './scenario.js';
import type { ScenarioFile } from './schema.generated.js';
import { validate } from './validator.generated.js';

/** A scenario file of the right shape, and what reading it needs. */
export interface ValidatedScenario {
  readonly file: ScenarioFile;
  readonly root: MapNode;
  /** Null when the file does not say it, or wrongly: what depends on it cannot be judged then. */
  readonly source: ScenarioSource | null;
  readonly report: ReportDiagnostic;
  /** Whether all of the part at a path is there; of what is not, nothing more is to be said. */
  readonly isIntact: (path: NodePath) => boolean;
  /** The duration at a path; null after a report. */
  readonly readDuration: (text: string, path: NodePath) => Duration | null;
}

const schema: FileSchema<ScenarioFile> = {
  validate,
  vocabulary: scenarioVocabulary,
  placeholders: { name: textPlaceholder('unnamed'), source: textPlaceholder('tws') },
};

/** Checks a tree against the schema of scenarios; see `validateTree`. */
export function validateScenario(root: MapNode, report: ReportDiagnostic): ValidatedScenario | null {
  const hasSource = root.entries.has('source');
  const tree = validateTree(root, schema, report);
  if (tree === null) return null;
  const { file, wasDropped, isIntact } = tree;
  const source = hasSource && !wasDropped(['source']) ? file.source : null;
  return { file, root, source, report, isIntact, readDuration: createDurationReader(tree, report) };
}
