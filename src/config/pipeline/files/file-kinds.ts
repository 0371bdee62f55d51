import type { FileKind, YamlFileKind } from '../../yaml/file-kind.js';

const megabyte = 1_000_000;

/** A pipeline, or a part of one that is included. */
export const pipelineFileKind: YamlFileKind = {
  description: 'a pipeline file',
  maxBytes: 2 * megabyte,
  tooLargeHint: 'put long lists of symbols into a CSV file and name it: `- { file: symbols.csv }`',
  noun: 'pipeline',
  exampleKeys: '`name:` and `steps:`',
  emptyHint: 'begin with `name:`, `symbols:` and `steps:`; `pipe init` writes an example',
  multipleDocumentsHint: 'put it into a file of its own, and `include` that if both belong together',
};

/** A list of symbols, as lines or as CSV. */
export const symbolFileKind: FileKind = {
  description: 'a file of symbols',
  maxBytes: 64 * megabyte,
  tooLargeHint: 'split it into several files',
};

/** A statement in a file of its own. */
export const queryFileKind: FileKind = {
  description: 'a file with a statement',
  maxBytes: megabyte,
  tooLargeHint: 'no statement is that long: is this the right file?',
};
