import type { Location } from '../../../core/diagnostic.js';
import { problem } from '../../yaml/problem.js';
import { joinList } from '../../yaml/quote.js';
import { actionSyntaxes, toYamlName } from '../action-syntax.js';
import type { Action, ScenarioSource } from '../scenario.js';
import type { ValidatedScenario } from '../validate-scenario.js';
import { phasesByAction } from '../capabilities.js';
import type { Phase } from '../capabilities.js';

const phaseTexts: Readonly<Record<Phase, { readonly description: string; readonly example: string }>> = {
  connect: { description: 'when a client connects', example: '`when: connect`' },
  request: { description: 'when a request arrives', example: '`when: request`' },
  time: { description: 'after a time', example: '`when: { after: 5m }`' },
};

/** Whether a source can do this at such a moment; reports when it cannot. */
export function isApplicable(
  kind: Action['kind'],
  phase: Phase,
  location: Location,
  { source, report }: ValidatedScenario,
): boolean {
  if (source === null) return true;
  const word = toYamlName(kind);
  const phases = phasesByAction[kind][source];
  if (phases === undefined) {
    const otherSources = Object.keys(phasesByAction[kind]);
    report(
      problem(
        'wrong-source',
        location,
        `\`${word}\` is nothing that ${source} can do; it is an action of ${joinList(otherSources)}`,
        {
          suggestion: `${source} has ${joinList(listActions(source).map(toYamlName))}`,
        },
      ),
    );
    return false;
  }
  if (phases.includes(phase)) return true;
  const possible = phases.map((candidate) => phaseTexts[candidate]);
  const message = `at ${source} \`${word}\` happens ${joinList(
    possible.map(({ description }) => description),
    'or',
  )}, and this is ${phaseTexts[phase].description}`;
  report(
    problem('wrong-occasion', location, message, {
      suggestion: `write ${joinList(
        possible.map((candidate) => candidate.example),
        'or',
      )}`,
    }),
  );
  return false;
}

function listActions(source: ScenarioSource): readonly Action['kind'][] {
  return Object.values(actionSyntaxes)
    .map(({ kind }) => kind)
    .filter((kind) => phasesByAction[kind][source] !== undefined);
}
