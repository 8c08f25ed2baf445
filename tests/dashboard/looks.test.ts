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

  it('has every control within reach of the keyboard, and shows where it is', async () => {
    const { page } = await browser.open('/');
    await untilRead(page);
    await page.getByRole('button', { name: 'Pause' }).click();
    const wanted = await page.evaluate<string[]>(`
      globalThis.nameOf = (e) => [e.localName, e.id, e.name, e.dataset.type, e.textContent.slice(0, 40)].join(' ').trim();
      [...document.querySelectorAll('a[href], button, select, input, summary, [tabindex="0"]')]
        .filter((e) => e.checkVisibility() && (e.type !== 'radio' || e.checked)).map(nameOf)`);
    expect(wanted.length).toBeGreaterThan(20);
    await page.evaluate('document.activeElement.blur(); scrollTo(0, 0)');
    const reached = new Set<string>();
    const unseen = new Set<string>();
    // A field of date and time has eight stops of its own.
    for (let step = 0; step < wanted.length + 20; step++) {
      await page.keyboard.press('Tab');
      const [name, isSeen] = await page.evaluate<[string, boolean]>(`
        (() => {
          const e = document.activeElement;
          const marked = e.type === 'radio' ? e.nextElementSibling : e;
          const { outlineStyle, outlineWidth } = getComputedStyle(marked);
          return [nameOf(e), outlineStyle !== 'none' && outlineWidth !== '0px'];
        })()`);
      reached.add(name);
      if (!isSeen && !name.startsWith('body')) unseen.add(name);
    }
    expect(wanted.filter((name) => !reached.has(name))).toEqual([]);
    expect([...unseen]).toEqual([]);
  });

  it('may run nothing but its own files', async () => {
    const { page, address } = await browser.open('/');
    const policy = (await page.request.get(`${address}/`)).headers()['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.isTaken = 1' }))`,
    );
    expect(await page.evaluate('globalThis.isTaken')).toBeUndefined();
  });

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
