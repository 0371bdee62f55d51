import type { Place } from '../core/diagnostic.js';
import { problem } from '../yaml/problem.js';
import { enumerate } from '../yaml/text.js';
import { actionWords, wordOf } from './action-words.js';
import type { Action, ScenarioSource } from './scenario.js';
import type { Validated } from './validate.js';
import { momentsOf } from './words.js';
import type { Moment } from './words.js';

const occasions: Readonly<Record<Moment, { readonly words: string; readonly written: string }>> = {
  connect: { words: 'when a client connects', written: '`when: connect`' },
  request: { words: 'when a request arrives', written: '`when: request`' },
  time: { words: 'after a time', written: '`when: { after: 5m }`' },
};

/** Whether a source can do this at such a moment; reports when it cannot. */
export function makesSense(kind: Action['kind'], moment: Moment, place: Place, { source, report }: Validated): boolean {
  if (source === null) return true;
  const word = wordOf(kind);
  const moments = momentsOf[kind][source];
  if (moments === undefined) {
    const others = Object.keys(momentsOf[kind]);
    report(
      problem(
        'wrong-source',
        place,
        `\`${word}\` is nothing that ${source} can do; it is an action of ${enumerate(others)}`,
        {
          suggestion: `${source} has ${enumerate(actionsOf(source).map(wordOf))}`,
        },
      ),
    );
    return false;
  }
  if (moments.includes(moment)) return true;
  const possible = moments.map((one) => occasions[one]);
  const message = `at ${source} \`${word}\` happens ${enumerate(
    possible.map(({ words }) => words),
    'or',
  )}, and this is ${occasions[moment].words}`;
  report(
    problem('wrong-occasion', place, message, {
      suggestion: `write ${enumerate(
        possible.map((one) => one.written),
        'or',
      )}`,
    }),
  );
  return false;
}

function actionsOf(source: ScenarioSource): readonly Action['kind'][] {
  return Object.values(actionWords)
    .map(({ kind }) => kind)
    .filter((kind) => momentsOf[kind][source] !== undefined);
}
