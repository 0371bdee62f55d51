import type { Diagnostic } from '../../core/diagnostic.js';
import { sortDiagnostics } from '../yaml/sort-diagnostics.js';
import { problem } from '../yaml/problem.js';
import type { ReportDiagnostic } from '../yaml/problem.js';
import { readMapping } from '../yaml/read-mapping.js';
import { createSourceTextReader } from '../yaml/source-texts.js';
import type { ReadFile, SourceTexts } from '../yaml/source-texts.js';
import { findLocation } from '../yaml/tree.js';
import { scenarioFileKind } from './file-kind.js';
import { diagnoseTimestamp, parseTimestamp } from './rules/parse-timestamp.js';
import { readRule } from './rules/read-rule.js';
import type { Scenario, ScenarioClock } from './scenario.js';
import { validateScenario } from './validate-scenario.js';
import type { ValidatedScenario } from './validate-scenario.js';

/** A scenario that may be played, or everything that is wrong with the file; with the text that the places point into. */
export type LoadedScenario =
  | {
      readonly ok: true;
      readonly scenario: Scenario;
      readonly warnings: readonly Diagnostic[];
      readonly sourceTexts: SourceTexts;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly sourceTexts: SourceTexts };

/** Reads a scenario file and tells every problem at once. */
export async function loadScenario(file: string, readFile: ReadFile): Promise<LoadedScenario> {
  const diagnostics: Diagnostic[] = [];
  const report: ReportDiagnostic = (diagnostic) => diagnostics.push(diagnostic);
  const reader = createSourceTextReader(readFile, report);
  const text = await reader.read(file, scenarioFileKind, null);
  if (text === null) return { ok: false, diagnostics, sourceTexts: reader.sourceTexts };
  return parseScenario(file, text);
}

/** The scenario that a text describes; `file` is what its diagnostics call it. */
export function parseScenario(file: string, text: string): LoadedScenario {
  const diagnostics: Diagnostic[] = [];
  const report: ReportDiagnostic = (diagnostic) => diagnostics.push(diagnostic);
  const root = readMapping(file, text, scenarioFileKind, report);
  const validated = root === null ? null : validateScenario(root, report);
  const scenario = validated === null ? null : readScenario(validated);

  const sourceTexts: SourceTexts = new Map([[file, text]]);
  const ordered = sortDiagnostics(diagnostics, sourceTexts);
  const hasErrors = diagnostics.some(({ severity }) => severity === 'error');
  if (scenario === null && !hasErrors) throw new Error(`${file} was refused without a reason`);
  if (scenario === null || hasErrors) return { ok: false, diagnostics: ordered, sourceTexts };
  return { ok: true, scenario, warnings: ordered, sourceTexts };
}

function readScenario(validated: ValidatedScenario): Scenario {
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

function readClock({ file, root, report }: ValidatedScenario): ScenarioClock {
  const { start, speed = 1 } = file.clock ?? {};
  const instant = start === undefined ? null : parseTimestamp(start);
  if (start !== undefined && instant === null) {
    const { code, message, suggestion } = diagnoseTimestamp(start);
    report(problem(code, findLocation(root, ['clock', 'start']), message, { suggestion }));
  }
  return { start: instant, speed };
}
