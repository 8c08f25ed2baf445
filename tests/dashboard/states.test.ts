import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestDatabase } from '../support/test-database.ts';
import { fillWarehouse } from './fill.ts';
import { figure, hasChromium, untilRead, useBrowser } from './support.ts';

describe.skipIf(!hasChromium)('the dashboard, when not all is well', () => {
  const database = useTestDatabase();
  const browser = useBrowser(database.connectionString);
  const empty = useTestDatabase();
  const lost = useTestDatabase();
  beforeAll(async () => {
    await fillWarehouse(database);
  });

  it('says what to do when the warehouse is empty', async () => {
    const { address } = await browser.serve({}, empty.connectionString);
    const { page, complaints } = await browser.open('/', { address });
    await page.getByRole('heading', { name: 'No events have reached gold yet' }).waitFor();
    expect(await page.locator('#welcome').textContent()).toContain('npm start');
    await untilRead(page);
    expect(complaints).toEqual([]);
    // With the first events comes everything: nothing goes on saying that there are none.
    await fillWarehouse(empty);
    await expect.poll(() => figure(page, 'events'), { timeout: 60_000 }).toBe('17');
    await expect
      .poll(() => page.getByText('No events in this range').count(), { timeout: 4_000 })
      .toBe(0);
  });

  it('leads to the newest events when the range has none', async () => {
    const { page } = await browser.open('/?since=2015-01-01&until=2015-01-02');
    await page.getByRole('button', { name: 'Show the days before it' }).click();
    await expect.poll(() => figure(page, 'events')).toBe('17');
    expect(await page.locator('#welcome').isHidden()).toBe(true);
  });

  it('says that the API is gone, keeps what it showed, and goes on when it is back', async () => {
    const served = await browser.serve();
    const { page } = await browser.open('/', { address: served.address });
    await untilRead(page);
    await served.close();
    const notice = page.getByRole('status');
    await notice.waitFor({ timeout: 45_000 });
    expect(await notice.textContent()).toMatch(/^The API at .* does not answer\./);
    expect(await page.locator('#updated').textContent()).toMatch(/^Stale, updated \d+ s ago$/);
    expect(await figure(page, 'events')).toBe('17');
    await expect
      .poll(() => page.locator('#layers .problem').textContent())
      .toMatch(/Shown is what was so at \d\d:\d\d:\d\d UTC\./);
    await browser.serve({}, undefined, Number(new URL(served.address).port));
    await page.getByRole('button', { name: 'Try now' }).click();
    await untilRead(page);
    await expect.poll(() => notice.isVisible()).toBe(false);
    expect(await page.locator('#updated').textContent()).toMatch(/^Live/);
  });

  it('says that the database is gone, and goes on when it is back', async () => {
    const { address } = await browser.serve({}, lost.connectionString);
    const { page } = await browser.open('/', { address });
    await untilRead(page);
    const name = new URL(lost.connectionString).pathname.slice(1);
    const client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    try {
      await client.query(`alter database ${pg.escapeIdentifier(name)} allow_connections false`);
      await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
        [name],
      );
      const notice = page.getByRole('status');
      await notice.waitFor({ timeout: 60_000 });
      expect(await notice.textContent()).toMatch(/^The database does not answer/);
      expect(await page.locator('#overall').textContent()).toBe('failed');
      await client.query(`alter database ${pg.escapeIdentifier(name)} allow_connections true`);
      await expect.poll(() => notice.isVisible(), { timeout: 60_000 }).toBe(false);
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Pause' }).click();
      await untilRead(page);
    } finally {
      await client.query(`alter database ${pg.escapeIdentifier(name)} allow_connections true`);
      await client.end();
    }
  });

  it('asks for a key, says when it is wrong, and keeps it for the tab only', async () => {
    const { page } = await browser.open('/', { api: { keys: ['a-key-of-the-test'] } });
    const dialog = page.getByRole('dialog', { name: 'This API asks for a key' });
    await dialog.waitFor();
    const refusal = page.getByText('The API does not know this key.');
    expect(await refusal.isVisible()).toBe(false);
    await page.getByLabel('API key').fill('another');
    await page.keyboard.press('Enter');
    await refusal.waitFor();
    await page.getByLabel('API key').fill('a-key-of-the-test');
    await page.keyboard.press('Enter');
    await untilRead(page);
    expect(await dialog.isVisible()).toBe(false);
    expect(await figure(page, 'events')).toBe('17');
    expect(await page.evaluate('localStorage.length')).toBe(0);
    expect(page.url()).not.toContain('key');
    await page.reload();
    await untilRead(page);
    await page.getByRole('button', { name: 'Forget key' }).click();
    await dialog.waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('waits as long as it is told when it asked too often', async () => {
    // The files of the page count too: enough for them and the first round, not for the second.
    const { page } = await browser.open('/', { api: { rateLimit: 50 } });
    const notice = page.getByRole('status');
    await notice.waitFor({ timeout: 90_000 });
    expect(await notice.textContent()).toMatch(/^The API asks for fewer requests/);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.waitForTimeout(7_000);
    expect(asked).toEqual([]);
  });
});
