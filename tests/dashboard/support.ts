import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { ApiOptions } from '../../apps/api/create-api.ts';
import { closeApisAfterwards, openApi } from '../api/support.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Whether there is a browser to test in; says so when there is none. */
export const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) {
  console.log(
    `The dashboard is not tested: there is no browser at ${CHROMIUM}. Install chromium, or set CHROMIUM_PATH.`,
  );
}

export interface TestPage {
  page: Page;
  /** The address of the API, without a slash at its end. */
  address: string;
  /** What the page asked of other servers. */
  foreignRequests: string[];
  /** What the browser complained about, such as a script that the page may not run. */
  complaints: string[];
}

export interface TestBrowser {
  /** Opens the page of an API that listens on a port of its own. */
  open: (path: string, options?: OpenOptions) => Promise<TestPage>;
  /** Has an API listen, on a free port unless one is given. */
  serve: (
    options?: Partial<ApiOptions>,
    connectionString?: string,
    port?: number,
  ) => Promise<Served>;
}

export interface Served {
  address: string;
  close: () => Promise<void>;
}

interface OpenOptions extends BrowserContextOptions {
  api?: Partial<ApiOptions>;
  /** An API that runs already, instead of a new one. */
  address?: string;
}

/**
 * A browser for the suite. Each page has a context of its own, and must not have asked anything elsewhere.
 *
 * @param connectionString of the database that its APIs read
 */
export function useBrowser(connectionString: string): TestBrowser {
  let browser: Browser;
  const contexts: { close: () => Promise<void> }[] = [];
  const pages: TestPage[] = [];

  // A browser on a busy machine is slow.
  vi.setConfig({ testTimeout: 150_000 });
  closeApisAfterwards();
  beforeAll(async () => {
    // Root may not use the sandbox of Chromium.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: CHROMIUM, args });
  });
  afterEach(async () => {
    const foreign = pages.splice(0).flatMap(({ foreignRequests }) => foreignRequests);
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(foreign).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
  });

  const serve: TestBrowser['serve'] = async (
    options = {},
    database = connectionString,
    wanted = 0,
  ) => {
    const { app } = await openApi(database, options);
    await app.listen({ host: '127.0.0.1', port: wanted });
    const { port } = app.server.address() as AddressInfo;
    return {
      address: `http://127.0.0.1:${port}`,
      close: async () => {
        app.server.closeAllConnections();
        await app.close();
      },
    };
  };

  return {
    serve,
    open: async (path, { api, address: given, ...context } = {}) => {
      const address = given ?? (await serve(api)).address;
      const opened = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        ...context,
      });
      contexts.push(opened);
      const page = await opened.newPage();
      const foreignRequests: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(`${address}/`)) foreignRequests.push(url);
      });
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
      await page.goto(`${address}${path}`);
      const test = { page, address, foreignRequests, complaints };
      pages.push(test);
      return test;
    },
  };
}

/** The text of one of the numbers at the top. */
export async function figure(page: Page, name: string): Promise<string | null> {
  return await page.locator(`[data-figure="${name}"] .value`).textContent();
}

/** Waits until every card shows an answer. */
export async function untilRead(page: Page): Promise<void> {
  const unread = page.locator('.card[data-state]:not([data-state="ready"])');
  await expect.poll(() => unread.count(), { timeout: 120_000 }).toBe(0);
}

interface Violation {
  id: string;
  impact: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** What axe-core finds serious or critical, one line each. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Told by the debugger, not as a script of the page, which its policy would refuse.
  await page.evaluate(AXE);
  const violations = await page.evaluate<Violation[]>(
    'axe.run().then((found) => found.violations)',
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
    );
}
