import { test } from 'vitest';

import { listExamples, createExampleProject, expectToWork } from './example-pipelines.js';

test.for(listExamples('simulator'))('the example %s is valid, runs, and is up to date afterwards', async (name) => {
  await expectToWork(await createExampleProject(), `pipelines/${name}`);
});
