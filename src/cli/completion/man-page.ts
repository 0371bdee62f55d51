import type { Command } from 'commander';

/** The page of a command for `man`, in its macros; of the whole program without one. */
export function formatManPage(program: Command, command: Command, version: string): string {
  const name = command === program ? program.name() : `${program.name()}-${command.name()}`;
  const help = command.createHelp();
  const lines = [
    `.TH ${escapeWord(name.toUpperCase())} 1 "" ${escapeWord(`${program.name()} ${version}`)} ${escapeWord('User commands')}`,
    '.SH NAME',
    `${escapeText(name)} \\- ${escapeText(command.description())}`,
    '.SH SYNOPSIS',
    `.B ${escapeText([program.name(), ...(command === program ? [] : [command.name()])].join(' '))}`,
    escapeText(command.usage()),
  ];
  const addList = (title: string, items: readonly (readonly [string, string])[]): void => {
    if (items.length === 0) return;
    lines.push(`.SH ${title}`);
    for (const [term, description] of items) lines.push('.TP', `.B ${escapeText(term)}`, escapeText(description));
  };
  addList(
    'ARGUMENTS',
    help.visibleArguments(command).map((argument) => [help.argumentTerm(argument), help.argumentDescription(argument)]),
  );
  addList(
    'COMMANDS',
    help.visibleCommands(command).map((known) => [help.subcommandTerm(known), help.subcommandDescription(known)]),
  );
  addList(
    'OPTIONS',
    help.visibleOptions(command).map((option) => [help.optionTerm(option), help.optionDescription(option)]),
  );
  if (command !== program) {
    addList(
      'GLOBAL OPTIONS',
      help.visibleGlobalOptions(command).map((option) => [help.optionTerm(option), help.optionDescription(option)]),
    );
    lines.push('.SH SEE ALSO', `.BR ${program.name()} (1)`);
  }
  return `${lines.join('\n')}\n`;
}

/** A backslash begins a command, and a point or apostrophe at the start of a line a macro; a hyphen is shown as a minus sign. */
function escapeText(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll(/\s+/g, ' ').trim();
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

function escapeWord(text: string): string {
  return `"${escapeText(text).replaceAll('"', '\\(dq')}"`;
}
