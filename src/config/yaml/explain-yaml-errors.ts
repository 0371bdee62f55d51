import type { YAMLError } from 'yaml';
import type { Diagnostic } from '../../core/diagnostic.js';
import { problem } from './problem.js';

/** What an error means to the person who wrote the file. */
interface SyntaxMessage {
  readonly message: string;
  readonly suggestion?: string;
}

const badIndentMessage: SyntaxMessage = {
  message: 'this line is indented in a way that fits nothing above it',
  suggestion: 'lines that belong together begin in the same column',
};

const misplacedMessage: SyntaxMessage = { message: 'this does not belong here' };

const syntaxMessages: Readonly<Partial<Record<YAMLError['code'], SyntaxMessage>>> = {
  TAB_AS_INDENT: {
    message: 'YAML is indented with spaces, and this is a tab',
    suggestion: 'replace the tab by two spaces',
  },
  BAD_INDENT: badIndentMessage,
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second `: ` on one line',
    suggestion: 'quote the value if the `: ` belongs to it, or begin the mapping on the next line',
  },
  BLOCK_IN_FLOW: { message: 'inside `[…]` and `{…}` there are no `-` lists and no mappings by indentation' },
  MULTILINE_IMPLICIT_KEY: {
    message: 'this should be a key, but no `:` follows on the same line',
    suggestion: 'write `key: value`',
  },
  KEY_OVER_1024_CHARS: { message: 'a key longer than 1024 characters' },
  BAD_SCALAR_START: {
    message: 'text cannot begin with this character unless it is quoted',
    suggestion: 'put the text in double quotes',
  },
  BAD_DQ_ESCAPE: {
    message: 'this is no escape that YAML knows',
    suggestion: 'write `\\\\` for a backslash, or use single quotes, where a backslash is only itself',
  },
  NON_STRING_KEY: { message: 'a key has to be text' },
  UNEXPECTED_TOKEN: misplacedMessage,
  MULTIPLE_ANCHORS: { message: 'one value has one anchor' },
  MULTIPLE_TAGS: { message: 'one value has one tag' },
  ALIAS_PROPS: { message: 'an alias has no anchor or tag of its own' },
};

/** Errors after which the parser still knows where it is. */
const recoverableCodes: ReadonlySet<YAMLError['code']> = new Set([
  'TAB_AS_INDENT',
  'BAD_DQ_ESCAPE',
  'BAD_SCALAR_START',
  'TAG_RESOLVE_FAILED',
]);

/** A file that is not YAML at all may have an error at every character. */
const maxErrors = 1_000;

/** The errors worth telling: one a line, and of those that leave the parser guessing only the first. */
export function explainYamlErrors(
  file: string,
  text: string,
  noun: string,
  errors: readonly YAMLError[],
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  let lastLine: number | null = null;
  let isOutOfSync = false;
  for (const error of errors.slice(0, maxErrors)) {
    const line = findLineStart(text, Math.min(error.pos[0], text.length));
    if (line === lastLine || (isOutOfSync && !recoverableCodes.has(error.code))) continue;
    lastLine = line;
    isOutOfSync ||= !recoverableCodes.has(error.code);
    diagnostics.push(explainYamlError(file, text, noun, error));
  }
  return diagnostics;
}

function explainYamlError(file: string, text: string, noun: string, error: YAMLError): Diagnostic {
  const [start, end] = error.pos;
  const offset = Math.min(start, text.length);
  const location = { file, offset, length: Math.max(0, Math.min(end, text.length) - offset) };
  if (error.code === 'TAG_RESOLVE_FAILED') {
    const tag = text.slice(offset, offset + location.length);
    return problem('yaml-tag', location, `tags such as \`${tag}\` mean nothing in a ${noun}`, {
      suggestion: 'leave it out',
    });
  }
  const lineBegin = findLineStart(text, offset);
  const lineEnd = text.indexOf('\n', offset);
  const { message, suggestion = null } = selectMessage(error, text.slice(lineBegin, lineEnd < 0 ? undefined : lineEnd));
  return problem('yaml-syntax', location, `not YAML: ${message}`, { suggestion });
}

function findLineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function selectMessage({ code, message }: YAMLError, line: string): SyntaxMessage {
  if (code === 'BAD_INDENT' && message.startsWith('Flow')) {
    return { message: 'a `[` or `{` above is not closed', suggestion: 'close it with `]` or `}`' };
  }
  if (code === 'UNEXPECTED_TOKEN' && line.includes('${')) {
    return { ...misplacedMessage, suggestion: 'inside `[…]` and `{…}` quote variables: `"${NAME}"`' };
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && /^\s*- /.test(line)) return badIndentMessage;
  // For a missing character the parser's own sentence says which one.
  return syntaxMessages[code] ?? { message: formatParserMessage(message) };
}

function formatParserMessage(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.slice(0, 1).toLowerCase() + line.slice(1).replace(/\.$/, '');
}
