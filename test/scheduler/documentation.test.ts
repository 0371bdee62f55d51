import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { formatInstant } from '../../src/core/time/time.js';
import { createDueTimes } from '../../src/scheduler/schedule/due-times.js';
import { renderDiagnostics } from '../../src/config/yaml/render-diagnostics.js';
import { requireCalendar } from '../fixtures/planning.js';
import { loadFiles, expectValid } from '../config/pipeline/load-files.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/schedules.md'), 'utf8');

/** Every example of the page: the pipeline, and what `pipe lint` is said to say about it. */
const examples = [...page.matchAll(/```yaml\n([^]*?)```\n(?:\n```text\n([^]*?)```)?/g)].map(
  ([, yaml = '', said = '']) => ({ yaml, said }),
);

/** What the page does not repeat in every example comes behind it, so that places stay what they are. */
function completeYaml(yaml: string): string {
  const rest = ['name: example', 'symbols: [SPY]', 'steps: { contracts: {} }'];
  const missing = rest.filter((line) => !yaml.includes(`${line.slice(0, line.indexOf(':'))}:`));
  return [yaml.trimEnd(), ...missing, ''].join('\n');
}

describe('docs/schedules.md', () => {
  test('has examples of every setting', () => {
    const all = examples.map(({ yaml }) => yaml).join('\n');
    const keys = ['cron', 'timezone', 'every', 'during', 'calendar', 'max_cycles', 'catch_up', 'overlap', 'jitter'];
    for (const key of keys) expect(all).toMatch(new RegExp(`\\b${key}: `));
  });

  test.for(examples)('lint says what is said about $yaml', async ({ yaml, said }) => {
    const loaded = await loadFiles({ 'schedules.yaml': completeYaml(yaml) });
    expectValid(loaded);
    const warnings = loaded.ok ? loaded.warnings : loaded.diagnostics;
    expect(renderDiagnostics(warnings, loaded.sourceTexts, { color: false })).toBe(said);
  });

  const dated = examples.flatMap(({ yaml }) =>
    [...yaml.matchAll(/^# after (\S+): (.*)$/gm)].map(([, after = '', due = '']) => ({ yaml, after, due })),
  );

  test.for(dated)('it is due when it is said, after $after: $yaml', async ({ yaml, after, due }) => {
    const { schedule, name } = expectValid(await loadFiles({ 'schedules.yaml': completeYaml(yaml) }));
    if (schedule === null) throw new Error('no schedule');
    const dueTimes = createDueTimes({ schedule, name, calendar: requireCalendar });
    const wanted = due.split(' ');
    const found: string[] = [];
    for (let at = dueTimes.next(Date.parse(after)); at !== null && found.length < wanted.length; at = dueTimes.next(at))
      found.push(formatInstant(at));
    expect(found).toEqual(wanted);
  });

  test('gives due times of several examples', () => {
    expect(dated.length).toBeGreaterThan(5);
  });
});
