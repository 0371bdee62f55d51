import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CustomStep } from '../../../../src/config/pipeline/pipeline.js';
import { loadFiles, loadValid, expectValid } from '../load-files.js';

const baseYaml = 'name: custom\nsymbols: [AAPL]\nsteps:\n  contracts: {}\n  equity: { needs: contracts }\n';

async function loadCustomSteps(
  text: string,
  files: Readonly<Record<string, string>> = {},
): Promise<readonly CustomStep[]> {
  return expectValid(await loadFiles({ 'p/a.yaml': `${baseYaml}${text}`, ...files })).customSteps;
}

describe('custom steps', () => {
  it('come after the steps they need, with defaults applied', async () => {
    expect(
      await loadCustomSteps(
        '  scores: { uses: exec, needs: returns, command: [python3, s.py, "{input}", "{output}"], input: { dataset: returns }, output: {} }\n' +
          '  returns: { uses: sql, needs: equity, query: FROM equity_bars }\n',
      ),
    ).toMatchObject([
      { name: 'returns', uses: 'sql', needs: ['equity'], dataset: 'returns' },
      {
        name: 'scores',
        uses: 'exec',
        needs: ['returns'],
        folder: 'p',
        input: { dataset: 'returns', format: 'parquet' },
        output: { dataset: 'scores', format: 'parquet' },
        timeout: 600_000,
        env: {},
        inputTables: ['returns'],
      },
    ]);
  });

  it.each([
    ['  r:\n    uses: sql\n    query: |\n\n      SELECT 1,\n        x\n', { line: 9, column: 7, indent: 6 }],
    ['  r:\n    uses: sql\n    query: >-\n      SELECT 1,\n      x\n', { line: 9, column: 7, indent: null }],
    ['  r: { uses: sql, query: SELECT x }\n', { line: 6, column: 26, indent: null }],
    ['  r: { uses: sql, query: "SELECT x" }\n', { line: 6, column: 27, indent: null }],
  ])('have the location of their statement: %j', async (text, location) => {
    expect(await loadCustomSteps(text)).toMatchObject([{ query: { file: 'p/a.yaml', ...location } }]);
  });

  it('read their statement from a file relative to the pipeline', async () => {
    const [step] = await loadCustomSteps('  r: { uses: sql, file: q/r.sql }\n', { 'p/q/r.sql': 'SELECT 1 AS one\n' });
    expect(step).toMatchObject({
      query: { text: 'SELECT 1 AS one\n', file: 'p/q/r.sql', line: 1, column: 1, indent: 0 },
    });
  });

  it('have a definition that changes with the statement, command, environment and script only', async () => {
    const definition = async (text: string, files = {}): Promise<unknown> =>
      (await loadCustomSteps(text, files))[0]?.definition;
    const first = await definition('  r: { uses: sql, query: SELECT 1 AS one }\n');
    expect(await definition('  # one\n  r: { uses: sql, needs: equity, query: "SELECT 1 AS one" }\n')).toBe(first);
    expect(await definition('  r: { uses: sql, query: SELECT 2 AS one }\n')).not.toBe(first);
    const command = (extraSettings = ''): string => `  r: { uses: exec, command: [node, s.js]${extraSettings} }\n`;
    const script = await definition(command(), { 'p/s.js': '1' });
    expect(await definition(command(', timeout: 1m'), { 'p/s.js': '1' })).toBe(script);
    expect(await definition(command(', env: { MODE: a }'), { 'p/s.js': '1' })).not.toBe(script);
    expect(await definition(command(), { 'p/s.js': '2' })).not.toBe(script);
  });

  it('have the definitions of lakes written by earlier versions', async () => {
    const [sql, exec] = await loadCustomSteps(
      '  returns: { uses: sql, needs: equity, query: FROM equity_bars }\n' +
        '  scores: { uses: exec, needs: returns, command: [a, "{input}"], input: { dataset: returns } }\n',
    );
    const hash = (canonical: string): string => createHash('sha256').update(canonical).digest('hex');
    expect(sql?.definition).toBe(hash('{"dataset":"returns","query":"FROM equity_bars"}'));
    expect(exec?.definition).toBe(
      hash(
        '{"command":["a","{input}"],"env":{},"files":{},"input":{"dataset":"returns","format":"parquet"},' +
          '"output":null,"reads":["returns"]}',
      ),
    );
  });

  it('are part of the hash of a pipeline, without their location', async () => {
    const withoutCustomSteps = await loadValid(baseYaml);
    const sql = '  r: { uses: sql, query: SELECT 1 AS one }\n';
    const one = await loadValid(`${baseYaml}${sql}`);
    expect(one.hash).not.toBe(withoutCustomSteps.hash);
    expect((await loadValid(`# moved\n${baseYaml}${sql}`)).hash).toBe(one.hash);
  });
});
