import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { createScenarioEngine } from '../../config/scenario/engine/scenario-engine.js';
import type { CountingScenarioEngine } from '../../config/scenario/engine/scenario-engine.js';
import type { RuleCount } from '../../config/scenario/engine/sampler.js';
import type { Scenario } from '../../config/scenario/scenario.js';
import type { Instant } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import { isCount, isInstant, isRecord, isString, listOf, readOptionalDocument } from '../../platform/json.js';
import { schedulerFolder } from '../../scheduler/schedule/cycle-store.js';
import type { AppContext } from '../context.js';

/** A scenario in the runs of one collector: they share its time and the counts of its rules. */
export interface ScenarioRun {
  readonly engine: CountingScenarioEngine;
  readonly startedAt: Instant;
  /** Saves the counts for the next run. */
  save(): Promise<void>;
}

/** The counts after the last run of a collector. */
interface SavedScenario {
  /** Counts of another collector or another scenario do not apply. */
  readonly collectorStart: Instant;
  readonly rulesHash: string;
  readonly counts: readonly RuleCount[];
}

/**
 * Starts a scenario, or continues it in a run of a collector: rules with `after`, `from` and `until` count from the start of the
 * collector, and `skip`, `every` and `times` count the events of all its runs.
 */
export async function openScenarioRun(
  scenario: Scenario,
  pipeline: string,
  { clock, dataFolder, collectorStart }: Pick<AppContext, 'clock' | 'dataFolder' | 'collectorStart'>,
): Promise<ScenarioRun> {
  if (collectorStart === undefined)
    return { engine: createScenarioEngine(scenario), startedAt: clock.now(), save: async () => undefined };
  const path = join(getFolder(dataFolder), `${encodeURIComponent(pipeline)}.json`);
  const rulesHash = createHash('sha256')
    .update(JSON.stringify([scenario.market.seed, scenario.rules]))
    .digest('hex');
  const saved = await readOptionalDocument(path, decodeSavedScenario, { version: 1 });
  const continues = saved?.collectorStart === collectorStart && saved.rulesHash === rulesHash;
  const engine = createScenarioEngine(scenario, continues ? saved.counts : []);
  return {
    engine,
    startedAt: collectorStart,
    async save() {
      const state: SavedScenario = { collectorStart, rulesHash, counts: engine.counts() };
      await nodeFiles.replace(path, `${JSON.stringify({ v: 1, ...state })}\n`);
    },
  };
}

/** Ends the scenarios of an earlier collector, whose clock may have started at the same time. */
export function endScenarioRuns(lake: string): void {
  rmSync(getFolder(lake), { recursive: true, force: true });
}

function getFolder(lake: string): string {
  return join(schedulerFolder(lake), 'scenarios');
}

function decodeSavedScenario(document: unknown): SavedScenario | null {
  if (!isRecord(document)) return null;
  const { collectorStart, rulesHash, counts } = document;
  return isInstant(collectorStart) && isString(rulesHash) && areCounts(counts)
    ? { collectorStart, rulesHash, counts }
    : null;
}

const areCounts = listOf(
  (value): value is RuleCount => isRecord(value) && isCount(value['matched']) && isCount(value['acted']),
);
