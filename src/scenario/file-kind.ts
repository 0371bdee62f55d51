import type { YamlKind } from '../yaml/file-kind.js';

/** A scenario. */
export const scenarioFile: YamlKind = {
  name: 'a scenario file',
  mostBytes: 1_000_000,
  whenTooLarge: 'make several scenarios of it',
  noun: 'scenario',
  keys: '`name:` and `source:`',
  whenEmpty: 'begin with `name:`, `source: tws` and `rules:`; pipelines/scenarios has examples',
  whenSeveral: 'put it into a file of its own',
};
