import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '..');

type Package = Readonly<Record<string, unknown>>;

function runSbom(folder: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [join(folder, 'scripts/sbom.js'), ...args], { encoding: 'utf8' });
}

/** A project with these packages. */
function createProject(packages: Readonly<Record<string, Package>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-sbom-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'scripts'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const name of ['sbom.js', 'bundled-packages.js'])
    cpSync(join(root, 'scripts', name), join(folder, 'scripts', name));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  return folder;
}

interface Bom {
  readonly components: readonly { readonly name: string; readonly 'bom-ref': string; readonly properties?: unknown }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

describe('scripts/sbom.js', () => {
  test('finds only allowed licenses and no test tools among the production packages', () => {
    const { status, stdout, stderr } = runSbom(root, '--check');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\d+ production packages: MIT \d+/);
    expect(status).toBe(0);
  });

  test('lists every package once, with bundled ones, and only known packages as dependencies', () => {
    const { components, dependencies } = JSON.parse(runSbom(root).stdout) as Bom;
    const refs = components.map((component) => component['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['axios', 'kiteconnect', 'ws', 'yaml', '@duckdb/node-api']));
    expect(names).not.toContain('mocha');
    expect(names).not.toContain('vitest');
    expect(components.find(({ name }) => name === 'kiteconnect')?.properties).toEqual([
      { name: 'cdx:npm:package:bundled', value: 'true' },
    ]);
    for (const { dependsOn } of dependencies) expect(refs).toEqual(expect.arrayContaining([...dependsOn]));
  });

  test('fails for a license that is not allowed and for a test tool below a dependency', () => {
    const folder = createProject({
      '': { name: 'pipe', version: '1.0.0', dependencies: { client: '1.0.0' }, devDependencies: { viral: '1.0.0' } },
      'node_modules/client': { version: '1.0.0', license: 'MIT', dependencies: { mocha: '^10.0.0', parser: '1.0.0' } },
      'node_modules/client/node_modules/mocha': { version: '10.8.2', license: 'MIT' },
      'node_modules/parser': { version: '1.0.0', license: 'GPL-3.0-only' },
      'node_modules/viral': { version: '1.0.0', license: 'GPL-3.0-only', dev: true },
    });
    const { status, stderr } = runSbom(folder, '--check');
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      'mocha@10.8.2: a tool for tests is a production dependency',
      'parser@1.0.0: license GPL-3.0-only is not in the allowed list',
    ]);
  });
});
