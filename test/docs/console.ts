/** A command of a `console` block with the output that the block shows. */
export interface ConsoleCommand {
  /** The command without its comment; continued lines are joined. */
  readonly command: string;
  /** Empty if the block shows no output. */
  readonly output: string;
  /** The exit code that a following `echo $?` shows; 0 otherwise. */
  readonly exitCode: number;
}

/** Parses a console block: commands after `$ `, each followed by its output. */
export function parseConsole(text: string): readonly ConsoleCommand[] {
  const commands: { command: string; output: string; exitCode: number }[] = [];
  let isContinued = false;
  for (const line of text.trimEnd().split('\n')) {
    const last = commands.at(-1);
    if (isContinued && last !== undefined) {
      last.command += ` ${stripComment(line.trim())}`;
    } else if (line.startsWith('$ ')) {
      commands.push({ command: stripComment(line.slice(2)), output: '', exitCode: 0 });
    } else if (last === undefined) {
      throw new Error(`a console block starts with output: ${line}`);
    } else {
      last.output += `${line}\n`;
    }
    const current = commands.at(-1);
    isContinued = current?.command.endsWith('\\') ?? false;
    if (isContinued && current !== undefined) current.command = current.command.slice(0, -1).trimEnd();
  }
  return commands.flatMap((one, index) => {
    if (one.command === 'echo $?') return [];
    const next = commands[index + 1];
    return [next?.command === 'echo $?' ? { ...one, exitCode: Number(next.output) } : one];
  });
}

/** Removes a comment: `#` after two spaces. */
function stripComment(line: string): string {
  return line.replace(/(^|\s{2,})# .*$/, '').trimEnd();
}

/**
 * Whether an output looks as shown. `…` in a line stands for any text, a line `…` for any number of lines. The output may have
 * spaces at the ends of lines and empty lines at its end.
 */
export function matchesOutput(actual: string, shown: string): boolean {
  const lines = shown.trimEnd().split('\n');
  const pattern = lines.map((line) =>
    line.trim() === '…'
      ? '(?:.*\\n)*?'
      : `${line
          .trimEnd()
          .split('…')
          .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
          .join('.*')} *\\n`,
  );
  return new RegExp(`^${pattern.join('')}\\s*$`).test(`${actual.trimEnd()}\n`);
}

/** Splits a simple command into words: quotes group, `$NAME` and `${NAME}` are replaced outside of single quotes. */
export function splitWords(command: string, env: Readonly<Record<string, string>>): readonly string[] {
  const words: string[] = [];
  let current: string | null = null;
  for (const [, single, double, variable, escaped, space, other] of command.matchAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\$\{?(\w+)\}?|\\(.)|(\s+)|([^\s'"$\\]+|\$)/g,
  )) {
    if (space !== undefined) {
      if (current !== null) words.push(current);
      current = null;
      continue;
    }
    const replaced = variable === undefined ? undefined : (env[variable] ?? '');
    const unquoted = double?.replaceAll(/\\(["\\$])/g, '$1');
    current = (current ?? '') + (single ?? unquoted ?? replaced ?? escaped ?? other ?? '');
  }
  if (current !== null) words.push(current);
  return words;
}
