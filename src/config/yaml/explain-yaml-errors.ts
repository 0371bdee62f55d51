import type { YAMLError } from 'yaml';
import type { Diagnostic } from '../../core/diagnostic.js';
import { problem } from './problem.js';

/** Message for one error code of the YAML parser. */
interface SyntaxMessage {
  readonly message: string;
  readonly suggestion?: string;
}

const badIndentMessage: SyntaxMessage = {
  message: 'the indentation of this line matches no line above',
  suggestion: 'lines of one mapping or list start in the same column',
};

const misplacedMessage: SyntaxMessage = { message: 'unexpected text' };

const syntaxMessages: Readonly<Partial<Record<YAMLError['code'], SyntaxMessage>>> = {
  TAB_AS_INDENT: {
    message: 'a tab is used for indentation; YAML allows spaces only',
    suggestion: 'replace the tab with two spaces',
  },
  BAD_INDENT: badIndentMessage,
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second `: ` on one line',
    suggestion: 'quote the value if it contains `: `, or start the mapping on the next line',
  },
  BLOCK_IN_FLOW: { message: 'lists with `-` and indented mappings are not allowed inside `[…]` and `{…}`' },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a key must be followed by `:` on the same line',
    suggestion: 'write `key: value`',
  },
  KEY_OVER_1024_CHARS: { message: 'a key is longer than 1024 characters' },
  BAD_SCALAR_START: {
    message: 'unquoted text cannot start with this character',
    suggestion: 'put the text in double quotes',
  },
  BAD_DQ_ESCAPE: {
    message: 'YAML has no such escape sequence',
    suggestion: 'write `\\\\` for a backslash, or use single quotes, where a backslash is an ordinary character',
  },
  NON_STRING_KEY: { message: 'a key must be text' },
  UNEXPECTED_TOKEN: misplacedMessage,
  MULTIPLE_ANCHORS: { message: 'a value can have only one anchor' },
  MULTIPLE_TAGS: { message: 'a value can have only one tag' },
  ALIAS_PROPS: { message: 'an alias cannot have an anchor or a tag' },
};

/** Errors after which the parser is still in step with the file. */
const recoverableCodes: ReadonlySet<YAMLError['code']> = new Set([
  'TAB_AS_INDENT',
  'BAD_DQ_ESCAPE',
  'BAD_SCALAR_START',
  'TAG_RESOLVE_FAILED',
]);

/** A file that is not YAML may have an error at every character. */
const maxErrors = 1_000;

/** Explains one error a line, and only the first of those after which the parser is out of step with the file. */
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
    return problem('yaml-tag', location, `a ${noun} cannot contain tags such as \`${tag}\``, {
      suggestion: 'remove the tag',
    });
  }
  const lineBegin = findLineStart(text, offset);
  const lineEnd = text.indexOf('\n', offset);
  const { message, suggestion = null } = selectMessage(error, text.slice(lineBegin, lineEnd < 0 ? undefined : lineEnd));
  return problem('yaml-syntax', location, `invalid YAML: ${message}`, { suggestion });
}

function findLineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function selectMessage({ code, message }: YAMLError, line: string): SyntaxMessage {
  if (code === 'BAD_INDENT' && message.startsWith('Flow')) {
    return { message: 'a `[` or `{` above is not closed', suggestion: 'close it with `]` or `}`' };
  }
  if (code === 'UNEXPECTED_TOKEN' && line.includes('${')) {
    return { ...misplacedMessage, suggestion: 'quote variables inside `[…]` and `{…}`: `"${NAME}"`' };
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && /^\s*- /.test(line)) return badIndentMessage;
  // For a missing character the parser's own message names it.
  return syntaxMessages[code] ?? { message: formatParserMessage(message) };
}

function formatParserMessage(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.slice(0, 1).toLowerCase() + line.slice(1).replace(/\.$/, '');
}
