// Takes the pictures of docs/images/ from a lake that it fills with the mock market: `node scripts/screenshots.js [view ...]`.
// It needs Chromium (PIPE_TEST_CHROMIUM, or `chromium` in PATH). PIPE_SCREENSHOTS keeps the lake in a folder for the next call.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = join(root, 'dist/main.js');
const images = join(root, 'docs/images');
const kept = process.env.PIPE_SCREENSHOTS ?? '';
const project = kept === '' ? mkdtempSync(join(tmpdir(), 'pipe-screenshots-')) : kept;
const token = 'screenshots-of-the-page';
const env = {
  ...process.env,
  PIPE_STATE: join(project, 'state'),
  PIPE_WEB_TOKEN: token,
  TZ: 'America/New_York',
  NO_COLOR: '1',
};

/** The pictures: a view, what to do before, and whether it is taken on a phone and in the dark too. */
const views = [
  { name: 'now', path: '#/now', before: startSlowRun },
  { name: 'coverage', path: '#/coverage', before: selectCell },
  { name: 'plan', path: '#/plan?pipeline=wide' },
  { name: 'runs', path: '#/runs', before: openRun },
  { name: 'lineage', path: '#/lineage?symbol=SPY' },
  { name: 'bars', path: '#/data?symbol=AAPL' },
  { name: 'chain', path: '#/data?page=chain&symbol=SPY' },
  { name: 'volatility', path: '#/data?page=iv&symbol=SPY' },
  { name: 'put-call', path: '#/data?page=pcr&symbol=SPY' },
  { name: 'sql', path: '#/data?page=sql', before: runStatement },
  { name: 'sources', path: '#/sources' },
];

const styles = [
  { suffix: '', colorScheme: 'light', viewport: { width: 1280, height: 820 } },
  { suffix: '-dark', colorScheme: 'dark', viewport: { width: 1280, height: 820 } },
  { suffix: '-phone', colorScheme: 'light', viewport: { width: 390, height: 844 }, isPhone: true },
];

const wanted = process.argv.slice(2);
if (!existsSync(join(project, 'data'))) fillLake();
mkdirSync(images, { recursive: true });
const server = spawn(process.execPath, [command, 'ui', '--port', '0'], { cwd: project, env });
try {
  const address = await readAddress(server);
  const browser = await chromium.launch({ executablePath: process.env.PIPE_TEST_CHROMIUM ?? '/usr/bin/chromium' });
  for (const style of styles) await takePictures(browser, address, style);
  await browser.close();
} finally {
  server.kill('SIGTERM');
  if (kept === '') rmSync(project, { recursive: true, force: true, maxRetries: 5 });
}

