import { expect, it } from 'vitest';

import { hour, minute } from '../../../../src/core/time/time.js';
import type { Request } from '../../../../src/core/request.js';
import { unpacedCalls } from '../../../../src/providers/provider.js';
import { createFetchContext } from '../../../fixtures/fetch-context.js';
import { actAfter, barsRequest, getDayWindow, openRig, pointRequest } from '../rig.js';

const dayWindow = getDayWindow('2026-11-17');

const requests: readonly (readonly [string, Request])[] = [
  ['bars', barsRequest(dayWindow)],
  ['contracts', pointRequest('contracts')],
  ['chains', pointRequest('chains')],
  ['quotes', pointRequest('quotes')],
];

it.each(requests)('%s that wait for the link to IB end when the run stops', async (_, request) => {
  const rig = await openRig({
    engine: actAfter(minute, { kind: 'upstream-lost', duration: hour, dataKept: true }),
    timings: { maxHold: hour },
  });
  rig.clock.skip(minute);
  await expect.poll(() => rig.notices.at(-1)).toMatchObject({ kind: 'upstream-lost' });
  const stopping = new AbortController();
  const pending = rig.provider.fetch(request, {
    ...createFetchContext(),
    calls: { ...unpacedCalls, stopping: stopping.signal },
  });
  stopping.abort();
  expect(await pending).toMatchObject({ kind: 'failure', failure: { kind: 'retryable' } });
});

it('bars that wait for the link to IB are reported as sent when they leave', async () => {
  const rig = await openRig({
    engine: actAfter(minute, { kind: 'upstream-lost', duration: minute, dataKept: true }),
    timings: { maxHold: hour },
  });
  rig.clock.skip(minute);
  await expect.poll(() => rig.notices.at(-1)).toMatchObject({ kind: 'upstream-lost' });
  const sent: string[] = [];
  const calls = { ...unpacedCalls, sent: () => void sent.push(rig.notices.at(-1)?.kind ?? '') };
  const pending = rig.provider.fetch(barsRequest(dayWindow), { ...createFetchContext(), calls });
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toEqual([]);
  rig.clock.skip(minute);
  expect((await pending).kind).toBe('rows');
  expect(sent).toEqual(['upstream-restored']);
});
