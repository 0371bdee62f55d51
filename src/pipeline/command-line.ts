/** What only a shell understands: pipes, redirections, several commands, variables, and lines. */
const shellOnly = /[|&;<>$`*?~\n]/;

/** Written without quotes, YAML reads it as this very text, in brackets too. */
const plain = /^(?!null$|true$|false$|~$|-$)[A-Za-z0-9_./+-][A-Za-z0-9_./+=:@%-]*(?<!:)$/;

/** A command as people type it, as the list of words that a pipeline wants, in YAML. */
export function commandLine(text: string): string {
  const words = shellOnly.test(text) ? ['sh', '-c', text.trim()] : wordsOf(text);
  return `[${words.map(yamlWord).join(', ')}]`;
}

/** The words of a command, as a shell takes them apart. */
function wordsOf(text: string): readonly string[] {
  const found = text.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? [];
  return found.map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
  );
}

function yamlWord(word: string): string {
  if (plain.test(word)) return word;
  return word.includes('\n') ? JSON.stringify(word) : `'${word.replaceAll("'", "''")}'`;
}
