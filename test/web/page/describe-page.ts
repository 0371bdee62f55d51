import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findRequirement, titled } from '../../requirements.js';
import { launchChromium, openPage } from './chromium.js';
import type { OpenPage, PageStyle } from './chromium.js';
import { evil, showProject, slowPipeline } from './project.js';
import type { PageSource, ShownProject } from './project.js';

const found = findRequirement('chromium');

/** Every view with its address, a heading and a text that only its documents have. */
const views = [
  ['now', '#/now', 'Due next', /equity_bars/],
  ['coverage', '#/coverage', 'Symbols × sessions', /\d+ symbols × \d+ sessions/],
  ['plan', '#/plan?pipeline=gaps', 'Steps', /equity\/AAPL/],
  ['runs', '#/runs', 'History', /gaps/],
  ['lineage', '#/lineage?symbol=SPY', 'From source to value', /option_snapshots/],
  ['bars', '#/data?symbol=AAPL', 'AAPL', /session/],
  ['chain', '#/data?page=chain&symbol=SPY', 'Chain of SPY', /^\d+\.\d\d$/],
  ['volatility', '#/data?page=iv&symbol=SPY', 'Implied volatility of SPY', /IV rank/],
  ['put/call', '#/data?page=pcr&symbol=SPY', 'Put/call ratios of SPY', /contracts/],
  ['sql', '#/data?page=sql', 'SQL, read-only', /at most 30 seconds/],
] as const;

const styles = { light: {}, dark: { scheme: 'dark' }, phone: { width: 390 } } as const satisfies Record<
  string,
  PageStyle
>;

export interface PageSuite {
  readonly command: 'ui' | 'serve';
  readonly source: PageSource;
  readonly styles: readonly (keyof typeof styles)[];
}

/** Tests every view of a real server in a real browser. */
export function describePage({ command, source, styles: tested }: PageSuite): void {
  describe.skipIf(found.missing)(titled(`the page of pipe ${command} on ${source}, in Chromium`, found), () => {
    let project: ShownProject;
    let browser: Browser;

    beforeAll(async () => {
      project = await showProject(command, source);
      browser = await launchChromium(found.path);
    });

    afterAll(async () => {
      await browser.close();
      project.server.kill('SIGTERM');
      await project.server.result;
    });

    const open = (path: string, style: PageStyle = {}): Promise<OpenPage> =>
      openPage(browser, project.address, path, style);

    it.each([
      ...views,
      ['sources', '#/sources', source === 'gateway' ? 'ib' : 'mock', /requests, last 10 min/],
    ] as const)(
      `shows %s without an error in ${tested.join(', ')}, and axe finds nothing serious`,
      async (_, path, heading, text) => {
        for (const style of tested) {
          const page = await open(path, styles[style]);
          await page.getByRole('heading', { name: heading, exact: true }).first().waitFor();
          await page.locator('main').getByText(text).locator('visible=true').first().waitFor();
          expect(page.errors).toEqual([]);
          const overflow = await page.compute<number>('document.documentElement.scrollWidth - window.innerWidth');
          expect(overflow).toBeLessThanOrEqual(0);
          expect(await findSeriousProblems(page)).toEqual([]);
          await page.context().close();
        }
      },
    );

    it('shows a denied symbol as such, and texts of providers as texts', async () => {
      const page = await open('#/coverage?dataset=equity_bars');
      await page
        .getByText(/^denied/)
        .first()
        .waitFor();
      await selectFinishedSession(page, 'TSLA');
      await page.locator('td', { hasText: evil }).first().waitFor();
      expect(await page.locator('dt:has-text("because") + dd').innerText()).toContain(evil);
      await selectFinishedSession(page, 'AAPL');
      await page.locator('dt:has-text("close") + dd').waitFor();
      await page.locator('dt:has-text("replaced") + dd', { hasText: 'nothing' }).waitFor();
      await page.goto(`${project.address}/#/runs`);
      await page.locator('tbody tr:has-text("gaps") a').first().click();
      await page.getByText(evil).first().waitFor();
      expect(await page.compute(`'hacked' in window`)).toBe(false);
      expect(page.errors).toEqual([]);
      await page.context().close();
    });

    it('fetches a denied session from its cell, then compares the two runs of the pipeline', async () => {
      const page = await open('#/coverage?dataset=equity_bars');
      await selectFinishedSession(page, 'TSLA');
      await page.getByRole('button', { name: 'fetch this' }).click();
      await page.getByText(/^Start a run of gaps for TSLA on /).waitFor();
      await page.getByRole('button', { name: 'start', exact: true }).click();
      await page.getByText(/^run \w+ started$/).waitFor();
      await expect
        .poll(async () => (await readRuns(page, 'gaps')).map(({ status }) => status))
        .toEqual(['partial', 'partial']);
      const [second, first] = await readRuns(page, 'gaps');
      expect(second?.requests).toBe(1);
      await page.goto(`${project.address}/#/runs?run=${second?.runId ?? ''}`);
      await page.locator('.log li').first().waitFor();
      await page.getByRole('button', { name: new RegExp(`with run \\S*${first?.runId.slice(-8) ?? ''}$`) }).click();
      await page.getByRole('heading', { name: / compared with / }).waitFor();
      await page.locator('tr', { hasText: 'equity/AAPL' }).filter({ hasText: 'not started' }).waitFor();
      expect(page.errors).toEqual([]);
      await page.context().close();
    });

    it('starts one run when two pages press "run now", shows its progress, and shows a killed one as crashed', async () => {
      const pages = await Promise.all([open('#/plan?pipeline=slow'), open('#/plan?pipeline=slow')]);
      for (const page of pages) await page.getByRole('button', { name: 'run now' }).click();
      await Promise.all(pages.map((page) => page.getByRole('button', { name: 'start', exact: true }).click()));
      const [page] = pages;
      const started = (one: Page): Promise<string> =>
        Promise.race([
          one
            .getByText(/^run \w+ started$/)
            .waitFor()
            .then(() => 'started'),
          one
            .getByRole('alert')
            .waitFor()
            .then(() => 'refused'),
        ]);
      expect((await Promise.all(pages.map(started))).sort()).toEqual(['refused', 'started']);
      await page.goto(`${project.address}/#/now`);
      await expectProgress(page, 'slow');
      const runs = await readRuns(page, 'slow');
      expect(runs).toHaveLength(1);
      process.kill(runs[0]?.process.pid ?? 0, 'SIGKILL');
      await runOf(page, 'slow', 'crashed').waitFor();
      for (const one of pages) await one.context().close();
    });

    if (command === 'serve')
      it('shows the progress of a run that the collector starts, and its killed worker', async () => {
        const page = await open('#/now');
        // The collector reads a new file within a second. It is due at the next full ten seconds, once.
        await project.rig.write(
          'pipelines/due.yaml',
          slowPipeline('due', source, 'schedule: { every: 10s, max_cycles: 1 }\n'),
        );
        await expectProgress(page, 'due');
        const [run] = await readRuns(page, 'due');
        process.kill(run?.process.pid ?? 0, 'SIGKILL');
        await runOf(page, 'due', 'crashed').waitFor();
        await page.locator('.health .sentence', { hasText: 'Needs attention' }).waitFor();
        await page.getByText('the last run of due crashed').first().waitFor();
        expect(page.errors).toEqual([]);
        await page.context().close();
      });

    it('offers no action to a page without the token', async () => {
      const page = await open('#/plan?pipeline=gaps', { isReader: true });
      expect(await page.getByRole('button', { name: 'run now' }).isDisabled()).toBe(true);
      await page.context().close();
    });
  });
}

