import { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { commandEntries, selectEntries } from '../../src/cli/command-registry.js';

describe('the list of commands', () => {
  it.each(commandEntries)('names the command and the arguments of the definition of $usage', async (entry) => {
    const program = new Command();
    (await entry.load())(
      program,
      () => Promise.resolve(),
      () => Promise.reject(new Error('no command is run')),
    );
    const { commands } = program;
    const usages = commands.map((command) =>
      [
        command.name(),
        ...command.registeredArguments.map((argument) => {
          const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
          return argument.required ? `<${name}>` : `[${name}]`;
        }),
      ].join(' '),
    );
    expect(usages).toEqual([entry.usage]);
    expect(
      program
        .createHelp()
        .visibleCommands(program)
        .includes(commands[0] ?? program),
    ).toBe(entry.isHidden !== true);
  });

  it.each([
    [[], []],
    [['--help'], []],
    [['help'], []],
    [['help', 'status'], ['status [pipeline]']],
    [['--data', 'lake', 'query', 'select 1'], ['query <sql>']],
  ])('needs for %j the definitions of %j', (argv, usages) => {
    expect([...selectEntries(argv)].map(({ usage }) => usage)).toEqual(usages);
  });

  it.each([['complete'], ['man']])('needs all definitions for %s', (name) => {
    expect(selectEntries([name]).size).toBe(commandEntries.length);
  });
});
