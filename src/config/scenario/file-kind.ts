import type { YamlFileKind } from '../yaml/file-kind.js';

/** A scenario. */
export const scenarioFileKind: YamlFileKind = {
  description: 'a scenario file',
  maxBytes: 1_000_000,
  tooLargeHint: 'make several scenarios of it',
  noun: 'scenario',
  exampleKeys: '`name:` and `source:`',
  emptyHint: 'begin with `name:`, `source: tws` and `rules:`; pipelines/scenarios has examples',
  multipleDocumentsHint: 'put it into a file of its own',
};
