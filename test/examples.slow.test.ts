import { test } from 'vitest';

import { examplesOf, projectWithExamples, works } from './example-pipelines.js';

test.for(examplesOf('simulator'))('the example %s is well, runs, and then holds everything', async (name) => {
  await works(await projectWithExamples(), `pipelines/${name}`);
});
