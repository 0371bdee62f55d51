import type { Argument, Command, Option } from 'commander';

/** One way to go on with a command line. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What a value is, so that its candidates can be looked up. */
export type ValueKind =
  'dataset' | 'exchange' | 'file' | 'folder' | 'pipeline' | 'provider' | 'run' | 'step' | 'symbol' | 'none';

/** What the last word of a command line can be. */
export type Completion =
  /** One of these. */
  | { readonly kind: 'candidates'; readonly candidates: readonly Candidate[] }
  /** A value; `before` is the part of the word that stays, such as `AAPL,` of a list. */
  | { readonly kind: 'value'; readonly valueKind: ValueKind; readonly before: string; readonly prefix: string };

/** Values that are a comma-separated list. */
const lists: ReadonlySet<ValueKind> = new Set(['symbol', 'step']);

/** The kinds of values by the name in the help: `<file>`, `[pipelines...]`. */
const kindsByName: Readonly<Record<string, ValueKind>> = {
  exchange: 'exchange',
  file: 'file',
  folder: 'folder',
  folders: 'folder',
  job: 'pipeline',
  pipeline: 'pipeline',
  pipelines: 'pipeline',
  provider: 'provider',
  run: 'run',
  symbol: 'symbol',
  symbols: 'symbol',
  table: 'dataset',
};

/** The kinds of values of options whose help names something more general, such as `<name>`. */
const kindsByOption: Readonly<Record<string, ValueKind>> = {
  '--dataset': 'dataset',
  '--out': 'file',
  '--pipeline': 'pipeline',
  '--provider': 'provider',
  '--run': 'run',
  '--steps': 'step',
  '--symbols': 'symbol',
  '--table': 'dataset',
};

/** Completes the last of the words after the name of the program. */
export function complete(program: Command, words: readonly string[]): Completion {
  const current = words.at(-1) ?? '';
  let command = program;
  let positions = 0;
  let pending: Option | null = null;
  let isAfterOptions = false;
  for (const word of words.slice(0, -1)) {
    if (pending !== null) {
      // The value of an option may be optional: a further option is none.
      if (pending.required || !word.startsWith('-')) {
        pending = null;
        continue;
      }
      pending = null;
    }
    if (word === '--') isAfterOptions = true;
    else if (word.startsWith('-') && !isAfterOptions) {
      const option = findOption(command, program, word);
      if (option !== null && takesValue(option) && !word.includes('=')) pending = option;
    } else {
      const subcommand: Command | undefined =
        positions === 0
          ? command.commands.find((known) => known.name() === word || known.aliases().includes(word))
          : undefined;
      if (subcommand === undefined) positions++;
      else command = subcommand;
    }
  }
  if (pending !== null && (pending.required || !current.startsWith('-')))
    return completeOptionValue(pending, '', current);
  if (current.startsWith('--') && current.includes('=') && !isAfterOptions) {
    const [name = ''] = current.split('=', 1);
    const option = findOption(command, program, name);
    if (option !== null) return completeOptionValue(option, `${name}=`, current.slice(name.length + 1));
  }
  if (current.startsWith('-') && !isAfterOptions) return completeOption(command, program, current);
  const subcommands = positions === 0 ? listCommands(command, current) : [];
  const argument =
    command.registeredArguments[positions] ?? command.registeredArguments.findLast(({ variadic }) => variadic);
  if (subcommands.length > 0 || argument === undefined) return { kind: 'candidates', candidates: subcommands };
  return completeArgument(argument, current);
}

function findOption(command: Command, program: Command, word: string): Option | null {
  const [name = ''] = word.split('=', 1);
  const known = [...command.options, ...program.options];
  return known.find(({ long, short }) => long === name || short === name) ?? null;
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function completeOption(command: Command, program: Command, prefix: string): Completion {
  const options = command === program ? program.options : [...command.options, ...program.options];
  const candidates = [...options, { long: '--help', hidden: false, description: 'print help' }]
    .filter(({ long, hidden }) => !hidden && long?.startsWith(prefix) === true)
    .map(({ long, description }) => ({ value: long ?? '', description }));
  return { kind: 'candidates', candidates };
}

function listCommands(command: Command, prefix: string): readonly Candidate[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible
    .filter((known) => known.name().startsWith(prefix))
    .map((known) => ({ value: known.name(), description: known.description() }));
}

function completeOptionValue(option: Option, before: string, prefix: string): Completion {
  if (option.argChoices !== undefined) return completeChoice(option.argChoices, before, prefix);
  const name = /[<[]([a-z]+)/.exec(option.flags)?.[1] ?? '';
  return completeValue(kindsByOption[option.long ?? ''] ?? kindsByName[name] ?? 'none', before, prefix);
}

function completeArgument(argument: Argument, prefix: string): Completion {
  if (argument.argChoices !== undefined) return completeChoice(argument.argChoices, '', prefix);
  return completeValue(kindsByName[argument.name()] ?? 'none', '', prefix);
}

function completeChoice(choices: readonly string[], before: string, prefix: string): Completion {
  const candidates = choices
    .filter((choice) => choice.startsWith(prefix))
    .map((choice) => ({ value: before + choice, description: '' }));
  return { kind: 'candidates', candidates };
}

function completeValue(valueKind: ValueKind, before: string, prefix: string): Completion {
  const comma = lists.has(valueKind) ? prefix.lastIndexOf(',') + 1 : 0;
  return { kind: 'value', valueKind, before: before + prefix.slice(0, comma), prefix: prefix.slice(comma) };
}