async function takePictures(browser, address, { suffix, colorScheme, viewport, isPhone = false }) {
  const context = await browser.newContext({
    colorScheme,
    viewport,
    timezoneId: 'America/New_York',
    locale: 'en-US',
    ...(isPhone ? { deviceScaleFactor: 1, hasTouch: true } : {}),
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`${suffix} console: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.error(`${suffix} page: ${error.message}`));
  await page.goto(`${address}/?token=${token}`);
  for (const { name, path, before } of views) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await page.goto(`${address}/${path}`);
    await page.waitForFunction(
      () => document.querySelector('.loading') === null && document.querySelector('.panel, .problem') !== null,
    );
    if (before !== undefined) await before(page);
    await page.waitForTimeout(700);
    await page.screenshot({ path: join(images, `${name}${suffix}.png`) });
  }
  await context.close();
}

async function startSlowRun(page) {
  await page.evaluate(async () => {
    await fetch('/api/v1/run', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pipeline: 'minutes' }),
    });
  });
  await page.waitForSelector('.run .step', { timeout: 30_000 }).catch(() => undefined);
  await page.waitForTimeout(2_500);
}

async function selectCell(page) {
  await page.waitForSelector('canvas[data-ready]');
  await page.getByLabel('find').fill('LLY');
  await page.getByLabel('find').press('Enter');
  // The last session may not have finished.
  await page.locator('canvas').press('ArrowLeft');
  await page.locator('canvas').press('Enter');
  await page.waitForSelector('table');
  await page.evaluate(() => window.scrollTo(0, 0));
}

async function openRun(page) {
  await page.locator('tbody tr:has-text("wide") a').last().click();
  await page.waitForSelector('.timeline');
}

async function runStatement(page) {
  await page.getByRole('button', { name: 'run', exact: true }).click();
  await page.waitForSelector('table');
}

function fillLake() {
  mkdirSync(join(project, 'pipelines/scenarios'), { recursive: true });
  const symbols =
    'AAPL MSFT NVDA AMZN GOOGL META TSLA AVGO JPM LLY V UNH XOM MA COST HD PG JNJ WMT NFLX CRM BAC ORCL CVX MRK KO PEP AMD ADBE TMO LIN MCD CSCO ABT ACN WFC GE IBM TXN CAT'.split(
      ' ',
    );
  const write = (name, text) => writeFileSync(join(project, 'pipelines', name), text);
  write(
    'wide.yaml',
    `name: wide\ndescription: Daily bars of forty large US names\nprovider: synthetic\nproviders:\n  synthetic: { scenario: scenarios/gaps.yaml }\nschedule: { cron: "30 18 * * 1-5", timezone: America/New_York }\nretry: { attempts: 1 }\nsymbols: [${symbols.join(', ')}]\nsteps:\n  contracts: {}\n  equity: { needs: contracts, bar_size: 1 day, lookback: 400 sessions }\n`,
  );
  const rule = (symbol, action) => `  - when: { request: equity_bars, symbol: ${symbol} }\n    do: { ${action} }\n`;
  const rules = [
    rule('TSLA', 'failure: denied, message: no market data permission'),
    rule('LLY', 'failure: retryable, message: the server did not answer'),
    rule('META', 'failure: unavailable, message: no history of this symbol'),
  ];
  write('scenarios/gaps.yaml', `name: gaps\nsource: synthetic\nrules:\n${rules.join('')}`);
  write(
    'minutes.yaml',
    `name: minutes\ndescription: One-minute bars, slowly\nprovider: mock\nproviders:\n  mock: { delay: 400ms }\npacing: { concurrency: 2 }\nsymbols: [SPY, QQQ, AAPL, MSFT, NVDA, AMZN]\nsteps:\n  contracts: {}\n  equity: { needs: contracts, bar_size: 1 min, lookback: 60 sessions }\n`,
  );
  writeFileSync(join(project, 'pipelines/volatility.yaml'), readVolatility());
  const run = (...args) => {
    const { status, stderr } = spawnSync(process.execPath, [command, 'run', ...args, '--quiet'], {
      cwd: project,
      env,
      encoding: 'utf8',
    });
    if (status !== 0 && status !== 3) throw new Error(`pipe run ${args.join(' ')}: ${stderr}`);
  };
  const now = Date.now();
  for (let ago = 56; ago >= 0; ago--) {
    const day = new Date(now - ago * 86_400_000);
    if (day.getUTCDay() === 0 || day.getUTCDay() === 6) continue;
    run('pipelines/volatility.yaml', '--now', `${day.toISOString().slice(0, 10)}T${ago === 0 ? '00' : '19'}:00:00Z`);
  }
  const short = ['AMD', 'ADBE', 'TMO', 'LIN', 'MCD', 'CSCO'];
  run('pipelines/wide.yaml', '--symbols', symbols.filter((symbol) => !short.includes(symbol)).join(','));
  run(
    'pipelines/wide.yaml',
    '--symbols',
    'AMD,ADBE,TMO',
    '--from',
    new Date(now - 200 * 86_400_000).toISOString().slice(0, 10),
  );
  run(
    'pipelines/wide.yaml',
    '--symbols',
    'LIN,MCD,CSCO',
    '--to',
    new Date(now - 60 * 86_400_000).toISOString().slice(0, 10),
  );
}

function readVolatility() {
  return spawnSync('cat', [join(root, 'pipelines/volatility.yaml')], { encoding: 'utf8' }).stdout;
}

function readAddress(child) {
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (data) => {
      const found = /http:\/\/[^/\s]+/.exec(String(data));
      if (found !== null) resolve(found[0]);
    });
    child.stderr.on('data', (data) => process.stderr.write(data));
    child.on('exit', (code) => reject(new Error(`pipe ui ended with ${code}`)));
  });
}
