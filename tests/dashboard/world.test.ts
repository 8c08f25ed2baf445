import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestDatabase } from '../support/test-database.ts';
import { hoursAgo } from './fill.ts';
import { figure, hasChromium, untilRead, useBrowser } from './support.ts';
import { fillWithWorld } from './world.ts';

/** Where a picture of the page is to be written; see docs/dashboard.md. */
const PICTURE = process.env.DASHBOARD_PICTURE;
const HOURS = PICTURE === undefined ? 12 : 60;
const NOW = Date.now();
const FIRST = hoursAgo(HOURS, NOW);
const LAST = hoursAgo(0, NOW);
const SPAN = `/?since=${FIRST.toISOString()}&until=${hoursAgo(-1, NOW).toISOString()}`;

describe.skipIf(!hasChromium)('the dashboard, on hours of two archives', () => {
  const database = useTestDatabase();
  const browser = useBrowser(database.connectionString);
  let missing: Date;
  beforeAll(async () => {
    missing = await fillWithWorld(database, HOURS, NOW);
  }, 1_800_000);

  it('tells the share captured of every hour, as SQL does', async () => {
    const { page, complaints } = await browser.open(SPAN);
    await untilRead(page);
    await page.locator('#events summary').click();
    const rows = await database.rows<{ rate: string | null; events: string }>(
      `select coverage.capture_rate as rate, sum(counts.event_count) as events
       from gold.mart_event_counts as counts
       left join gold.v_coverage_hourly as coverage using (hour)
       where counts.hour between $1 and $2
       group by counts.hour, coverage.capture_rate
       order by counts.hour desc`,
      [FIRST, LAST],
    );
    expect(rows.filter(({ rate }) => rate !== null).length).toBeGreaterThan(HOURS / 2);
    const cells = async (column: number) =>
      await page.locator(`#events tbody tr td:nth-child(${column})`).allTextContents();
    expect(await cells(2)).toEqual(rows.map(({ events }) => events));
    const shares = await cells(3);
    for (const [index, { rate }] of rows.entries()) {
      if (rate === null) expect(shares[index]).toBe('–');
      else
        expect(Math.abs(Number.parseFloat(shares[index] ?? '') - 100 * Number(rate))).toBeLessThan(
          0.051,
        );
    }
    expect(await figure(page, 'captured')).toBe(shares.find((share) => share !== '–'));
    expect(complaints).toEqual([]);
  });

  it('draws the interval as a band, and leaves out the hour of which nothing can be said', async () => {
    const { page } = await browser.open(SPAN);
    await untilRead(page);
    // Of each hour's middle: whether the band, which alone lets a fifth of its ground through, is drawn there.
    const banded = await page.evaluate<boolean[]>(`
      (() => {
        const canvas = document.querySelectorAll('#events canvas')[1];
        const over = document.querySelectorAll('#events .u-over')[1];
        const ratio = canvas.width / canvas.clientWidth;
        const hours = ${HOURS} + 1;
        return Array.from({ length: hours }, (_, hour) => {
          const x = Math.round(ratio * (over.offsetLeft + over.clientWidth * (hour + 0.5) / hours));
          const column = canvas.getContext('2d').getImageData(x, 0, 1, canvas.height).data;
          return column.some((value, index) => index % 4 === 3 && Math.abs(value - 51) <= 1);
        });
      })()`);
    const estimates = await database.rows<{ is_known: boolean }>(
      `select exists (select from gold.v_coverage_hourly as coverage where coverage.hour = hours.hour and coverage.capture_rate is not null) as is_known
       from generate_series($1::timestamptz, $2, '1 hour') as hours (hour) order by hours.hour`,
      [FIRST, LAST],
    );
    expect(banded).toEqual(estimates.map(({ is_known }) => is_known));
    const left = (missing.getTime() - FIRST.getTime()) / 3_600_000;
    expect(banded[left]).toBe(false);
    expect(await page.locator('#incidents').textContent()).toContain(
      'gharchive: no whole archive file',
    );
  });

  it.skipIf(PICTURE === undefined)('has its picture taken', async () => {
    const { page } = await browser.open(SPAN, { viewport: { width: 1400, height: 1455 } });
    await untilRead(page);
    const picture = await page.screenshot();
    await writeFile(PICTURE ?? '', picture);
  });
});
