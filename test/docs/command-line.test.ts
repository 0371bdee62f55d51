import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { exitCode } from '../../src/app/exit-code.js';
import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';
import { readDocument, root } from './documents.js';

const page = readDocument('docs/reference/command-line.md');
const isUpdate = process.env['PIPE_UPDATE_DOCS'] === '1';
const helpBlock = /<!-- help: ([\w ]+) -->\n([^]*?)<!-- end of help -->/g;

let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
});

/** The help of a command without the options that every command has; `global` is these options. */
async function renderHelp(name: string): Promise<string> {
  const words = name === 'global' ? ['--help'] : [...name.split(' '), '--help'];
  const { exitCode: code, stdout } = await rig.pipe(...words);
  expect(code, name).toBe(0);
  const text =
    name === 'global'
      ? (/^Options:\n([^]*?)\n\n/m.exec(stdout)?.[1] ?? '')
      : stdout.replace(/\n*^Global Options:\n(?: .*\n)*/m, '\n').trimEnd();
  return `\n\`\`\`text\n${text}\n\`\`\`\n\n`;
}

describe('docs/reference/command-line.md', () => {
  test('shows the help of every command as pipe prints it', async () => {
    let text = page.text;
    for (const [block, name = '', shown = ''] of page.text.matchAll(helpBlock)) {
      const help = await renderHelp(name);
      if (isUpdate) text = text.replace(block, () => `<!-- help: ${name} -->\n${help}<!-- end of help -->`);
      else expect(shown, `${name}: update with PIPE_UPDATE_DOCS=1 npx vitest run test/docs`).toBe(help);
    }
    if (isUpdate) writeFileSync(join(root, page.path), text);
  });

  test('has a section for every command', async () => {
    const { stdout } = await rig.pipe('--help');
    const commands = [...(/^Commands:\n([^]*?)\n\n/m.exec(stdout)?.[1] ?? '').matchAll(/^ {2}(\w+)/gm)];
    const names = commands.map(([, name = '']) => name).filter((name) => name !== 'help');
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) expect(page.text).toContain(`<!-- help: ${name} -->`);
  });
});

describe('docs/reference/exit-codes.md', () => {
  test('lists every exit code', () => {
    const { text } = readDocument('docs/reference/exit-codes.md');
    const listed = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual(Object.values(exitCode));
  });
});
