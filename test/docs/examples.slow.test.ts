import { describe, expect, test } from 'vitest';

import { readDocuments } from './documents.js';
import { runDocument } from './run-document.js';

/** Pages whose examples have tests of their own: due times, faults of simulators, generated references, documents of the command. */
const ownTests = [
  'docs/explanation/schedules.md',
  'docs/reference/events.md',
  'docs/reference/json.md',
  'docs/reference/pipeline-schema.md',
  'docs/reference/scenario-schema.md',
  'docs/reference/scenarios.md',
];

const documents = readDocuments().filter(({ path, blocks }) => blocks.length > 0 && !ownTests.includes(path));

describe('documents', () => {
  test.concurrent.for(documents)('run every example of $path', (document) => runDocument(document));

  test('have at least twenty pages with examples', () => {
    expect(documents.length).toBeGreaterThanOrEqual(20);
  });
});
