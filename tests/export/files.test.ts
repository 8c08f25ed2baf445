// What is there, under which name, when an export ends well or badly.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { runScript } from '../scripts/support.ts';
import { until, useProcesses } from '../support/spawn-process.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { runTestExport, useDuckdb, useFolder } from './support.ts';

const database = useTestDatabase();
const folder = useFolder();
const duck = useDuckdb();
const run = useProcesses();
const SCRIPT = 'scripts/export.ts';
const FORMATS = ['csv', 'ndjson', 'parquet'];
const env = () => ({ DATABASE_URL: database.connectionString });
const ONE = 'select 1 as id';
/** Goes on for longer than any test waits. */
const ENDLESS = `select g as id, repeat(md5(g::text), 20) as filler, timestamptz '2026-01-01Z' + g * interval '1 ms' as event_time from (select generate_series(1, 100000000) as g) as n`;
/** Fails when many rows have been sent. */
const LATE_FAILURE = `select g as id, 1 / (150000 - g) as inverse, timestamptz '2026-01-01Z' + g * interval '1 s' as event_time from generate_series(1, 200000) as g`;

/** Whether a backend works on an export. */
const exportsAtWork = () =>
  database.value(
    `select count(*)::integer from pg_stat_activity where datname = current_database() and application_name = 'assay export' and state = 'active'`,
  );

test('a file that is there is replaced only when told, and then as a whole', async () => {
  for (const format of FORMATS) {
    const out = folder.path(`kept.${format}`);
    writeFileSync(out, 'precious');
    const again = runTestExport(database, undefined, { query: ONE, out });
    await expect(again).rejects.toThrow(
      `kept.${format} is there already. Replace it with --force.`,
    );
    const failing = runTestExport(database, undefined, { query: LATE_FAILURE, out, force: true });
    await expect(failing).rejects.toThrow('division by zero');
    expect(readFileSync(out, 'utf8')).toBe('precious');
    await runTestExport(database, undefined, { query: ONE, out, force: true });
    expect(readFileSync(out, 'latin1')).not.toContain('precious');
  }
  expect(folder.list()).toEqual(FORMATS.map((format) => `kept.${format}`));
});

