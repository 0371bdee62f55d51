import type { Diagnostic } from '../core/diagnostic.js';
import { inReadingOrder } from '../yaml/order.js';
import { problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { readMapping } from '../yaml/read-yaml.js';
import { sourceReader } from '../yaml/sources.js';
import type { ReadFile, Sources } from '../yaml/sources.js';
import { placeAt } from '../yaml/tree.js';
import { scenarioFile } from './file-kind.js';
import { momentProblem, parseMoment } from './moment.js';
import { readRule } from './read-rule.js';
import type { Scenario, ScenarioClock } from './scenario.js';
import { validateScenario } from './validate.js';
import type { Validated } from './validate.js';

/** A scenario that may be played, or everything that is wrong with the file; with the text that the places point into. */
export type LoadedScenario =
  | {
      readonly ok: true;
      readonly scenario: Scenario;
      readonly warnings: readonly Diagnostic[];
      readonly sources: Sources;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly sources: Sources };

/** Reads a scenario file and tells every problem at once. */
export async function loadScenario(file: string, readFile: ReadFile): Promise<LoadedScenario> {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  const reader = sourceReader(readFile, report);
  const text = await reader.read(file, scenarioFile, null);
  if (text === null) return { ok: false, diagnostics, sources: reader.sources };
  return scenarioFrom(file, text);
}

/** The scenario that a text describes; `file` is what its diagnostics call it. */
export function scenarioFrom(file: string, text: string): LoadedScenario {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  const root = readMapping(file, text, scenarioFile, report);
  const validated = root === null ? null : validateScenario(root, report);
  const scenario = validated === null ? null : readScenario(validated);

  const sources: Sources = new Map([[file, text]]);
  const ordered = inReadingOrder(diagnostics, sources);
  const isWrong = diagnostics.some(({ severity }) => severity === 'error');
  if (scenario === null && !isWrong) throw new Error(`${file} was refused without a reason`);
  if (scenario === null || isWrong) return { ok: false, diagnostics: ordered, sources };
  return { ok: true, scenario, warnings: ordered, sources };
}

function readScenario(validated: Validated): Scenario {
  const { file } = validated;
  const { market = {}, rules = [] } = file;
  return {
    name: file.name,
    source: file.source,
    market: {
      seed: market.seed ?? 1,
      volatility: market.volatility ?? null,
      basePrices: market.base_price ?? {},
    },
    clock: readClock(validated),
    rules: rules.flatMap((rule, index) => readRule(rule, ['rules', index], validated) ?? []),
  };
}

function readClock({ file, root, report }: Validated): ScenarioClock {
  const { start, speed = 1 } = file.clock ?? {};
  const instant = start === undefined ? null : parseMoment(start);
  if (start !== undefined && instant === null) {
    const { code, message, suggestion } = momentProblem(start);
    report(problem(code, placeAt(root, ['clock', 'start']), message, { suggestion }));
  }
  return { start: instant, speed };
}
