import type { Report } from '../yaml/problem.js';
import { durationReader } from '../yaml/duration-reader.js';
import type { Duration } from '../core/time.js';
import type { MapNode, Path } from '../yaml/tree.js';
import { textStandIn, validateTree } from '../yaml/validate.js';
import type { Shape } from '../yaml/validate.js';
import { scenarioWords } from './explain.js';
import type { ScenarioSource } from './scenario.js';
import type { ScenarioFile } from './schema.generated.js';
import { validate } from './validator.generated.js';

/** A scenario file of the right shape, and what reading it needs. */
export interface Validated {
  readonly file: ScenarioFile;
  readonly root: MapNode;
  /** Null when the file does not say it, or wrongly: what depends on it cannot be judged then. */
  readonly source: ScenarioSource | null;
  readonly report: Report;
  /** Whether all of the part at a path is there; of what is not, nothing more is to be said. */
  readonly isWhole: (path: Path) => boolean;
  /** The duration at a path; null after a report. */
  readonly duration: (text: string, path: Path) => Duration | null;
}

const shape: Shape<ScenarioFile> = {
  validate,
  words: scenarioWords,
  standIns: { name: textStandIn('unnamed'), source: textStandIn('tws') },
};

/** Checks a tree against the schema of scenarios; see `validateTree`. */
export function validateScenario(root: MapNode, report: Report): Validated | null {
  const saysSource = root.entries.has('source');
  const shaped = validateTree(root, shape, report);
  if (shaped === null) return null;
  const { file, wasDropped, isWhole } = shaped;
  const source = saysSource && !wasDropped(['source']) ? file.source : null;
  return { file, root, source, report, isWhole, duration: durationReader(shaped, report) };
}
