import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { createPipelineLoader } from '../../../src/app/serve/pipeline-loader.js';
import { writeTokenFile } from '../../../src/providers/kite/auth/token-file.js';

const now = Date.parse('2026-11-20T10:00:00+05:30');

function describePipeline(provider: string): string {
  return `name: p\nprovider: ${provider}\nschedule: { every: 1h }\nsymbols: [INFY]\nsteps: { contracts: {} }\n`;
}

test('a collector watches the login of Kite for pipelines with provider auto, and only for those', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-loader-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = ['auto', 'mock'].map((provider) => join(folder, `${provider}.yaml`));
  const [auto = '', mock = ''] = files;
  await writeFile(auto, describePipeline('auto'));
  await writeFile(mock, describePipeline('mock'));
  const clock = { now: () => now, sleepUntil: () => Promise.resolve() };
  const environment = { XDG_CONFIG_HOME: folder };
  const dataFolder = join(folder, 'lake');
  const loader = createPipelineLoader(files, { color: false }, { environment, dataFolder, clock });
  const tokenFile = join(folder, 'pipe', 'kite-token.json');

  expect(await loader.read(mock)).toMatchObject({ sourceFiles: [mock], pipeline: { providers: ['mock'] } });
  expect(await loader.read(auto)).toMatchObject({ sourceFiles: [auto, tokenFile], pipeline: { providers: ['mock'] } });
  const before = await loader.fingerprint(tokenFile);

  const login = { baseUrl: 'https://api.kite.trade', apiKey: 'key', accessToken: 'token', issuedAt: now, userId: null };
  await writeTokenFile(tokenFile, login);
  expect(await loader.fingerprint(tokenFile)).not.toBe(before);
  expect(await loader.read(auto)).toMatchObject({ pipeline: { providers: ['kite'] } });
});
