import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listQueryFiles, readQueryFile } from '../../scripts/sql/query-files.ts';
import {
  chooseFormat,
  readSettings,
  readSql,
  readTimeoutMs,
} from '../../scripts/sql/read-sql-options.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { runScript } from './support.ts';

const database = useTestDatabase();
const SCRIPT = 'scripts/sql.ts';
const env = () => ({ DATABASE_URL: database.connectionString });

describe('npm run sql', () => {
  test('prints a table, and the row count apart from it', async () => {
    const { code, stdout, stderr } = await runScript(
      SCRIPT,
      ['select event_type, is_core_metric from gold.dim_event_types order by event_type limit 2'],
      env(),
    );
    expect(stdout).toBe(
      'event_type          is_core_metric\n------------------  --------------\nCommitCommentEvent  false\nCreateEvent         false\n',
    );
    expect(stderr).toMatch(/^2 rows · \d+ ms\n$/);
    expect(code).toBe(0);
  });

  test('runs a ready query by its name, with settings, as JSON', async () => {
    const { code, stdout } = await runScript(
      SCRIPT,
      ['--file', 'top-repositories', '--set', 'month=2015-01', '--json'],
      env(),
    );
    expect([code, stdout]).toEqual([0, '[]\n']);
  });

  test('reads standard input', async () => {
    const { stdout } = await runScript(SCRIPT, ['--file', '-', '--csv'], env(), {
      stdin: '-- a comment\nselect 5 as five;',
    });
    expect(stdout).toBe('five\r\n5\r\n');
  });

  test('ends quietly when its reader has seen enough', async () => {
    const { code, stderr } = await runScript(
      SCRIPT,
      ["select g, repeat('x', 100) from generate_series(1, 10000000) as g", '--csv'],
      env(),
      { closeStdoutAfter: 1 },
    );
    expect([code, stderr]).toEqual([0, '']);
  });

  test('fails with the place of the fault', async () => {
    const { code, stdout, stderr } = await runScript(SCRIPT, ['select * form x'], env());
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'error: syntax error at or near "form"\nline 1 | select * form x\n                  ^\n',
    );
  });

  test('says what to do when there is no database', async () => {
    const missing = await runScript(SCRIPT, ['select 1'], { EMBEDDED_DATA_DIR: '/nowhere/at/all' });
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('npm run demo');
    const closed = await runScript(SCRIPT, ['select 1'], {
      DATABASE_URL: 'postgres://ada:sesame@127.0.0.1:1/assay',
    });
    expect(closed.code).toBe(1);
    expect(closed.stderr).toMatch(/^error: Cannot connect to the database: connect ECONNREFUSED/);
    expect(closed.stderr).not.toContain('sesame');
  });

  test('lists the ready queries and explains itself without a database', async () => {
    const list = await runScript(SCRIPT, ['--list']);
    expect(list.stdout).toMatch(/^health\/gold-freshness +One row per stage/m);
    const help = await runScript(SCRIPT, ['--help']);
    expect(help.stdout).toMatch(/^Usage: npm run sql/);
    expect([list.code, help.code]).toEqual([0, 0]);
  });
});

describe('options', () => {
  test('one text to run, given in one way', () => {
    expect(readSql({}, ['select 1'])).toEqual({ sql: 'select 1', file: undefined });
    expect(() => readSql({}, [])).toThrow('Give a query');
    expect(() => readSql({}, ['select', '1'])).toThrow('into quotes');
    expect(() => readSql({ file: 'x' }, ['select 1'])).toThrow('not both');
  });

  test('one format', () => {
    expect(() => chooseFormat({ json: true, csv: true }, process.stdout)).toThrow('not both');
    const table = chooseFormat({}, { isTTY: true, columns: 20 });
    table.begin([{ name: 'a', typeId: 25 }]);
    table.row(['x'.repeat(40)]);
    expect(table.end()).toContain(`${'x'.repeat(19)}…`);
  });

  test('settings and a timeout', () => {
    expect(readSettings(['month=2015-01', 'a_b=x=y'])).toEqual({ month: '2015-01', a_b: 'x=y' });
    expect(() => readSettings(['month'])).toThrow('NAME=VALUE');
    expect(readTimeoutMs(undefined)).toBe(0);
    expect(readTimeoutMs('1.5')).toBe(1500);
    for (const wrong of ['', '0', '-1', 'soon', '1e12'])
      expect(() => readTimeoutMs(wrong)).toThrow('--timeout');
  });
});

describe('query files', () => {
  test('state their grain in the first line', () => {
    const files = listQueryFiles();
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) expect(file.grain, file.name).toMatch(/^One row/);
    expect(files.filter((file) => file.name.startsWith('status/'))).toEqual([]);
  });

  test('are found by path, by name and by folder and name', () => {
    const byName = readQueryFile('gold-freshness');
    expect(byName.file).toBe('warehouse/queries/health/gold-freshness.sql');
    for (const other of ['health/gold-freshness', 'gold-freshness.sql', byName.file])
      expect(readQueryFile(other).sql).toBe(byName.sql);
    expect(readQueryFile('status/feeds').sql).toContain('ops.polls');
    const own = join(mkdtempSync(join(tmpdir(), 'assay-sql-')), 'mine.sql');
    writeFileSync(own, 'select 1');
    expect(readQueryFile(own).sql).toBe('select 1');
    expect(() => readQueryFile('no-such-query')).toThrow('--list');
  });
});
