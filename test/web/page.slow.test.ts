import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { getCalendar } from '../../src/calendar/calendars.js';
import type { SeriesCoverage } from '../../src/core/coverage.js';
import { day } from '../../src/core/time/time.js';
import { buildCoverageMap } from '../../src/queries/coverage-map/coverage-map.js';
import { findRequirement, titled } from '../requirements.js';
import { createRig } from '../rig.js';
import type { Rig, RunningCall } from '../rig.js';
import { launchChromium, openPage, token } from './page/chromium.js';
import { describePage } from './page/describe-page.js';

const root = join(import.meta.dirname, '../..');
const found = findRequirement('chromium');

describe('the built page', () => {
  it('has at most 250 kB of JavaScript, compressed', async () => {
    const folder = join(root, 'dist/web/assets');
    let bytes = 0;
    for (const name of await readdir(folder))
      if (name.endsWith('.js')) bytes += gzipSync(await readFile(join(folder, name))).length;
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(250_000);
  });

  it('has no script and no style within its document', () => {
    const html = readFileSync(join(root, 'dist/web/index.html'), 'utf8');
    expect(html).toContain('<noscript>');
    expect(html).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=/);
  });

  it('passes the compiler with the types of a browser', async () => {
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const result = await execa(process.execPath, [tsc, '--noEmit', '-p', join(root, 'src/web/client')], {
      reject: false,
    });
    expect(result.stdout).toBe('');
    expect(result.exitCode).toBe(0);
  });
});

/** Coverage of 10,000 symbols over ten years, in which no two symbols have the same history. */
function buildLargeMap(): { readonly text: string; readonly milliseconds: number } {
  const calendar = getCalendar('XNYS');
  if (calendar === undefined) throw new Error('no calendar of New York');
  const start = calendar.startOf('2016-12-01');
  const end = calendar.startOf('2026-12-01');
  const series = new Map<string, SeriesCoverage>();
  for (let index = 0; index < 10_000; index++) {
    const gap = start + (index % 3_000) * day;
    series.set(`equity_bars/S${String(index)}/1 day/TRADES/rth`, [
      { start: start + (index % 700) * day, end: gap + 800 * day, state: 'data', lastRequestedAt: 0 },
      { start: gap + 800 * day, end: gap + 803 * day, state: index % 5 === 0 ? 'failed' : 'empty', lastRequestedAt: 0 },
      { start: gap + 803 * day, end, state: 'data', lastRequestedAt: 0 },
    ]);
  }
  const state = {
    series: () => [...series.keys()].map((name) => ({ provider: 'mock' as const, series: name })),
    coverage: (_: string, name: string) => series.get(name) ?? [],
  };
  const began = performance.now();
  const map = buildCoverageMap(
    state,
    {
      dataset: 'equity_bars',
      variant: null,
      symbol: null,
      provider: null,
      from: null,
      to: '2026-12-01',
      now: end,
      maxSessions: 4_000,
      maxRows: 20_000,
    },
    () => calendar,
  );
  const text = JSON.stringify(map);
  return { text, milliseconds: performance.now() - began };
}

describe('the coverage of 10,000 symbols over ten years', () => {
  it('fits into 2 MB', () => {
    const { text, milliseconds } = buildLargeMap();
    console.log(
      `coverage map: ${milliseconds.toFixed(0)} ms, ${(text.length / 1e6).toFixed(2)} MB, ${(gzipSync(text, { level: 1 }).length / 1e6).toFixed(2)} MB compressed`,
    );
    expect(text.length).toBeLessThan(2_000_000);
  });
});

describePage({ command: 'ui', source: 'mock', styles: ['light'] });

describe.skipIf(found.missing)(titled('the page in Chromium', found), () => {
  let rig: Rig;
  let server: RunningCall;
  let browser: Browser;
  let address = '';

  beforeAll(async () => {
    rig = await createRig();
    server = rig.spawn('ui', '--port', '0', { env: { PIPE_WEB_TOKEN: token } });
    await server.waitForOutput(/page at http\S+/);
    address = /http:\/\/[\d.:]+/.exec(server.stdout())?.[0] ?? '';
    browser = await launchChromium(found.path);
  });

  afterAll(async () => {
    await browser.close();
    server.kill('SIGTERM');
    await server.result;
  });

  it('blocks scripts and styles within the document by its own policy', async () => {
    const page = await openPage(browser, address, '#/now', { isReader: true });
    await page.compute(`document.body.append(
      Object.assign(document.createElement('script'), { textContent: 'window.inline = true' }),
      Object.assign(document.createElement('style'), { textContent: 'body { --inline: true }' }),
    )`);
    expect(await page.compute(`'inline' in window`)).toBe(false);
    expect(await page.compute(`getComputedStyle(document.body).getPropertyValue('--inline')`)).toBe('');
    await expect.poll(() => page.errors.length).toBe(2);
    expect(page.errors.map((error) => /(?:script|style)-src/.exec(error)?.[0]).sort()).toEqual([
      'script-src',
      'style-src',
    ]);
    await page.context().close();
  });

  it('draws 10,000 symbols over ten years within a second, and pans at 50 frames a second', async () => {
    const { text } = buildLargeMap();
    const page = await openPage(browser, address, '#/sources');
    await page.route('**/api/v1/coverage*', (route) => route.fulfill({ contentType: 'application/json', body: text }));
    await page.compute(`performance.mark('start')`);
    await page.goto(`${address}/#/coverage`);
    await page.locator('canvas[data-ready]').waitFor();
    const interactive = await page.compute<number>(`performance.measure('interactive', 'start').duration`);
    const box = await page.locator('canvas').boundingBox();
    const rate = await page.compute<number>(`(async () => {
      const canvas = document.querySelector('canvas');
      const times = [];
      for (let frame = 0; frame < 120; frame++) {
        canvas.dispatchEvent(new WheelEvent('wheel', { deltaY: 60, cancelable: true }));
        times.push(await new Promise((resolve) => requestAnimationFrame(resolve)));
      }
      return (times.length - 1) / ((times.at(-1) - times[0]) / 1000);
    })()`);
    console.log(
      `heat map: interactive after ${interactive.toFixed(0)} ms, ${rate.toFixed(0)} frames a second, ${String(box?.width)} pixels wide`,
    );
    // A busy machine is slower; these limits only find a page that draws everything.
    expect(interactive).toBeLessThan(10_000);
    expect(rate).toBeGreaterThan(10);
    await page.context().close();
  });
});
