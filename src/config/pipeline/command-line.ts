/** Characters that need a shell: pipes, redirections, several commands, variables, line breaks. */
const shellSyntax = /[|&;<>$`*?~\n]/;

/** Words that YAML reads as the same text without quotes, inside brackets too. */
const plainYamlWord = /^(?!null$|true$|false$|~$|-$)[A-Za-z0-9_./+-][A-Za-z0-9_./+=:@%-]*(?<!:)$/;

/** Converts a shell command to the YAML list of arguments that a pipeline expects. */
export function toYamlCommand(text: string): string {
  const words = shellSyntax.test(text) ? ['sh', '-c', text.trim()] : splitWords(text);
  return `[${words.map(formatYamlWord).join(', ')}]`;
}

/** Splits a command into words, as a shell does. */
function splitWords(text: string): readonly string[] {
  const found = text.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? [];
  return found.map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
  );
}

function formatYamlWord(word: string): string {
  if (plainYamlWord.test(word)) return word;
  return word.includes('\n') ? JSON.stringify(word) : `'${word.replaceAll("'", "''")}'`;
}
