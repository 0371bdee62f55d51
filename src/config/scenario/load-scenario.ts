import type { Diagnostic } from '../../core/diagnostic.js';
import type { YamlFileKind } from '../yaml/file-kind.js';
import { toLoaded } from '../yaml/loaded.js';
import type { Loaded } from '../yaml/loaded.js';
import { problem } from '../yaml/problem.js';
import type { ReportDiagnostic } from '../yaml/problem.js';
import { readMapping } from '../yaml/read-mapping.js';
import { createSourceTextReader } from '../yaml/source-texts.js';
import type { ReadFile } from '../yaml/source-texts.js';
import { findLocation } from '../yaml/tree.js';
import { readMarketActions } from '../yaml/read-market-actions.js';
import { diagnoseTimestamp, parseTimestamp } from '../yaml/parse-timestamp.js';
import { readRule } from './rules/read-rule.js';
import type { Scenario, ScenarioClock } from './scenario.js';
import { schemaKeys } from './schema.generated.js';
import { validateScenario } from './validate-scenario.js';
import type { ValidatedScenario } from './validate-scenario.js';

interface Content {
  readonly scenario: Scenario;
}

export type LoadedScenario = Loaded<Content>;

const scenarioFileKind: YamlFileKind = {
  description: 'a scenario file',
  maxBytes: 1_000_000,
  tooLargeHint: 'split it into several scenarios',
  noun: 'scenario',
  keys: schemaKeys['scenario'] ?? [],
  exampleKeys: '`name:` and `source:`',
  emptyHint: 'start with `name:`, `source: tws` and `rules:`; pipelines/scenarios has examples',
  multipleDocumentsHint: 'move it to a separate file',
};

/** Returns whether a YAML text is a scenario and not a pipeline: by its schema comment, else by its keys. */
export function isScenarioText(text: string): boolean {
  const schema = /^#\s*yaml-language-server:\s*\$schema=\S*?([a-z]+)\.schema\.json\s*$/m.exec(text)?.[1];
  if (schema !== undefined) return schema === 'scenario';
  return /^(source|rules)\s*:/m.test(text) && !/^(steps|symbols|groups)\s*:/m.test(text);
}

/** Reads a scenario file and reports every problem. */
export async function loadScenario(file: string, readFile: ReadFile): Promise<LoadedScenario> {
  const diagnostics: Diagnostic[] = [];
  const report: ReportDiagnostic = (diagnostic) => diagnostics.push(diagnostic);
  const reader = createSourceTextReader(readFile, report);
  const text = await reader.read(file, scenarioFileKind, null);
  return text === null ? toLoaded<Content>(file, null, diagnostics, reader.sourceTexts) : parseScenario(file, text);
}

/** Parses the text of a scenario; `file` is its name in diagnostics. */
export function parseScenario(file: string, text: string): LoadedScenario {
  const diagnostics: Diagnostic[] = [];
  const report: ReportDiagnostic = (diagnostic) => diagnostics.push(diagnostic);
  const sourceTexts = new Map([[file, text]]);
  const root = readMapping(file, text, scenarioFileKind, report, () => sourceTexts.delete(file));
  const validated = root === null ? null : validateScenario(root, report);
  const scenario = validated === null ? null : readScenario(validated);

  return toLoaded(file, scenario === null ? null : { scenario }, diagnostics, sourceTexts);
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
      ...(market.actions === undefined
        ? {}
        : {
            actions: readMarketActions(market.actions, ['market', 'actions'], validated.root, validated.report),
          }),
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
