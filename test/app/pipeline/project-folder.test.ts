import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { loadPipelineFile } from '../../../src/app/pipeline/load-pipeline.js';
import { findProject } from '../../../src/app/pipeline/project-folder.js';
import type { Environment } from '../../../src/app/context.js';
import { renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';
import { systemClock } from '../../../src/core/time/clock.js';

let home = '';
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'project-')));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function write(name: string, text = ''): Promise<string> {
  const path = join(home, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** The rendered diagnostics of a pipeline file; empty for a valid one. */
async function lint(file: string, environment: Environment = {}): Promise<string> {
  const loaded = await loadPipelineFile(
    file,
    { environment, dataFolder: join(home, 'data'), clock: systemClock },
    'lint',
  );
  return loaded.ok ? '' : renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color: false });
}

const steps = 'provider: mock\nsteps: { contracts: {} }\n';

describe('the project of a pipeline', () => {
  test.each([
    ['the repository around it', 'repo/.git/config', 'repo/a/pipelines/daily.yaml', 'repo'],
    ['the package around it', 'app/package.json', 'app/x/daily.yaml', 'app'],
    ['the parent of its folder pipelines', 'p/other.txt', 'p/pipelines/nested/daily.yaml', 'p'],
    ['its own folder otherwise', 'p/other.txt', 'p/x/daily.yaml', 'p/x'],
  ])('is %s', async (_, marker, file, folder) => {
    await write(marker);
    expect(findProject(await write(file), {})?.folder).toBe(join(home, folder));
  });

  test('is not confined with PIPE_ALLOW_OUTSIDE', () => {
    expect(findProject('daily.yaml', { PIPE_ALLOW_OUTSIDE: '1' })).toBeNull();
    expect(findProject('daily.yaml', { PIPE_ALLOW_OUTSIDE: '0' })).not.toBeNull();
  });
});

describe('a file outside the project', () => {
  const secret = 'token hunter2\n';

  test.each([
    ['include', `name: x\ninclude: SECRET\nsymbols: [AAPL]\n${steps}`],
    ['file of symbols', `name: x\nsymbols: [{ file: SECRET }]\n${steps}`],
    [
      'file of a query',
      `name: x\nsymbols: [AAPL]\nprovider: mock\nsteps: { contracts: {}, s: { uses: sql, needs: contracts, file: SECRET } }\n`,
    ],
    [
      'scenario',
      `name: x\nsymbols: [AAPL]\nprovider: synthetic\nproviders: { synthetic: { scenario: SECRET } }\nsteps: { contracts: {} }\n`,
    ],
  ])('is rejected as %s, by its path and through a link, and its lines are not shown', async (_, text) => {
    await write('secret.txt', secret);
    await symlink(join(home, 'secret.txt'), join(dirname(await write('p/x/other.txt')), 'link.txt'));
    for (const name of ['../../secret.txt', 'link.txt']) {
      const rendered = await lint(await write('p/x/daily.yaml', text.replace('SECRET', name)));
      expect(rendered).toContain(`is outside the project \`${join(home, 'p/x')}\``);
      expect(rendered).toContain('allow it with `--allow-outside`');
      expect(rendered).not.toContain('hunter2');
    }
  });

  test('is read when files outside are allowed', async () => {
    await write('base.yaml', 'symbols: [AAPL]\n');
    const file = await write('p/x/daily.yaml', `name: x\ninclude: ../../base.yaml\n${steps}`);
    expect(await lint(file)).toContain('is outside the project');
    expect(await lint(file, { PIPE_ALLOW_OUTSIDE: '1' })).toBe('');
  });

  test('is read within the project, also above the folder of the pipeline', async () => {
    await write('p/shared/base.yaml', 'symbols: [AAPL]\n');
    expect(await lint(await write('p/pipelines/daily.yaml', `name: x\ninclude: ../shared/base.yaml\n${steps}`))).toBe(
      '',
    );
  });
});

describe('a file that is not YAML', () => {
  test.each([
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIhunter2\n-----END PRIVATE KEY-----\n'],
    ['variables', 'KITE_API_SECRET=hunter2\nOTHER="hunter2\n'],
    ['accounts', 'root:x:0:0:hunter2:/root:/bin/sh\n'],
    ['tokens in JSON', '{ "access_token": "hunter2" }\n'],
    ['one line', 'hunter2\n'],
    ['control characters', 'hunter2 \u0001\u0002 hunter2\n'],
  ])('(%s) is rejected without showing its lines, as pipeline, include and symbols file', async (_, text) => {
    const other = await write('p/other', text);
    const include = await write('p/a.yaml', `name: x\ninclude: other\nsymbols: [AAPL]\n${steps}`);
    const symbols = await write('p/b.yaml', `name: x\nsymbols: [{ file: other }]\n${steps}`);
    for (const file of [other, include, symbols]) {
      const rendered = await lint(file);
      expect(rendered).toMatch(/error/);
      expect(rendered).not.toContain('hunter2');
    }
  });

  test('is shown when it is a pipeline with an error', async () => {
    expect(await lint(await write('p/a.yaml', 'name: x\nsymbols: [AAPL\nsteps: {}\n'))).toContain('steps: {}');
  });
});

describe('the value of an environment variable', () => {
  const environment = { SECRET: 'hunter2 is my secret' };

  test.each([
    ['a duration', "retry: { delay: '${SECRET}' }"],
    ['a number', "retry: { attempts: '${SECRET}' }"],
    ['a provider', "provider: '${SECRET}'"],
    ['a symbol', "symbols: ['${SECRET}, AAPL']"],
    ['a date', "steps: { equity: { bar_size: 1 day, start: '${SECRET}' } }"],
    ['a bar size', "steps: { equity: { bar_size: '${SECRET}' } }"],
    ['a time zone', "schedule: { cron: '0 1 * * *', timezone: '${SECRET}' }"],
    ['a cron expression', "schedule: { cron: '${SECRET}' }"],
    ['a URL', "lineage: { endpoint: 'x ${SECRET}' }"],
    ['a file', "include: '${SECRET}'"],
    ['a name', "name: '${SECRET} / ?'"],
    ['a calendar', "calendar: '${SECRET}'"],
  ])('is not shown where %s is wanted', async (_, line) => {
    const key = line.split(':', 1)[0] ?? '';
    const base = ['name: x', 'symbols: [AAPL]', 'provider: mock', 'steps: { contracts: {} }'];
    const text = [...base.filter((other) => !other.startsWith(`${key}:`)), line].join('\n');
    const rendered = await lint(await write('p/a.yaml', `${text}\n`), environment);
    expect(rendered).toMatch(/error/);
    expect(rendered).toContain('${SECRET}');
    expect(rendered).not.toContain('hunter2');
    expect(rendered).not.toContain('my secret');
  });
});
