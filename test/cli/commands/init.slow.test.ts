import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { templateNames } from '../../../src/config/pipeline/template/choices.js';
import { createRig } from '../../rig.js';

describe('pipe init without a terminal', () => {
  test.each(templateNames)('writes a project of the template %s that lints and plans', async (template) => {
    const rig = await createRig();
    const init = await rig.pipe('init', '--template', template);
    expect(init).toMatchObject({ exitCode: 0, stderr: '' });
    const file = template === 'basic' ? 'pipelines/my-pipeline.yaml' : `pipelines/${template}.yaml`;
    expect(await rig.files()).toEqual(
      [
        '.env.example',
        '.gitignore',
        '.vscode/extensions.json',
        '.vscode/settings.json',
        '.vscode/tasks.json',
        file,
      ].sort(),
    );
    const lint = await rig.pipe('lint');
    expect([lint.exitCode, lint.stdout]).toEqual([0, expect.stringContaining(`${file}: ok`)]);
    expect(await rig.pipe('plan')).toMatchObject({ exitCode: 0 });
  });

  test('takes provider, symbols, schedule and address from options', async () => {
    const rig = await createRig();
    const words = ['--provider', 'ib', '--symbols', 'SPY, QQQ', '--template', 'options'];
    const init = await rig.pipe('init', 'spy.pipe.yaml', ...words, '--schedule', '18:00', '--gateway', '4002');
    expect(init).toMatchObject({ exitCode: 0, stderr: '' });
    const text = await rig.read('spy.pipe.yaml');
    expect(text).toContain('name: spy\n');
    expect(text).toMatch(/port: 4002\n/);
    expect(text).toMatch(/- \{ symbol: SPY, kind: etf \}\n {2}- \{ symbol: QQQ, kind: etf \}\n/);
    expect(text).toContain('cron: 0 18 * * 1-5');
    // A file of this name is found without being named.
    expect(await rig.pipe('plan')).toMatchObject({ exitCode: 0 });
  });

  test('overwrites no file', async () => {
    const rig = await createRig();
    await rig.write('.gitignore', 'mine\n');
    await rig.write('.vscode/tasks.json', '{}\n');
    const init = await rig.pipe('init');
    expect(init.stdout).toContain('kept .vscode/tasks.json, .gitignore: they exist\n');
    expect([await rig.read('.gitignore'), await rig.read('.vscode/tasks.json')]).toEqual(['mine\n', '{}\n']);
    expect(await rig.pipe('init')).toMatchObject({ exitCode: 2, stdout: '' });
    const second = await rig.pipe('init', 'pipelines/b.yaml', '--no-project');
    expect([second.exitCode, second.stdout]).toEqual([0, expect.not.stringContaining('.gitignore')]);
  });

  test('writes tasks and settings of the editor as JSON, with the names of the tasks', async () => {
    const rig = await createRig();
    await rig.pipe('init', '--provider', 'ib');
    const tasks: unknown = JSON.parse(await rig.read('.vscode/tasks.json'));
    const labels = [...(await rig.read('.vscode/tasks.json')).matchAll(/"label": "(.*)"/g)].map(([, label]) => label);
    expect(tasks).toMatchObject({ version: '2.0.0' });
    expect(labels).toEqual([
      'Smoke: Start Simulator',
      'Smoke: Run',
      'pipe: Init Menu',
      'pipe: Plan',
      'pipe: Run',
      'pipe: Serve',
      'Observability: Prometheus and Grafana',
      'Observability: Start baseline',
    ]);
    const settings: unknown = JSON.parse(await rig.read('.vscode/settings.json'));
    expect(Object.values((settings as { readonly 'yaml.schemas': object })['yaml.schemas'])).toEqual([
      ['pipelines/*.yaml', 'pipelines/*.yml', '*.pipe.yaml', '*.pipe.yml'],
    ]);
  });

  test.each([
    [['--provider', 'ibkr'], '--provider ibkr is not a provider\n  did you mean ib?'],
    [['--template', 'snapshot'], '--template snapshot is not a template\n  did you mean snapshots?'],
    [['--symbols', ' , '], '--symbols: names no symbol'],
    [['--symbols', '../x'], '--symbols: `../x` is a path'],
    [['--schedule', 'often'], '--schedule: often is neither an interval'],
    [['--gateway', 'x:0'], '--gateway: x:0 is not an address'],
  ])('rejects %j and writes nothing', async (words, text) => {
    const rig = await createRig();
    const init = await rig.pipe('init', ...words);
    expect(init.exitCode).toBe(2);
    expect(init.stderr).toContain(text);
    expect(await rig.files()).toEqual([]);
  });
});

const hasPython = process.platform === 'linux';

/** Answers the questions of a command in a pseudo terminal, each when its text appears. */
const script = `
import os, pty, select, sys
answers = [line.split('=>') for line in sys.argv[1].split('|')]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
seen, output = '', ''
while True:
    try:
        data = os.read(terminal, 4096).decode()
    except OSError:
        break
    if not data:
        break
    seen += data
    output += data
    if answers and answers[0][0] in seen:
        seen = ''
        os.write(terminal, answers.pop(0)[1].encode().decode('unicode_escape').encode())
sys.stdout.write(output)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

describe.skipIf(!hasPython)('pipe init in a terminal', () => {
  const answer = (folder: string, answers: readonly string[]): { readonly code: number; readonly output: string } => {
    const main = join(import.meta.dirname, '../../../dist/main.js');
    const words = ['-c', script, answers.join('|'), process.execPath, main, 'init'];
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, TERM: 'xterm', NO_COLOR: '1' };
    try {
      return {
        code: 0,
        output: execFileSync('python3', words, { cwd: folder, env, encoding: 'utf8', timeout: 120_000 }),
      };
    } catch (error) {
      const { status, stdout } = error as { readonly status: number; readonly stdout: string };
      return { code: status, output: stdout };
    }
  };

  test('asks for source, template, symbols and schedule, and repeats a question that it cannot read', async () => {
    const rig = await createRig();
    const { code, output } = answer(rig.folder, [
      'Source of the data=>9\\n',
      'Source of the data=>1\\n',
      'What to collect=>snapshots\\n',
      'Symbols=>SPY,QQQ\\n',
      'When=>10m\\n',
    ]);
    expect(output).toContain('9 is none of them');
    expect(code).toBe(0);
    const text = await rig.read('pipelines/snapshots.yaml');
    expect(text).toContain('every: 10m');
    expect(text).toContain('{ symbol: QQQ, kind: etf }');
  });

  test('checks the connection of a gateway, and writes the project even if it fails', async () => {
    const rig = await createRig();
    const { code, output } = answer(rig.folder, [
      'Source of the data=>ib\\n',
      'What to collect=>\\n',
      'Symbols=>\\n',
      'When=>\\n',
      'Address=>127.0.0.1:1\\n',
      'Check the connection=>\\n',
    ]);
    expect(output).toMatch(/✗ connection/);
    expect(code).toBe(4);
    expect(await rig.files()).toContain('pipelines/my-pipeline.yaml');
  });

  test('writes nothing after Ctrl-C', async () => {
    const rig = await createRig();
    const { code, output } = answer(rig.folder, ['Source of the data=>1\\n', 'What to collect=>\\x03']);
    expect(output).toContain('cancelled: no file was written');
    expect(code).toBe(130);
    expect(await rig.files()).toEqual([]);
  });
});
