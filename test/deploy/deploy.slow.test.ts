import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const deploy = join(root, 'deploy');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'pipe-deploy-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Settings = Readonly<Record<string, unknown>>;

interface Service {
  readonly image: string;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Settings;
  readonly depends_on?: Settings | readonly string[];
  readonly network_mode?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Settings;
}

const files = ['compose.yaml', 'monitoring.yaml'] as const;
const composes = files.map((name) => [name, parse(read(`deploy/${name}`)) as Compose] as const);

describe('the Dockerfile', () => {
  const lines = read('deploy/Dockerfile')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ word: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
  const stages = lines.filter(({ word }) => word === 'FROM').map(({ rest }) => rest);
  const lastStage = lines.slice(lines.findLastIndex(({ word }) => word === 'FROM'));

  test('names a version of every image', () => {
    for (const stage of stages) expect(stage).toMatch(/^[a-z/]+:(?!latest)[a-z0-9.-]+( AS [a-z]+)?$/);
  });

  test('ends as a user without privileges, with a health check of the collector', () => {
    expect(lastStage.findLast(({ word }) => word === 'USER')?.rest).toBe('node');
    expect(lastStage.find(({ word }) => word === 'HEALTHCHECK')?.rest).toContain('http://127.0.0.1:9108/healthz');
    for (const word of ['ENTRYPOINT', 'CMD'])
      expect(JSON.parse(lastStage.find((line) => line.word === word)?.rest ?? '')).toBeInstanceOf(Array);
  });

  test('copies files that exist, and no tools for the build into the last stage', () => {
    for (const { word, rest } of lines) {
      expect(word).not.toBe('ADD');
      if (word !== 'COPY') continue;
      const [first = '', ...others] = rest.split(' ');
      if (first.startsWith('--from='))
        expect(stages.some((stage) => stage.endsWith(` AS ${first.slice(7)}`))).toBe(true);
      else
        for (const source of [first, ...others].slice(0, -1)) expect(existsSync(join(root, source)), source).toBe(true);
    }
    expect(lastStage.filter(({ word }) => word === 'COPY').map(({ rest }) => rest)).toEqual([
      '--from=install /app/node_modules /app/node_modules',
    ]);
  });
});

describe.each(composes)('%s', (_name, { services, volumes }) => {
  const all = Object.entries(services);

  test('names a version of every image that it does not build', () => {
    for (const [, { image }] of all) expect(image).toMatch(/^marketlake$|:(?!latest)[a-z0-9.-]+$/);
  });

  test('mounts files that exist and volumes that it declares', () => {
    for (const source of all.flatMap(([, service]) =>
      (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? ''),
    )) {
      if (source.startsWith('.')) expect(existsSync(resolve(deploy, source)), source).toBe(true);
      else expect(Object.keys(volumes)).toContain(source);
    }
  });

  test('publishes ports to this machine only, and depends on services that it has', () => {
    for (const [, { ports = [], depends_on: needed = {} }] of all) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      for (const name of Array.isArray(needed) ? needed : Object.keys(needed)) expect(services).toHaveProperty([name]);
    }
  });

  test('has no password in it', () => {
    const secrets = all.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => name.endsWith('PASSWORD')),
    );
    for (const [, value] of secrets) expect(value).toMatch(/^\$\{[A-Z_]+:-(admin|pipe)?\}$/);
  });
});

describe('Grafana', () => {
  test('is provisioned with the address that the compose files set, and with the folder of the dashboard', () => {
    const sources = parse(read('deploy/grafana/provisioning/datasources/prometheus.yml')) as {
      readonly datasources: readonly [{ readonly url: string }];
    };
    const variable = sources.datasources[0].url.slice(1);
    const provided = parse(read('deploy/grafana/provisioning/dashboards/pipe.yml')) as {
      readonly providers: readonly [{ readonly options: { readonly path: string } }];
    };
    for (const [, { services }] of composes) {
      expect(services['grafana']?.environment).toHaveProperty(variable);
      const target = services['grafana']?.volumes?.find((volume) => volume.includes('dashboard.json'))?.split(':')[1];
      expect(dirname(target ?? '')).toBe(provided.providers[0].options.path);
    }
  });
});

test.skipIf(spawnSync('promtool', ['--version']).status !== 0)('promtool accepts the settings of Prometheus', () => {
  for (const name of ['prometheus.yml', 'prometheus-host.yml']) {
    const path = join(folder, name);
    const rules = join(root, 'docs/monitoring/alerts.yaml');
    writeFileSync(path, read(`deploy/${name}`).replace('/etc/prometheus/alerts.yaml', rules));
    expect(execFileSync('promtool', ['check', 'config', path], { encoding: 'utf8' })).toContain('SUCCESS');
  }
});

test.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)('systemd-analyze accepts the service', () => {
  const path = join(folder, 'pipe.service');
  writeFileSync(path, read('deploy/pipe.service').replace('/usr/local/bin/pipe', process.execPath));
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
  expect([status, `${stdout}${stderr}`.split('\n').filter((line) => line.includes('pipe.service'))]).toEqual([0, []]);
});