/** The serious findings of axe. The policy of the page forbids scripts in it; the test adds one from outside. */
async function findSeriousProblems(page: OpenPage): Promise<readonly string[]> {
  await page.compute(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.compute<readonly string[]>(
    `axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes[0].html))`,
  );
}

/** Opens a cell of a symbol with the keyboard: two sessions before the last one, which finished at least a day ago. */
async function selectFinishedSession(page: OpenPage, symbol: string): Promise<void> {
  await page.getByLabel('find').fill(symbol);
  await page.getByLabel('find').press('Enter');
  await page.locator('canvas').press('ArrowLeft');
  await page.locator('canvas').press('ArrowLeft');
  await page.locator('canvas').press('Enter');
  await page.getByRole('heading', { name: new RegExp(`^${symbol} on `) }).waitFor();
}

function runOf(page: Page, pipeline: string, status: string): ReturnType<Page['locator']> {
  return page.locator(`[data-status="${status}"]`, { hasText: pipeline });
}

/** Waits until the responses of a run in progress grow. */
async function expectProgress(page: Page, pipeline: string): Promise<void> {
  const responses = runOf(page, pipeline, 'running').locator('[data-fact="responses"]');
  const before = await responses.innerText();
  await expect.poll(() => responses.innerText()).not.toBe(before);
}

interface ShownRun {
  readonly runId: string;
  readonly status: string;
  readonly requests: number;
  readonly process: { readonly pid: number };
}

/** The runs of a pipeline, newest first. */
async function readRuns(page: OpenPage, pipeline: string): Promise<readonly ShownRun[]> {
  const { runs } = await page.compute<{ readonly runs: readonly ShownRun[] }>(
    `fetch('/api/v1/runs?pipeline=${pipeline}').then((response) => response.json())`,
  );
  return runs;
}