test.each(FORMATS)('of a query that fails midway nothing is left: %s', async (format) => {
  const before = folder.list();
  for (const by of [undefined, 'day']) {
    const out = folder.path(`failing-${by}-${format}`);
    const failing = runTestExport(database, undefined, {
      query: LATE_FAILURE,
      out,
      format,
      ...(by && { 'partition-by': by }),
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect(existsSync(out)).toBe(false);
  }
  expect(folder.list()).toEqual(before);
});

test.each(FORMATS)('nor of one whose server goes away: %s', async (format) => {
  const out = folder.path(`gone.${format}`);
  const running = runTestExport(database, undefined, { query: ENDLESS, out });
  const failed = expect(running).rejects.toThrow(/terminat|ECONNRESET/);
  await until(() => folder.list().some((name) => name.includes('incomplete')), 'it writes');
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'assay tests' and query ilike any (array['copy%', 'fetch%'])`,
  );
  await failed;
  expect(folder.list().filter((name) => name.startsWith('gone'))).toEqual([]);
});

test.each([
  ['SIGINT', 'csv', 'file'],
  ['SIGTERM', 'ndjson', 'file'],
  ['SIGINT', 'parquet', 'file'],
  ['SIGINT', 'csv', 'folder'],
  ['SIGINT', 'parquet', 'folder'],
] as const)('%s ends it: %s, a %s', async (signal, format, kind) => {
  const out = folder.path(`stopped-${kind}.${format}`);
  // A folder is written once the rows are in order, which takes as long as there are rows.
  const query = kind === 'folder' ? ENDLESS.replace('100000000', '400000') : ENDLESS;
  const process = run(
    SCRIPT,
    [
      '--query',
      query,
      '--out',
      out,
      '--format',
      format,
      ...(kind === 'folder' ? ['--partition-by', 'day'] : []),
    ],
    env(),
  );
  await until(() => folder.list().some((name) => name.includes('incomplete')), 'it writes');
  expect(existsSync(out)).toBe(false);
  expect(await process.end(signal), process.output()).toBe(130);
  expect(process.output()).toContain('Stopped before the end; nothing was written.');
  expect(folder.list().filter((name) => name.startsWith('stopped'))).toEqual([]);
  await until(async () => (await exportsAtWork()) === 0, 'the server is done with it');
});

test('killed, it leaves nothing that looks whole', async () => {
  const out = folder.path('killed.parquet');
  const process = run(SCRIPT, ['--query', ENDLESS, '--out', out], env());
  await until(() => folder.list().some((name) => name.startsWith('killed')), 'it writes');
  await process.end('SIGKILL');
  await until(async () => (await exportsAtWork()) === 0, 'the server is done with it');
  expect(folder.list().filter((name) => name.startsWith('killed'))).toEqual([
    expect.stringMatching(/^killed\.parquet\.[0-9a-f]{8}\.incomplete$/),
  ]);
});

test('a full disk is said, and nothing is left on it', async (context) => {
  const disk = folder.path('disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return context.skip('mounting a small disk takes the rights of root');
  }
  onTestFinished(() => void execFileSync('umount', [disk]));
  for (const format of FORMATS) {
    const out = `${disk}/full.${format}`;
    const { code, stderr } = await runScript(SCRIPT, ['--query', ENDLESS, '--out', out], env());
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(
        `error: Cannot write ${out}: the disk is full. Nothing of this export is left there.`,
      ),
    ]);
  }
  expect(folder.list().filter((name) => name.startsWith('disk'))).toEqual([]);
  expect(await exportsAtWork()).toBe(0);
});

test('what is no place for a file is refused', async () => {
  const to = (out: string, more = {}) =>
    runTestExport(database, undefined, { query: ONE, out, format: 'csv', ...more });
  mkdirSync(folder.path('a-folder'));
  await expect(to(folder.path('a-folder'))).rejects.toThrow('is a folder; name a file');
  await expect(to(folder.path('a-folder'), { force: true })).rejects.toThrow('is a folder');
  await expect(to(folder.path('no/such/folder.csv'))).rejects.toThrow('its folder does not exist');
  symlinkSync('/dev/null', folder.path('null'));
  await expect(to(folder.path('null'), { force: true })).rejects.toThrow('is no file');
  writeFileSync(folder.path('a-file'), 'precious');
  await expect(
    runTestExport(database, 'dim_date', {
      out: folder.path('a-file'),
      format: 'csv',
      'partition-by': 'day',
      force: true,
    }),
  ).rejects.toThrow('is a file; --partition-by makes a folder');
  await expect(
    runTestExport(database, 'dim_date', {
      out: folder.path('no/such'),
      format: 'csv',
      'partition-by': 'day',
    }),
  ).rejects.toThrow('its folder does not exist');
  expect(readFileSync(folder.path('a-file'), 'utf8')).toBe('precious');
});

test('a day whose folder cannot be made keeps all days from getting theirs', async () => {
  const out = folder.path('days');
  mkdirSync(out);
  writeFileSync(folder.path('days/date=2026-01-02'), 'precious');
  await expect(
    runTestExport(database, undefined, {
      query: `select 1 as id, day::timestamptz as event_time from generate_series(date '2026-01-01', '2026-01-03', '1 day') as day`,
      out,
      format: 'csv',
      'partition-by': 'day',
      force: true,
    }),
  ).rejects.toThrow('date=2026-01-02 is a file where a folder has to be');
  expect(existsSync(folder.path('days/date=2026-01-01/part.csv'))).toBe(false);
  expect(readFileSync(folder.path('days/date=2026-01-02'), 'utf8')).toBe('precious');
  expect(folder.list().filter((name) => name.startsWith('days'))).toEqual(['days/date=2026-01-02']);
});

test.each(FORMATS)(
  'it is one state of the database, whatever happens meanwhile: %s',
  async (format) => {
    await database.pool.query(`
    drop table if exists public.growing;
    create table public.growing as select g as id from generate_series(1, 20000) as g`);
    const out = folder.path(`growing.${format}`);
    const gate = await database.pool.connect();
    try {
      await gate.query('select pg_advisory_lock(20)');
      // Half of it is read when it comes to the gate.
      const running = runTestExport(database, undefined, {
        query: `select id, case when id = 10000 then pg_advisory_xact_lock_shared(20)::text end as gate from public.growing`,
        out,
      });
      const waiting = () =>
        database.value(
          `select count(*)::integer from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
        );
      await until(async () => (await waiting()) === 1, 'the export is half done');
      await database.pool.query(`
      insert into public.growing select -1;
      delete from public.growing where id in (7, 19999);
      update public.growing set id = -id where id = 20000`);
      await gate.query('select pg_advisory_unlock(20)');
      expect((await running).rows).toBe(20_000);
    } finally {
      gate.release(true);
    }
    const read = { csv: 'read_csv', ndjson: 'read_json', parquet: 'read_parquet' }[format];
    expect(
      await duck.texts(`select count(*), min(id), max(id), sum(id) from ${read}('${out}')`),
    ).toEqual([['20000', '1', '20000', '200010000']]);
  },
);
