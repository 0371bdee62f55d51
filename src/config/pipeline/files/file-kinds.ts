import { schemaKeys } from '../schema.generated.js';
import type { FileKind, YamlFileKind } from '../../yaml/file-kind.js';

const megabyte = 1_000_000;

/** A pipeline file or a file that it includes. */
export const pipelineFileKind: YamlFileKind = {
  description: 'a pipeline file',
  maxBytes: 2 * megabyte,
  tooLargeHint: 'move long lists of symbols to a CSV file: `- { file: symbols.csv }`',
  noun: 'pipeline',
  keys: schemaKeys['pipeline'] ?? [],
  exampleKeys: '`name:` and `steps:`',
  emptyHint: 'start with `name:`, `symbols:` and `steps:`; `pipe init` writes an example',
  multipleDocumentsHint: 'move it to a separate file; `include` that file if both belong together',
};

/** A CSV file of symbols. */
export const symbolFileKind: FileKind = {
  description: 'a symbols file',
  maxBytes: 64 * megabyte,
  tooLargeHint: 'split it into several files',
};

/** A file with one SQL statement. */
export const queryFileKind: FileKind = {
  description: 'a file with an SQL statement',
  maxBytes: megabyte,
  tooLargeHint: 'check the path: no statement is that long',
};
