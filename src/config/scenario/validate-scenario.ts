import type { ReportDiagnostic } from '../yaml/problem.js';
import { createDurationReader } from '../yaml/duration-reader.js';
import type { Duration } from '../../core/time/time.js';
import type { MapNode, NodePath } from '../yaml/tree.js';
import { textPlaceholder, validateTree } from '../yaml/validate-tree.js';
import type { FileSchema } from '../yaml/validate-tree.js';
import { scenarioVocabulary } from './scenario-vocabulary.js';
import type { ScenarioSource } from './scenario.js';
import { createSchemaValidator } from '../yaml/json-schema.js';
import { compactSchema } from './schema.generated.js';
import type { ScenarioFile } from './schema.generated.js';

/** A scenario file that matches the schema, with the helpers that read it. */
export interface ValidatedScenario {
  readonly file: ScenarioFile;
  readonly root: MapNode;
  /** Null if the file has no valid source; checks that depend on it are skipped. */
  readonly source: ScenarioSource | null;
  readonly report: ReportDiagnostic;
  /** Returns whether no part of the value at a path was dropped as invalid. */
  readonly isIntact: (path: NodePath) => boolean;
  /** Reads the duration at a path; null after a report. */
  readonly readDuration: (text: string, path: NodePath) => Duration | null;
}

const schema: FileSchema<ScenarioFile> = {
  validate: createSchemaValidator<ScenarioFile>(compactSchema),
  vocabulary: scenarioVocabulary,
  placeholders: { name: textPlaceholder('unnamed'), source: textPlaceholder('tws') },
};

/** Checks a tree against the schema of scenarios. */
export function validateScenario(root: MapNode, report: ReportDiagnostic): ValidatedScenario | null {
  const hasSource = root.entries.has('source');
  const tree = validateTree(root, schema, report);
  if (tree === null) return null;
  const { file, wasDropped, isIntact } = tree;
  const source = hasSource && !wasDropped(['source']) ? file.source : null;
  return { file, root, source, report, isIntact, readDuration: createDurationReader(tree, report) };
}
