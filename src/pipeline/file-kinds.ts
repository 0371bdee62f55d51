import type { FileKind, YamlKind } from '../yaml/file-kind.js';

const megabyte = 1_000_000;

/** A pipeline, or a part of one that is included. */
export const pipelineFile: YamlKind = {
  name: 'a pipeline file',
  mostBytes: 2 * megabyte,
  whenTooLarge: 'put long lists of symbols into a CSV file and name it: `- { file: symbols.csv }`',
  noun: 'pipeline',
  keys: '`name:` and `steps:`',
  whenEmpty: 'begin with `name:`, `symbols:` and `steps:`; `pipe init` writes an example',
  whenSeveral: 'put it into a file of its own, and `include` that if both belong together',
};

/** A list of symbols, as lines or as CSV. */
export const symbolFile: FileKind = {
  name: 'a file of symbols',
  mostBytes: 64 * megabyte,
  whenTooLarge: 'split it into several files',
};

/** A statement in a file of its own. */
export const queryFile: FileKind = {
  name: 'a file with a statement',
  mostBytes: megabyte,
  whenTooLarge: 'no statement is that long: is this the right file?',
};
