import type { YAMLError } from 'yaml';
import type { Diagnostic } from '../core/diagnostic.js';
import { problem } from './problem.js';

/** What the parser's codes mean to the person who wrote the file. */
const sentences: Readonly<
  Partial<Record<YAMLError['code'], { readonly message: string; readonly suggestion?: string }>>
> = {
  TAB_AS_INDENT: {
    message: 'YAML is indented with spaces, and this is a tab',
    suggestion: 'replace the tab by two spaces',
  },
  BAD_INDENT: {
    message: 'this line is indented in a way that fits nothing above it',
    suggestion: 'lines that belong together begin in the same column',
  },
  MISSING_CHAR: { message: 'something is missing here' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a mapping or a list begins where only a single value can stand',
    suggestion: 'begin it on the next line, or quote the value if the `: ` belongs to it',
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
  MULTIPLE_ANCHORS: { message: 'one value has one anchor' },
  MULTIPLE_TAGS: { message: 'one value has one tag' },
  ALIAS_PROPS: { message: 'an alias has no anchor or tag of its own' },
};

/** A parser's error, with its place and in words. */
export function explainYamlError(file: string, text: string, error: YAMLError): Diagnostic {
  const [start, end] = error.pos;
  const offset = Math.min(start, text.length);
  const place = { file, offset, length: Math.max(0, Math.min(end, text.length) - offset) };
  if (error.code === 'TAG_RESOLVE_FAILED') {
    return problem(
      'yaml-tag',
      place,
      `tags such as \`${text.slice(offset, offset + place.length)}\` mean nothing in a pipeline`,
      {
        suggestion: 'leave it out',
      },
    );
  }
  const known = sentences[error.code];
  // For a missing character the parser's own sentence says which one; for the rest it speaks of tokens.
  const own = firstLine(error.message);
  const message = known === undefined ? own : error.code === 'MISSING_CHAR' ? own : known.message;
  return problem('yaml-syntax', place, `not YAML: ${message}`, { suggestion: known?.suggestion ?? null });
}

function firstLine(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.slice(0, 1).toLowerCase() + line.slice(1).replace(/\.$/, '');
}
