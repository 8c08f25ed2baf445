import { beforeAll, describe, expect, it } from 'vitest';
import { useTestDatabase } from '../support/test-database.ts';
import { fillWarehouse } from './fill.ts';
import { findBarriers, hasChromium, untilRead, useBrowser } from './support.ts';

describe.skipIf(!hasChromium)('the dashboard, for everybody', () => {
  const database = useTestDatabase();
  const browser = useBrowser(database.connectionString);
  const empty = useTestDatabase();
  beforeAll(async () => {
    await fillWarehouse(database);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no barrier in ${colorScheme}`, async () => {
      const { page, complaints } = await browser.open('/', { colorScheme });
      await untilRead(page);
      for (const summary of await page.locator('main summary').all()) await summary.click();
      expect(await findBarriers(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });

    it(`has none in ${colorScheme} when there is nothing to show, or a key is asked for`, async () => {
      const { address } = await browser.serve({}, empty.connectionString);
      const nothing = await browser.open('/', { address, colorScheme });
      await nothing.page.locator('#welcome h2').waitFor();
      expect(await findBarriers(nothing.page)).toEqual([]);
      const locked = await browser.open('/', { api: { keys: ['a-key-of-the-test'] }, colorScheme });
      await locked.page.getByRole('dialog').waitFor();
      expect(await findBarriers(locked.page)).toEqual([]);
    });
  }

  it('is dark when the system is, or the reader wants it', async () => {
    const ground = 'getComputedStyle(document.body).backgroundColor';
    const { page } = await browser.open('/', { colorScheme: 'dark' });
    const dark = await page.evaluate(ground);
    expect(dark).toBe('rgb(16, 18, 20)');
    await page.getByLabel('Colours').selectOption('light');
    expect(await page.evaluate(ground)).not.toBe(dark);
    await page.reload();
    expect(await page.evaluate(ground)).not.toBe(dark);
    await page.getByLabel('Colours').selectOption('dark');
    expect(await page.evaluate(ground)).toBe(dark);
  });

  for (const width of [320, 390, 768, 1280, 2560]) {
    it(`fits a screen of ${width} pixels`, async () => {
      const { page, complaints } = await browser.open('/', { viewport: { width, height: 800 } });
      await untilRead(page);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        width,
      );
      const barriers = width < 800 ? await findBarriers(page) : [];
      expect(barriers).toEqual([]);
      expect(complaints).toEqual([]);
    });
  }
});
