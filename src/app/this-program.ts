/** The script that this process runs. */
export function scriptPath(): string {
  const [, script] = process.argv;
  if (script === undefined) throw new Error('the process was started without a script');
  return script;
}

/** The command that runs this program in another process, with other arguments. */
export function programCommand(args: readonly string[]): [string, ...string[]] {
  return [process.execPath, ...process.execArgv, scriptPath(), ...args];
}

/** The command line of this process as the user wrote it: `pipe run daily.yaml`. */
export function commandLine(): string {
  return ['pipe', ...process.argv.slice(2)].join(' ');
}
