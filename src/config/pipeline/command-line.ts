/** What only a shell understands: pipes, redirections, several commands, variables, and lines. */
const shellSyntax = /[|&;<>$`*?~\n]/;

/** Written without quotes, YAML reads it as this very text, in brackets too. */
const plainYamlWord = /^(?!null$|true$|false$|~$|-$)[A-Za-z0-9_./+-][A-Za-z0-9_./+=:@%-]*(?<!:)$/;

/** A command as people type it, as the list of words that a pipeline wants, in YAML. */
export function toYamlCommand(text: string): string {
  const words = shellSyntax.test(text) ? ['sh', '-c', text.trim()] : splitWords(text);
  return `[${words.map(formatYamlWord).join(', ')}]`;
}

/** The words of a command, as a shell takes them apart. */
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
