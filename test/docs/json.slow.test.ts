import { cp } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { createRig } from '../rig.js';
import type { Rig, RunningCall } from '../rig.js';
import { splitWords } from './console.js';
import { parseDocument, readDocument, root } from './documents.js';
import { createClock } from './run-document.js';
import { listPaths, shorten } from './shape.js';

const page = readDocument('docs/reference/json.md');
const isUpdate = process.env['PIPE_UPDATE_DOCS'] === '1';

/** The commands of the page, each with the document that follows it. */
const examples = page.blocks.flatMap((block, index) => {
  if (block.language !== 'console') return [];
  const next = page.blocks[index + 1];
  const command = block.text.replace(/^\$ /, '').trim();
  return [{ command, line: block.line, shown: next?.language === 'json' ? next.text : null }];
});

async function createProject(): Promise<{
  readonly rig: Rig;
  readonly simulator: RunningCall;
  readonly now: () => string;
  readonly env: Record<string, string>;
}> {
  const rig = await createRig();
  const now = createClock();
  await cp(join(root, 'pipelines'), rig.path('pipelines'), { recursive: true });
  const simulator = rig.spawn('simulate', 'tws', '--port', '0', '--start', now(), {
    timeout: 3_600_000,
  });
  await simulator.waitForOutput(/IB_PORT=\d+/);
  const port = /IB_PORT=(\d+)/.exec(simulator.stdout() + simulator.stderr())?.[1] ?? '';
  return { rig, simulator, now, env: { IB_PORT: port } };
}

/** Calls a command; of one that runs until it is stopped the first line is its document. */
async function callForDocument(rig: Rig, words: readonly string[], env: Record<string, string>): Promise<string> {
  if (words[0] === 'serve' || words[0] === 'simulate') {
    const call = rig.spawn(...words, '--port', '0', { env, timeout: 3_600_000 });
    await call.waitForOutput(/^\{.*\n/);
    call.kill('SIGINT');
    await call.result;
    return call.stdout().split('\n')[0] ?? '';
  }
  const { exitCode, stdout, stderr } = await rig.pipe(...words, { env });
  expect(exitCode, `pipe ${words.join(' ')}\n${stderr}`).toBe(0);
  return stdout;
}

describe('docs/reference/json.md', () => {
  test('shows a document with the keys and types of what each command prints', async () => {
    const { rig, simulator, now, env } = await createProject();
    const documents: string[] = [];
    const differences: unknown[] = [];
    for (const { command, line, shown } of examples) {
      const words = splitWords(command.replace(/^pipe /, ''), {});
      const stdout = await callForDocument(rig, words[0] === 'doctor' ? [...words, '--now', now()] : words, env);
      if (shown === null) continue;
      const document = shorten(JSON.parse(stdout.replaceAll(rig.folder, '/home/ana/market')));
      documents.push(JSON.stringify(document, null, 2));
      const actual = listPaths(document);
      const expected = listPaths(JSON.parse(shown));
      const missing = actual.filter((path) => !expected.includes(path));
      const extra = expected.filter((path) => !actual.includes(path));
      if (missing.length + extra.length > 0) differences.push({ command, line, missing, extra });
    }
    simulator.kill('SIGINT');
    await simulator.result;
    if (isUpdate) writeFileSync(join(root, page.path), replaceDocuments(documents));
    else expect(differences, 'update with PIPE_UPDATE_DOCS=1 npx vitest run test/docs').toEqual([]);
  });

  test('has an example of every command with --json', async () => {
    const rig = await createRig();
    const { stdout } = await rig.pipe('--help');
    const commands = [...(/^Commands:\n([^]*?)\n\n/m.exec(stdout)?.[1] ?? '').matchAll(/^ {2}(\w+)/gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help');
    const shown = new Set(examples.map(({ command }) => command.split(' ')[1]));
    for (const name of commands) {
      const help = await rig.pipe('help', name);
      if (help.stdout.includes('--json')) expect(shown, name).toContain(name);
    }
  });
});

/** The page with other documents, in order. */
function replaceDocuments(documents: readonly string[]): string {
  const rest = [...documents];
  return page.text.replaceAll(/```json\n[^]*?```/g, () => `\`\`\`json\n${rest.shift() ?? ''}\n\`\`\``);
}

describe('shorten', () => {
  test('keeps only items of lists that add a key or a type', () => {
    expect(shorten({ items: [{ a: 1 }, { a: 2 }, { a: null }, { b: 'x' }] })).toEqual({
      items: [{ a: 1 }, { a: null }, { b: 'x' }],
    });
  });
});

describe('listPaths', () => {
  test('returns the paths of a value with their types, one for all items of a list', () => {
    expect(listPaths({ a: [{ b: 1 }, { b: 2 }], c: null })).toEqual([
      '$: object',
      '$.a: list',
      '$.a[]: object',
      '$.a[].b: number',
      '$.c: null',
    ]);
  });

  test('returns no blocks for a page without blocks', () => {
    expect(parseDocument('page.md', '# Page\n').blocks).toEqual([]);
  });
});
