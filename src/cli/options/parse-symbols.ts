import { CliError } from '../../app/cli-error.js';
import { exitCode } from '../../app/exit-code.js';

/** The symbols of a list with commas; null without the option. */
export function parseSymbols(option: string, text: string | undefined): readonly string[] | null {
  return text === undefined ? null : parseNames(option, text, 'symbols', 'AAPL,MSFT');
}

/** The names of a list with commas; an empty list ends the command. */
export function parseNames(option: string, text: string, noun: string, example: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length > 0) return names;
  const hint = option.startsWith('--') ? `${option} ${example}` : example;
  throw new CliError(exitCode.usage, `${option} is empty`, `name ${noun}, such as ${hint}`);
}
