import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import { createPacedRequest } from './budgets.js';
import { findViolations } from './find-violations.js';
import type { SentRequest } from './find-violations.js';

const source = join(import.meta.dirname, '../../src');
const budget: Budget = { kind: 'rolling', name: 'twenty', scope: 'account', limit: 20, span: 200, margin: 5 };

/** Asks for many requests at once and says when each may go, as a process of its own. */
const script = `
import { systemClock } from './core/clock.js';
import { openPacing } from './pacing/pacing.js';
const [folder, name, budget, count] = process.argv.slice(2);
const pacing = await openPacing({ folder, provider: 'mock', account: 'a', budgets: [JSON.parse(budget)], clock: systemClock });
await Promise.all(Array.from({ length: Number(count) }, async (_, part) => {
  const request = { dataset: 'equity_bars', what: 'TRADES', barSize: '1 day', contract: name, identical: name + part, connection: 'main', priority: 5 };
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
  writeFileSync(join(folder, 'asker.js'), script);
  for (const room of ['core', 'pacing']) {
    mkdirSync(join(folder, room));
    for (const file of readdirSync(join(source, room))) {
      const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
      const { outputText } = ts.transpileModule(readFileSync(join(source, room, file), 'utf8'), {
        compilerOptions: options,
      });
      writeFileSync(join(folder, room, file.replace(/ts$/, 'js')), outputText);
    }
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Asker {
  /** Resolves when something of it may go, or it has ended. */
  readonly begun: Promise<void>;
  readonly times: Promise<readonly number[]>;
  readonly errors: () => string;
  kill(): void;
}

function startAsker(name: string, count: number): Asker {
  const child = spawn(process.execPath, [
    join(folder, 'asker.js'),
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
  it('never overrun it together, nor when one of them is killed and another comes', async () => {
    const killed = startAsker('A', 10_000);
    await killed.begun;
    const others = [startAsker('B', 60), startAsker('C', 60)];
    await Promise.race(others.map((asker) => asker.begun));
    killed.kill();
    await killed.times;
    const askers = [killed, ...others, startAsker('D', 40)];
    const sent: SentRequest[] = [];
    for (const asker of askers) {
      for (const at of await asker.times)
        sent.push({ request: createPacedRequest({ contract: 'any' }), at, until: at });
      expect(asker.errors()).toBe('');
    }
    expect(sent.length).toBeGreaterThan(160);
    expect(findViolations(sent, [budget])).toEqual([]);
  });
});
