import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import { createPacedRequest } from './budgets.js';
import { findViolations } from './find-violations.js';
import type { SentRequest } from './find-violations.js';

const source = join(import.meta.dirname, '../../src');
const budget: Budget = { kind: 'rolling', name: 'twenty', scope: 'account', limit: 20, span: 200, margin: 5 };

/** A process that acquires many permits at once and prints the time of each. */
const script = `
import { systemClock } from './core/time/clock.js';
import { openPacing } from './pacing/pacing.js';
const [folder, name, budget, count] = process.argv.slice(2);
const pacing = await openPacing({ folder, provider: 'mock', account: 'a', budgets: [JSON.parse(budget)], clock: systemClock });
await Promise.all(Array.from({ length: Number(count) }, async (_, part) => {
  const request = { dataset: 'equity_bars', priceType: 'TRADES', barSize: '1 day', contract: name, identical: name + part, connection: 'main', priority: 5 };
  const permit = await pacing.acquire(request);
  process.stdout.write(permit.at + '\\n');
  permit.release();
}));
await pacing.close();
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-processes-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'client.js'), script);
  for (const module of ['core', 'pacing', 'platform']) transpile(module);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Compiles the files of a source folder, without type checks. */
function transpile(module: string): void {
  for (const file of readdirSync(join(source, module), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(source, module, file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
    });
    const target = join(folder, module, file.replace(/ts$/, 'js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
}

interface Client {
  /** Resolves with the first permit, or when the process ends. */
  readonly begun: Promise<void>;
  readonly times: Promise<readonly number[]>;
  readonly errors: () => string;
  kill(): void;
}

function startClient(name: string, count: number): Client {
  const child = spawn(process.execPath, [
    join(folder, 'client.js'),
    join(folder, 'data'),
    name,
    JSON.stringify(budget),
    String(count),
  ]);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const times = new Promise<readonly number[]>((resolve, reject) => {
    child.on('error', reject).on('close', () => resolve(output.split('\n').slice(0, -1).map(Number)));
  });
  const begun = new Promise<void>((resolve) => {
    child.stdout.once('data', () => resolve()).once('close', () => resolve());
  });
  return { begun, times, errors: () => errors, kill: () => child.kill('SIGKILL') };
}

describe('real processes with one budget', () => {
  it('never exceed the budget together when one process is killed and another starts', async () => {
    const killed = startClient('A', 10_000);
    await killed.begun;
    const others = [startClient('B', 60), startClient('C', 60)];
    await Promise.race(others.map((client) => client.begun));
    killed.kill();
    await killed.times;
    const clients = [killed, ...others, startClient('D', 40)];
    const sent: SentRequest[] = [];
    for (const client of clients) {
      for (const at of await client.times)
        sent.push({ request: createPacedRequest({ contract: 'any' }), at, until: at });
      expect(client.errors()).toBe('');
    }
    expect(sent.length).toBeGreaterThan(160);
    expect(findViolations(sent, [budget])).toEqual([]);
  });
});
