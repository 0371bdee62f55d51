import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actionSyntaxes } from '../../../src/config/scenario/action-syntax.js';
import { parseScenario } from '../../../src/config/scenario/load-scenario.js';
import { phasesByAction, requestsBySource } from '../../../src/config/scenario/capabilities.js';
import type { ScenarioSource } from '../../../src/config/scenario/scenario.js';

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/scenarios.md'), 'utf8');
const sources = ['tws', 'kite', 'synthetic'] as const satisfies readonly ScenarioSource[];

function getSection(name: string): string {
  return new RegExp(`<!-- ${name}: [^\\n]*-->\\n([^]*?)<!-- end of ${name} -->`).exec(page)?.[1] ?? '';
}

describe('docs/reference/scenarios.md', () => {
  it('has a table of the actions of every source', () => {
    const rows = Object.entries(actionSyntaxes).map(([, { kind, example }]) => {
      const cells = sources.map((source) => phasesByAction[kind][source]?.join(', ').replace('time', 'after') ?? '–');
      return `| \`${example}\` | ${cells.join(' | ')} |`;
    });
    expect(getSection('actions')).toBe(
      ['| Action | tws | kite | synthetic |', '|---|---|---|---|', ...rows, ''].join('\n'),
    );
  });

  it('describes every action', () => {
    for (const word of Object.keys(actionSyntaxes)) expect(page).toContain(`\n| \`${word}\` | `);
  });

  it('has a table of the requests of every source', () => {
    const rows = sources.map(
      (source) => `| ${source} | ${requestsBySource[source].map((word) => `\`${word}\``).join(', ')} |`,
    );
    expect(getSection('requests')).toBe(['| Source | Requests |', '|---|---|', ...rows, ''].join('\n'));
  });

  it('has only valid examples', () => {
    const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(0);
    for (const text of examples)
      expect(parseScenario('docs/reference/scenarios.md', text)).toMatchObject({ ok: true, warnings: [] });
  });
});
