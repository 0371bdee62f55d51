import { test } from 'vitest';

import { listExamples, createExampleProject, expectToWork } from './example-pipelines.js';

test.for(listExamples('simulator'))('the example %s is valid, runs, and then has nothing to fetch', async (name) => {
  await expectToWork(await createExampleProject(), `pipelines/${name}`);
});
