import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { requireCalendar } from '../fixtures/require-calendar.js';
import { formatInstant } from '../../src/core/time/time.js';
import { createDueTimes } from '../../src/scheduler/schedule/due-times.js';
import { renderDiagnostics } from '../../src/config/yaml/render-diagnostics.js';
import { loadFiles, expectValid } from '../config/pipeline/load-files.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/explanation/schedules.md'), 'utf8');

/** Every example of the page: a pipeline, and the output of `pipe lint` that follows it. */
const examples = [...page.matchAll(/```yaml\n([^]*?)```\n(?:\n```text\n([^]*?)```)?/g)].map(
  ([, yaml = '', output = '']) => ({ yaml, output }),
);

/** Appends the keys that the page omits, at the end so that line numbers stay the same. */
function completeYaml(yaml: string): string {
  const rest = ['name: example', 'symbols: [SPY]', 'steps: { contracts: {} }'];
  const missing = rest.filter((line) => !yaml.includes(`${line.slice(0, line.indexOf(':'))}:`));
  return [yaml.trimEnd(), ...missing, ''].join('\n');
}

describe('docs/explanation/schedules.md', () => {
  test('has an example of every setting of schedule', () => {
    const all = examples.map(({ yaml }) => yaml).join('\n');
    const keys = [
      'cron',
      'timezone',
      'every',
      'market_hours',
      'calendar',
      'max_cycles',
      'catch_up',
      'overlap',
      'jitter',
    ];
    for (const key of keys) expect(all).toMatch(new RegExp(`\\b${key}: `));
  });

  test.for(examples)('shows the output of pipe lint for $yaml', async ({ yaml, output }) => {
    const loaded = await loadFiles({ 'schedules.yaml': completeYaml(yaml) });
    expectValid(loaded);
    const warnings = loaded.ok ? loaded.warnings : loaded.diagnostics;
    expect(renderDiagnostics(warnings, loaded.sourceTexts, { color: false })).toBe(output);
  });

  const dated = examples.flatMap(({ yaml }) =>
    [...yaml.matchAll(/^# after (\S+): (.*)$/gm)].map(([, after = '', due = '']) => ({ yaml, after, due })),
  );

  test.for(dated)('lists the due times after $after of $yaml', async ({ yaml, after, due }) => {
    const { schedule, name } = expectValid(await loadFiles({ 'schedules.yaml': completeYaml(yaml) }));
    if (schedule === null) throw new Error('no schedule');
    const dueTimes = createDueTimes({ schedule, name, calendar: requireCalendar });
    const expected = due.split(' ');
    const found: string[] = [];
    for (
      let at = dueTimes.next(Date.parse(after));
      at !== null && found.length < expected.length;
      at = dueTimes.next(at)
    )
      found.push(formatInstant(at));
    expect(found).toEqual(expected);
  });

  test('lists due times for more than five examples', () => {
    expect(dated.length).toBeGreaterThan(5);
  });
});
