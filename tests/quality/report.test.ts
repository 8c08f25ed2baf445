import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { listChecks } from '../../apps/transformer/quality/list-checks.ts';
import { escapeHtml, html } from '../../scripts/quality/html/escape.ts';
import { renderPage } from '../../scripts/quality/html/render-page.ts';
import { readReport } from '../../scripts/quality/read-report.ts';
import { exitCodeOf, showReport } from '../../scripts/quality/show-report.ts';
import { runScript } from '../scripts/support.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { check } from './support.ts';

const database = useTestDatabase();
const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&\u202e`;
const env = () => ({ DATABASE_URL: database.connectionString });
const quality = (...args: string[]) => runScript('scripts/quality.ts', args, env());

beforeAll(async () => {
  await store(database.pool, [
    makeEvent({ id: '1', repo: { id: 1, name: HOSTILE } }),
    makeEvent({ id: '2', type: HOSTILE.slice(0, 100), actor: { id: 5, login: HOSTILE } }),
  ]);
  await runTransform(database.connectionString);
  await check(database);
});

test('the page shows what is hostile, and runs and loads nothing', async () => {
  const page = renderPage(await readReport(database.pool, listChecks(undefined)));
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).not.toMatch(/<(script|img|iframe|link|object|embed|form|base)\b/i);
  expect(page).not.toMatch(/\b(?:src|href)="(?!#)|url\(|@import/i);
  expect(page).not.toMatch(/https?:\/\//);
  expect(page).not.toContain('\u202e');
  expect(page).toContain('U+202e');
  expect(page).toContain(`default-src 'none'`);
  expect(page).toMatch(/^<!doctype html>/);
});

test('every tag of the page is closed in order', async () => {
  const page = renderPage(await readReport(database.pool, listChecks(undefined)));
  const open: string[] = [];
  for (const [, close, name = '', rest = ''] of page.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/g,
  )) {
    if (['meta', 'br'].includes(name) || rest.endsWith('/')) continue;
    if (close === '') open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
});

test('escaping leaves nothing that HTML would read', () => {
  expect(escapeHtml(`<a b="c" d='e'>&`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
  expect(html`<b>${'<'}${html`<i>${'&'}</i>`}${['a', null, undefined, false]}</b>`.html).toBe(
    '<b>&lt;<i>&amp;</i>a</b>',
  );
});

describe('npm run quality', () => {
  test('prints the headline and what did not pass, and ends with 0 for warnings', async () => {
    await database.pool.query('truncate ops.quality_results');
    const { code, stdout, stderr } = await quality();
    expect(stdout).toMatch(/^Of \d+ checks \d+ warn, \d+ passed, \d+ had too little to go by\.\n/);
    expect(stdout).toMatch(
      /^warn +repository_names_are_owner_and_project +1 +silver +business rules/m,
    );
    expect([code, stderr]).toEqual([0, '']);
  });

  test('writes a page and gives JSON; with --strict warnings count', async () => {
    const file = join(tmpdir(), `assay-report-${process.pid}.html`);
    const { code, stdout } = await quality('--full', '--json', '--html', file, '--strict');
    const report = JSON.parse(stdout);
    expect(report.totals.warn).toBeGreaterThan(1);
    expect(report.checks).toHaveLength(listChecks(undefined).checks.length);
    expect(report.checks[0]).toMatchObject({
      status: 'warn',
      claim: expect.stringMatching(/^[A-Z]/),
      checked_since: null,
    });
    expect(report.checks[0].history.length).toBeGreaterThan(1);
    expect(report.profiles.length).toBeGreaterThan(50);
    expect(readFileSync(file, 'utf8')).toContain('<h2>What needs a look</h2>');
    expect(code).toBe(3);
  });

  test('--only shows the rows, and ends with 2 when a check of severity fail finds some', async () => {
    await database.pool.query('update gold.fact_events set event_hour = 23');
    const only = await quality('--only', 'fact_days_and_hours_are_those_of_the_event', '--full');
    expect(only.stdout).toMatch(/^Of 1 check 1 failed\.\n/);
    expect(only.stdout).toMatch(/event_id +event_type +event_time +date_id +event_hour\n/);
    expect(only.code).toBe(2);
    const last = await quality('--last');
    expect(last.stdout).toContain('1 failed');
    expect(last.code).toBe(2);
    await database.pool.query('update gold.fact_events set event_hour = 12');
  });

  test.each([
    [['--only', 'nothing'], 'There is no check "nothing"'],
    [['--set', 'nothing=1'], 'nothing is no setting'],
    [['--last', '--full'], '--last runs nothing'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await quality(...args);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  test('--list shows checks and settings', async () => {
    const { code, stdout } = await quality('--list', '--set', 'min_rows=7');
    expect(stdout).toMatch(/^fail +bronze_events_are_in_silver +silver +reconciliation$/m);
    expect(stdout).toMatch(/^min_rows +7 +200 +Rows below which a share says nothing\.$/m);
    expect(code).toBe(0);
  });
});

test('a check that could not be run ends with 1, one that failed with 2 before it', () => {
  const totals = { pass: 1, fail: 0, warn: 2, error: 1, skipped: 0 };
  expect(exitCodeOf({ totals }, false)).toBe(1);
  expect(exitCodeOf({ totals: { ...totals, fail: 1 } }, true)).toBe(2);
  expect(exitCodeOf({ totals: { ...totals, error: 0 } }, false)).toBe(0);
  expect(exitCodeOf({ totals: { ...totals, error: 0 } }, true)).toBe(3);
});

test('a warehouse in which no check has run says so', async () => {
  await database.pool.query(
    'truncate ops.quality_results, ops.column_profiles, ops.payload_changes, gold.feed_coverage',
  );
  const report = await readReport(database.pool, listChecks(undefined));
  expect(showReport(report, { showsRows: false, htmlFile: undefined, isTerminal: false })).toBe(
    'No check has run yet.\n',
  );
  expect(renderPage(report)).toContain('No check has run yet.');
});
