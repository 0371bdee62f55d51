/** Every fault of `npm run faults` that leaves something out of an answer, at every place of every table. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { listCases } from '../faults/withheld/cases.js';
import { startCampaign } from '../faults/withheld/check-case.js';
import type { Campaign } from '../faults/withheld/check-case.js';
import { believeOneAnswer, ibSource, kiteSource } from '../faults/withheld/source.js';

const sources = [ibSource, kiteSource];
let campaign: Campaign;

beforeAll(async () => {
  campaign = await startCampaign(sources);
});

let trusting: Campaign;
const trustingSources = sources.map(believeOneAnswer);

beforeAll(async () => {
  trusting = await startCampaign(trustingSources);
});

afterAll(() => {
  process.stdout.write(`\nWith one answer believed (confirm_empty: { answers: 1 }):\n${trusting.format()}\n`);
  process.stdout.write(`\n${campaign.format()}\n`);
});

describe.concurrent('does not believe an answer that leaves something out:', () => {
  const cases = sources.flatMap(listCases);
  it.for(cases.map((one) => [`${one.source.name}, ${one.table}: ${one.name}`, one] as const))('%s', ([, one]) =>
    campaign.check(one),
  );
});

describe.concurrent('counts what a pipeline claims that believes one answer:', () => {
  const cases = trustingSources.flatMap(listCases);
  it.for(cases.map((one) => [`${one.source.name}, ${one.table}: ${one.name}`, one] as const))('%s', ([, one]) =>
    trusting.count(one),
  );
});
