/**
 * Keeps fifty browsers connected to a collector that runs pipelines, and measures what they cost it: CPU time beyond that without
 * them, and growth of its heap, handles and files. `npm run soak -- --part page --page 600` for ten minutes.
 */
import { get } from 'node:http';
import type { ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';

import { findRequirement, titled } from '../../requirements.js';
import { createRig } from '../../rig.js';
import { launchChromium, openPage, token } from '../../web/page/chromium.js';
import { computeGrowth, probe, takeSample } from './serve-soak.js';
import type { ServeSample } from './serve-soak.js';

const seconds = Number(process.env['PIPE_SOAK_PAGE'] ?? '600');
const sampleCount = 12;
const browsers = 50;
const shownViews = ['#/now', '#/coverage', '#/runs'];

/** Maximum CPU time of the page's part, as a share of one core. */
const maxShare = 0.05;

/** Maximum retained bytes per second of all browsers together. Measured: less than 2,000; one kept event per second would be 5,000. */
const maxBytesPerSecond = 4_000;

const pipeline = `name: busy
provider: mock
providers:
  mock: { delay: 300ms }
pacing: { concurrency: 2 }
schedule: { every: 10s, overlap: skip }
symbols: [SPY, QQQ, AAPL, MSFT, NVDA, AMZN]
steps:
  contracts: {}
  quotes: { needs: contracts, refresh: 1s }
`;

const found = findRequirement('chromium');

test.skipIf(found.missing)(
  titled(`${String(browsers)} browsers for ${String(seconds)} seconds cost a collector at most 5 % of a core`, found),
  { timeout: 24 * 3_600_000 },
  async () => {
    const rig = await createRig();
    await rig.write('pipelines/busy.yaml', pipeline);
    const env = {
      NODE_OPTIONS: `--import=${probe}`,
      PIPE_SOAK_PROBE: rig.path('probe.jsonl'),
      PIPE_SOAK_PROBE_CPU: '1',
      PIPE_WEB_TOKEN: token,
    };
    const call = rig.spawn('serve', '--port', '0', '--json', { env, timeout: 24 * 3_600_000 });
    await call.waitForOutput(/"address":"(http[^"]+)"/);
    const address = /"address":"(http[^"]+)"/.exec(call.stdout())?.[1] ?? '';
    let taken = 0;
    const sample = (): Promise<ServeSample> => takeSample(rig, call, ++taken);
    // The first runs load code and fill caches.
    await expect.poll(() => call.stdout().match(/"type":"cycle-ended"/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
    const alone = [await sample(), await sampleAfter((seconds * 1000) / 3, sample)];

    const streams = Array.from({ length: browsers - shownViews.length }, () => openStream(address));
    const browser = await launchChromium(found.path);
    await openViews(browser, address);
    const samples: ServeSample[] = [];
    for (let round = 0; round <= sampleCount; round++)
      samples.push(round === 0 ? await sample() : await sampleAfter((seconds * 1000) / sampleCount, sample));
    for (const { request } of streams) request.destroy();
    await browser.close();

    const base = shareOf(alone);
    const share = shareOf(samples) - base;
    const warm = samples.slice(sampleCount / 2);
    const spacing = seconds / sampleCount;
    const growth = computeGrowth(
      warm.map(({ heap }) => heap),
      spacing,
    );
    process.stdout.write(
      `\n${formatSamples(samples)}\nwithout browsers ${percent(base)} of a core, their part ${percent(share)}; ${growth.toFixed(0)} bytes a second\n`,
    );
    for (const { events } of streams) expect(events(), 'events of each browser').toBeGreaterThan(seconds / 20);
    expect(share).toBeLessThan(maxShare);
    expect(growth).toBeLessThan(maxBytesPerSecond);
    for (const key of ['abortListeners', 'processListeners', 'handles', 'timers', 'files'] as const)
      expect(
        Math.abs(
          computeGrowth(
            warm.map((one) => one[key]),
            spacing,
          ),
        ),
        key,
      ).toBeLessThan(0.1);
    expect(samples.at(-1)?.warnings).toEqual([]);
    const files = alone[0]?.files ?? 0;
    // Closed connections are freed; a run in progress has a few files of its own.
    await expect.poll(async () => (await sample()).files, { interval: 1_000 }).toBeLessThan(files + 10);
    call.kill('SIGTERM');
    expect((await call.result).exitCode).toBe(143);
  },
);

async function sampleAfter(milliseconds: number, sample: () => Promise<ServeSample>): Promise<ServeSample> {
  await sleep(milliseconds);
  return sample();
}

/** Follows the events as a page does. */
function openStream(address: string): { readonly request: ClientRequest; readonly events: () => number } {
  let events = 0;
  const request = get(`${address}/api/v1/events`, { agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (text: string) => {
      events += text.match(/^event: /gm)?.length ?? 0;
    });
    response.on('error', () => undefined);
  });
  request.on('error', () => undefined);
  return { request, events: () => events };
}

async function openViews(browser: Browser, address: string): Promise<void> {
  for (const view of shownViews) await openPage(browser, address, view);
}

/** The CPU time between the first and the last sample as a share of one core, without that of the samples. */
function shareOf(samples: readonly ServeSample[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return NaN;
  const sampling = samples.slice(0, -1).reduce((sum, { ownCpu }) => sum + ownCpu, 0);
  return (last.cpu - first.cpu - sampling) / (last.at - first.at);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function formatSamples(samples: readonly ServeSample[]): string {
  const first = samples[0]?.at ?? 0;
  const lines = samples.map(({ at, heap, cpu, handles, timers, files }) =>
    [((at - first) / 1000).toFixed(0), (heap / 1e6).toFixed(3), cpu.toFixed(0), handles, timers, files]
      .map((value) => String(value).padStart(9))
      .join(''),
  );
  return [
    ['second', 'heap MB', 'cpu ms', 'handles', 'timers', 'files'].map((name) => name.padStart(9)).join(''),
    ...lines,
  ].join('\n');
}
