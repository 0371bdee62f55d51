/**
 * Sources that leave something out of an answer that looks complete. The source's own log of what it withheld is the oracle:
 * nothing of it counts as held, or as empty without confirmation, and when the source is whole again everything is fetched.
 * `npm run faults -- test/campaigns/withheld.campaign.ts` runs every fault at every place.
 */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { listCases } from './withheld/cases.js';
import { checkConfirmation, checkOutside, startCampaign } from './withheld/check-case.js';
import type { Campaign } from './withheld/check-case.js';
import { ibSource, kiteSource } from './withheld/source.js';

const sources = [ibSource, kiteSource];
let campaign: Campaign;

beforeAll(async () => {
  campaign = await startCampaign(sources);
});

afterAll(() => {
  process.stdout.write(`\n${campaign.format()}\n`);
});

describe.concurrent('does not believe an answer that leaves something out:', () => {
  const cases = sources.flatMap(listCases).filter(({ isDefault }) => isDefault);
  it.for(cases.map((one) => [`${one.source.name}, ${one.table}: ${one.name}`, one] as const))('%s', ([, one]) =>
    campaign.check(one),
  );
});

describe('drops bars outside of the trading hours:', () => {
  it.for(sources.map((source) => [source.name, source] as const))('%s', ([, source]) => checkOutside(source));
});

describe('confirms a session that the source never answers with rows:', () => {
  it.for(sources.map((source) => [source.name, source] as const))('%s', ([, source]) => checkConfirmation(source));
});
