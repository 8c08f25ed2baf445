import { beforeAll, describe, expect, it } from 'vitest';
import { store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { eventsOf, fillWarehouse, HOSTILE_LOGIN, HOSTILE_REPO, hoursAgo } from './fill.ts';
import { figure, hasChromium, type TestPage, untilRead, useBrowser } from './support.ts';

describe.skipIf(!hasChromium)('the dashboard, on a warehouse with events', () => {
  const database = useTestDatabase();
  const browser = useBrowser(database.connectionString);
  beforeAll(async () => {
    await fillWarehouse(database);
  });

  const rowsOf = async ({ page }: TestPage, card: string) =>
    await Promise.all(
      (await page.locator(`#${card} tbody tr`).all()).map(async (row) =>
        (await row.locator('th, td.number').allTextContents()).map((text) => text.trim()),
      ),
    );

  it('shows what the rows say', async () => {
    const test = await browser.open('/');
    await untilRead(test.page);
    const since = hoursAgo(6 * 24 + 23);

    const total = await database.value('select count(*) from gold.fact_events');
    expect(await figure(test.page, 'events')).toBe(String(total));
    const stats = await test.page.request.get(`${test.address}/types?since=${since.toISOString()}`);
    const { items } = (await stats.json()) as { items: { events: number }[] };
    expect(items.reduce((sum, { events }) => sum + events, 0)).toBe(Number(total));
    expect(await test.page.locator('#events .readout .total').textContent()).toBe(
      `${total} events`,
    );

    const types = await database.rows<{ event_type: string; events: string }>(
      `select event_type, count(*) as events from gold.fact_events where event_time >= $1 group by event_type order by count(*) desc`,
      [since],
    );
    expect(types).toHaveLength(3);
    expect((await rowsOf(test, 'types')).map(([type, count]) => [type, count])).toEqual(
      types.map(({ event_type, events }) => [event_type, String(events)]),
    );

    const repositories = await database.rows<{ repo_name: string; events: string }>(
      `select repo_name, count(*) as events from gold.v_events group by repo_name order by count(*) desc`,
    );
    expect(await rowsOf(test, 'repositories')).toEqual(
      repositories.map(({ repo_name, events }) => [repo_name, String(events)]),
    );

    const open = await database.value(
      'select count(*) from bronze.dead_letter_queue where resolved_at is null',
    );
    expect(open).not.toBe('0');
    expect(await figure(test.page, 'letters')).toBe(String(open));

    const runs = await database.value('select count(*) from ops.pipeline_runs');
    expect(await test.page.locator('[data-figure="runs"] .note').textContent()).toBe(
      `of ${runs} in the range`,
    );
    expect(test.complaints).toEqual([]);
  });

  it('has each chart as a table', async () => {
    const { page, complaints } = await browser.open('/');
    await untilRead(page);
    await page.locator('#events summary').click();
    const hours = await database.rows<{ hour: Date; events: string }>(
      `select date_trunc('hour', event_time) as hour, count(*) as events from gold.fact_events group by 1 order by 1 desc`,
    );
    // A table is drawn when it is opened, a moment after the click.
    const counts = page.locator('#events tbody tr td:nth-child(2)');
    await expect
      .poll(() => counts.allTextContents(), { timeout: 10_000 })
      .toEqual(hours.map(({ events }) => String(events)));

    await page.locator('#runs summary').click();
    const runs = await database.value('select count(*) from ops.pipeline_runs');
    await expect
      .poll(() => page.locator('#runs tbody tr').count(), { timeout: 10_000 })
      .toBe(Number(runs));

    await page.locator('#dead-letters summary').click();
    await expect
      .poll(() => page.locator('#dead-letters tbody tr').count(), { timeout: 10_000 })
      .toBe(1);
    expect(complaints).toEqual([]);
  });

  it('steps through the hours by keyboard, and tells them', async () => {
    const { page } = await browser.open('/?range=24h');
    await untilRead(page);
    await page.getByRole('group', { name: /Chart of events/ }).focus();
    await page.keyboard.press('End');
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowLeft');
    const spoken = page.locator('#events [aria-live]');
    expect(await spoken.textContent()).toMatch(/: 10 events, Push 7, Watch 3$/);
    expect(await page.locator('#events .readout .total').textContent()).toBe('10 events');
    await page.keyboard.press('Escape');
    expect(await page.locator('#events .readout .when').textContent()).toBe('Whole range');
  });

  it('leaves bots out, or shows nothing else', async () => {
    const test = await browser.open('/?bots=only');
    await untilRead(test.page);
    expect(await figure(test.page, 'events')).toBe('5');
    expect(await rowsOf(test, 'actors')).toEqual([['helper[bot]bot', '5']]);
    await test.page.getByLabel('Bots').selectOption('exclude');
    await expect.poll(() => figure(test.page, 'events')).toBe('12');
    expect(test.page.url()).toMatch(/\?bots=exclude$/);
  });

  it('marks incidents, and says what they are', async () => {
    const { page } = await browser.open('/');
    await untilRead(page);
    await page.getByText('Gap in our record (1)').waitFor();
    expect(await page.locator('#incidents li').first().textContent()).toContain(
      'public: no answer',
    );
  });

  it('never takes names for markup', async () => {
    const test = await browser.open('/');
    await untilRead(test.page);
    const repositories = (await rowsOf(test, 'repositories')).map(([name]) => name);
    const actors = (await rowsOf(test, 'actors')).map(([name]) => name);
    expect(repositories).toContain(HOSTILE_REPO);
    expect(actors).toContain(HOSTILE_LOGIN);
    expect(await test.page.evaluate('globalThis.isTaken')).toBeUndefined();
    expect(await test.page.locator('main img, main script').count()).toBe(0);
    expect(test.complaints).toEqual([]);
  });

  it('shows events that come in while it is open', async () => {
    const test = await browser.open('/');
    await untilRead(test.page);
    const before = Number(await figure(test.page, 'events'));
    await test.page.evaluate('globalThis.isSamePage = true');
    await store(database.pool, eventsOf(hoursAgo(2), 4, { type: 'CreateEvent' }));
    await runTransform(database.connectionString);
    await expect
      .poll(() => figure(test.page, 'events'), { timeout: 60_000 })
      .toBe(String(before + 4));
    expect(await test.page.evaluate('globalThis.isSamePage')).toBe(true);
    expect(test.complaints).toEqual([]);
  });

  it('asks nothing while it is paused', async () => {
    const { page } = await browser.open('/');
    await untilRead(page);
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await page.locator('#updated').textContent()).toMatch(/^Paused at \d\d:\d\d:\d\d UTC$/);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.waitForTimeout(6_000);
    expect(asked).toEqual([]);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => asked.length).toBeGreaterThan(0);
  });

  it('keeps the range in the address, and goes back', async () => {
    const { page } = await browser.open('/');
    await untilRead(page);
    await page.getByText('24 h', { exact: true }).click();
    await expect.poll(() => page.url()).toMatch(/\?range=24h$/);
    await page.getByLabel('From').fill('2015-01-01T00:00');
    await page.getByLabel('to', { exact: true }).fill('2015-01-02T00:00');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect
      .poll(() => page.url())
      .toMatch(/\?since=2015-01-01T00:00:00Z&until=2015-01-02T00:00:00Z$/);
    await page.getByRole('heading', { name: 'No events in this range' }).waitFor();
    await page.goBack();
    await expect.poll(() => page.url()).toMatch(/\?range=24h$/);
    expect(await page.getByRole('radio', { name: '24 h' }).isChecked()).toBe(true);
  });

  it('refuses a range that ends before it begins', async () => {
    const { page } = await browser.open('/');
    await page.getByLabel('From').fill('2015-01-02T00:00');
    await page.getByLabel('to', { exact: true }).fill('2015-01-01T00:00');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    const alert = page.getByRole('alert').first();
    expect(await alert.textContent()).toContain('before the second');
    // Longer than the page leaves its clocks alone.
    await page.getByLabel('Bots').focus();
    await page.waitForTimeout(1_500);
    expect(await alert.isVisible()).toBe(true);
    expect(await page.getByLabel('From').inputValue()).toBe('2015-01-02T00:00');
    await page.getByText('24 h', { exact: true }).click();
    expect(await alert.isVisible()).toBe(false);
    expect(await page.getByLabel('From').inputValue()).not.toContain('2015');
  });

  it('shows a year', async () => {
    const test = await browser.open('/?range=365d');
    await untilRead(test.page);
    expect(Number(await figure(test.page, 'events'))).toBeGreaterThan(0);
    expect(test.complaints).toEqual([]);
  });

  it('takes a type out of the chart', async () => {
    const { page, complaints } = await browser.open('/');
    await untilRead(page);
    const push = page.getByRole('button', { name: /^Push / });
    await push.click();
    expect(await push.getAttribute('aria-pressed')).toBe('false');
    expect(page.url()).toMatch(/\?hide=PushEvent$/);
    expect(complaints).toEqual([]);
  });
});
