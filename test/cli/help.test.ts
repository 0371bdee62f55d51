import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/command-line.md'), 'utf8');

/** Each command with its section of the page. */
const sections: readonly (readonly [string, string])[] = page
  .split(/^### `pipe /m)
  .slice(1)
  .map((text) => [/^\w+/.exec(text)?.[0] ?? '', text]);

let rig: Rig;
let commands: readonly string[];

beforeAll(async () => {
  rig = await createRig();
  const { stdout } = await rig.pipe('--help');
  commands = [...(/^Commands:\n([^]*?)\n\n/m.exec(stdout)?.[1] ?? '').matchAll(/^ {2}(\w+)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
});

/** The options in a text, sorted, each once. */
function optionsIn(text: string): readonly string[] {
  return [...new Set(text.match(/--[a-z][a-z-]+/g) ?? [])].sort();
}

function commandOptions(help: string): readonly string[] {
  const options = /^Options:\n([^]*?)(?=^Global Options:)/m.exec(help)?.[1] ?? '';
  return [...options.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== '--help')
    .sort();
}

/** The options in the help text that the section of a command shows. */
function documented(name: string): readonly string[] {
  const section = sections.find(([command]) => command === name)?.[1] ?? '';
  return commandOptions(`${/```text\n([^]*?)```/.exec(section)?.[1] ?? ''}Global Options:`);
}

describe('help', () => {
  test('lists the commands that docs/reference/command-line.md documents', () => {
    const onPage = sections.map(([name]) => name);
    for (const name of commands)
      expect(page, `docs/reference/command-line.md on pipe ${name}`).toContain(`### \`pipe ${name}`);
    expect(onPage.filter((name) => !commands.includes(name))).toEqual([]);
  });

  test('of every command lists the options of docs/reference/command-line.md, in lines of up to 80 characters', async () => {
    const helps = await Promise.all(commands.map((name) => rig.pipe('help', name)));
    for (const [index, { exitCode, stdout, stderr }] of helps.entries()) {
      const name = commands[index] ?? '';
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout.startsWith(`Usage: pipe ${name} `)).toBe(true);
      expect(commandOptions(stdout), `pipe ${name}`).toEqual(documented(name));
      for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  test('lists the options of every command that docs/reference/command-line.md documents', async () => {
    const { stdout } = await rig.pipe('--help');
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    const listed = optionsIn(/^Options:\n([^]*?)(?=^Commands:)/m.exec(stdout)?.[1] ?? '');
    const written = optionsIn(/## Options of every command\n([^]*?)(?=^## )/m.exec(page)?.[1] ?? '');
    expect(listed).toEqual(written);
  });

  test('is the same for pipe help plan, pipe plan --help and pipe plan -h', async () => {
    const ways = await Promise.all([rig.pipe('help', 'plan'), rig.pipe('plan', '--help'), rig.pipe('plan', '-h')]);
    expect(new Set(ways.map(({ stdout }) => stdout)).size).toBe(1);
  });
});
