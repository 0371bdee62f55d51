import { chromium } from 'playwright-core';
import type { Browser, CDPSession, Page } from 'playwright-core';

/** The secret of every server of these tests. */
export const token = 'a-token-of-the-page-test';

/** A page with what its console reports, violations of its own policy too. */
export type OpenPage = Page & { readonly errors: string[]; readonly compute: Compute };

/** Evaluates an expression as the console of the browser does: the policy of the page, which forbids `eval`, stays in force. */
type Compute = <T = unknown>(expression: string) => Promise<T>;

export interface PageStyle {
  /** True for a page without the token. */
  readonly isReader?: boolean;
  readonly width?: number;
  readonly scheme?: 'dark' | 'light';
}

/** Starts the browser of a test file. */
export function launchChromium(path: string): Promise<Browser> {
  return chromium.launch({ executablePath: path, args: ['--no-sandbox'] });
}

/** Opens a view and waits until its documents are there. */
export async function openPage(
  browser: Browser,
  address: string,
  path: string,
  { isReader = false, width = 1280, scheme = 'light' }: PageStyle = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width, height: 820 }, colorScheme: scheme });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  if (!isReader) await page.goto(`${address}/?token=${token}`);
  await page.goto(`${address}/${path}`);
  await page.locator('.panel').first().waitFor();
  await page.locator('.loading').first().waitFor({ state: 'detached' });
  return Object.assign(page, { errors, compute: createCompute(session) });
}

function createCompute(session: CDPSession): Compute {
  return async <T>(expression: string) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as T;
  };
}
