import type { Location } from '../../../core/diagnostic.js';
import { problem } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
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

/** Returns whether a source supports an action in a phase; reports if it does not. */
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
        'unsupported-action',
        location,
        `${source} does not support \`${word}\`, an action of ${joinList(otherSources)}`,
        {
          suggestion: `the actions of ${source} are ${joinList(listActions(source).map(toYamlName))}`,
        },
      ),
    );
    return false;
  }
  if (phases.includes(phase)) return true;
  const possible = phases.map((candidate) => phaseTexts[candidate]);
  const message = `${source} supports \`${word}\` only ${joinList(
    possible.map(({ description }) => description),
    'or',
  )}, not ${phaseTexts[phase].description}`;
  report(
    problem('invalid-event', location, message, {
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
