import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeProgress, describeResult } from '../../scripts/export/describe-tally.ts';
import { createRecordFinder } from '../../scripts/export/find-record-ends.ts';
import { readExportOptions } from '../../scripts/export/read-export-options.ts';
import { runScript } from '../scripts/support.ts';
import { useRoles } from '../security/support.ts';
import { runTestExport, useFolder } from './support.ts';

const database = useRoles();
const folder = useFolder();
const SCRIPT = 'scripts/export.ts';
const env = () => ({ DATABASE_URL: database.connectionString });

describe('npm run export', () => {
  test('writes a file, and says how much', async () => {
    const out = folder.path('types.csv');
    const { code, stdout, stderr } = await runScript(
      SCRIPT,
      ['gold.dim_event_types', '--out', out],
      env(),
    );
    expect([code, stdout]).toEqual([0, '']);
    const count = await database.value('select count(*)::integer from gold.dim_event_types');
    expect(stderr).toMatch(
      new RegExp(`^${count} rows · [\\d,]+ rows/s · [\\d.]+ kB · \\d+ ms · ${out}\\n$`),
    );
    expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(Number(count) + 2);
  });

  test('writes to standard output, and ends quietly when its reader has seen enough', async () => {
    const few = await runScript(
      SCRIPT,
      ['--query', `select 1 as a, '' as b, null as c`, '--format', 'csv', '--out', '-'],
      env(),
    );
    expect([few.code, few.stdout]).toEqual([0, 'a,b,c\n1,"",\n']);
    for (const format of ['csv', 'ndjson']) {
      const many = await runScript(
        SCRIPT,
        ['--query', 'select generate_series(1, 100000000) as g', '--format', format, '--out', '-'],
        env(),
        { closeStdoutAfter: 1 },
      );
      expect([many.code, many.stderr]).toEqual([0, '']);
    }
  });

  test('lists what there is, and explains itself without a database', async () => {
    const list = await runScript(SCRIPT, ['--list'], env());
    expect(list.stdout).toMatch(/^gold\.fact_events +One row per event/m);
    expect(list.stdout).not.toContain('months.');
    const help = await runScript(SCRIPT, ['--help']);
    expect(help.stdout).toMatch(/^Usage: npm run export/);
    expect([list.code, help.code]).toEqual([0, 0]);
  });

  test('asks as the reader, who sees what that role may see', async () => {
    const url = database.urlOf('reader');
    const query = async (sql: string) =>
      await runScript(SCRIPT, ['--query', sql, '--format', 'csv', '--out', '-'], {
        ...env(),
        READER_DATABASE_URL: url,
      });
    const who = await query('select current_user::text as who');
    expect([who.code, who.stdout]).toEqual([0, `who\n${new URL(url).username}\n`]);
    const kept = await query('select * from ops.erasure_key');
    expect([kept.code, kept.stdout, kept.stderr]).toEqual([
      1,
      '',
      expect.stringContaining('permission denied for table erasure_key'),
    ]);
  });

  test('fails with the place of the fault', async () => {
    const out = folder.path('wrong.csv');
    const { code, stderr } = await runScript(
      SCRIPT,
      ['--query', 'select 1;', '--out', out, '--format', 'xlsx'],
      env(),
    );
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: --format is csv, ndjson or parquet.*found "xlsx"/),
    ]);
    const wrong = await runScript(SCRIPT, ['--query', 'select * form x', '--out', out], env());
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      'error: syntax error at or near "form"\nline 1 | select * form x\n                  ^\n',
    ]);
  });
});

const refusal = (table: string | undefined, values: Parameters<typeof runTestExport>[2]) =>
  runTestExport(database, table, { out: '-', format: 'csv', ...values }).then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('a table', () => {
  test('is named as in SQL', async () => {
    await database.pool.query(
      'create table public."Mixed" (id integer); create table public.dim_date (id integer)',
    );
    for (const name of [
      'gold.dim_actors',
      'dim_actors',
      'GOLD.Dim_Actors',
      '"gold"."dim_actors"',
      'public."Mixed"',
    ])
      expect(await refusal(name, {}), name).toBe('no error');
    expect(await refusal('dim_date', {})).toBe(
      'More than one schema has a "dim_date". Say which: gold.dim_date, public.dim_date.',
    );
    for (const name of [
      'gold.facts',
      'Mixed',
      'pg_catalog.pg_authid',
      'pg_class',
      'gold."Dim_Actors"',
    ])
      expect(await refusal(name, {}), name).toContain(
        `There is no table or view "${name}". See them`,
      );
    for (const name of ['select 1', 'a.b.c', 'gold.dim_actors; drop table x', '', 'x"'])
      expect(await refusal(name, {}), name).toContain('is no name of a table');
  });
});

describe('a query', () => {
  test('is one that gives rows, and nothing else', async () => {
    const refused = (query: string) => refusal(undefined, { query });
    expect(await refused('')).toBe('The query is empty.');
    expect(await refused('select 1; select 2')).toContain('found several statements');
    expect(await refused(`select 1) to '/tmp/assay'; copy (select 2`)).toContain(
      'several statements',
    );
    expect(await refused(`select 1) to stdout (header`)).toContain('syntax error');
    expect(await refused('delete from gold.fact_events')).toContain('syntax error');
    expect(
      await refused('with gone as (delete from gold.fact_events returning 1) select * from gone'),
    ).toContain('must not contain data-modifying statements');
    expect(await refused(`select ops.read_from('silver', interval '1 hour', false)`)).toContain(
      'in a read-only transaction',
    );
    expect(await refused('select 1 as a, 2 as a')).toContain(
      'Two columns of the query are called "a"',
    );
    expect(await refused('select from gold.dim_date')).toBe('The query gives no columns.');
    expect(await refused('select * from raw_events')).toContain('ops, bronze, silver and gold');
    expect(await refused(`select 1 as a,\n  'ü👍' as b,\n\tnope`)).toBe(
      'column "nope" does not exist\nline 3 |  nope\n          ^',
    );
    // Only found while it runs.
    expect(await refused(`select 'x'::text::integer as a`)).toContain(
      'invalid input syntax for type integer',
    );
  });

  test('may end in a semicolon or a comment, and keeps its order', async () => {
    const { stdout } = await runTestExport(database, undefined, {
      query:
        'with n as (select generate_series(1, 3) as g) select g from n order by g desc; -- done',
      out: '-',
      format: 'csv',
    });
    expect(stdout).toBe('g\n3\n2\n1\n');
    const commented = { query: 'select 1 as a -- one', out: '-', format: 'ndjson' };
    expect((await runTestExport(database, undefined, commented)).stdout).toBe('{"a":1}\n');
  });

  test('may call its columns what it likes', async () => {
    const query = 'select 1 as exported, 2 as "exported.*", 3 as "ü ""x"""';
    const { stdout } = await runTestExport(database, undefined, {
      query,
      out: '-',
      format: 'ndjson',
    });
    expect(JSON.parse(stdout)).toEqual({ exported: 1, 'exported.*': 2, 'ü "x"': 3 });
    await runTestExport(database, undefined, { query, out: folder.path('names.parquet') });
  });
});

describe('options', () => {
  const read = (values: Parameters<typeof readExportOptions>[0], ...tables: string[]) =>
    readExportOptions(values, tables.length === 0 ? ['t'] : tables);

  test('the format follows from the ending', () => {
    expect(read({ out: 'a/b.parquet' })).toMatchObject({ format: 'parquet', isGzip: false });
    expect(read({ out: 'b.CSV.gz' })).toMatchObject({ format: 'csv', isGzip: true });
    expect(read({ out: 'b.txt', format: 'ndjson', gzip: true })).toMatchObject({
      format: 'ndjson',
      isGzip: true,
    });
    expect(read({ out: 'lake.csv.gz', 'partition-by': 'day' })).toMatchObject({
      isGzip: false,
      period: 'day',
    });
  });

  test.each([
    [{}, 'Say where to: --out'],
    [{ out: 'x' }, 'its ending names none'],
    [{ out: '-', format: 'parquet' }, 'Parquet needs a file'],
    [{ out: 'x.parquet.gz' }, 'compressed inside'],
    [{ out: '-', format: 'csv', 'partition-by': 'day' }, 'one stream'],
    [{ out: 'x.csv', 'partition-by': 'week' }, '--partition-by is day or month; found "week"'],
    [{ out: 'x.csv', query: 'select 1' }, 'not both'],
  ])('%j is refused', (values, message) => {
    expect(() => read(values)).toThrow(message);
  });

  test('one thing is exported', () => {
    expect(() => readExportOptions({ out: 'x.csv' }, [])).toThrow('Say what to export');
    expect(() => read({ out: 'x.csv' }, 'a', 'b')).toThrow('what is "b"?');
  });
});

test('records end where a line ends outside of quotes, wherever the pieces are cut', () => {
  const text = Buffer.from('a,"b ""x""\n,"\n,,\n"\n\n""""",1\n');
  const expected = [14, 17, text.length];
  for (let size = 1; size <= text.length; size++) {
    const find = createRecordFinder(true);
    const ends: number[] = [];
    for (let at = 0; at < text.length; at += size)
      find(text.subarray(at, at + size), (end) => ends.push(at + end));
    expect(ends, `pieces of ${size}`).toEqual(expected);
  }
});

test('progress and result are told in a line', () => {
  const tally = { rows: 412_000, bytes: 61_800_000, files: 1 };
  expect(describeProgress(tally, 10_000)).toBe('412,000 rows · 41,200 rows/s · 61.8 MB · 6.2 MB/s');
  expect(describeResult(tally, 10_000, 'x.csv')).toBe(
    '412,000 rows · 41,200 rows/s · 61.8 MB · 10.0 s · x.csv',
  );
  expect(describeResult({ ...tally, files: 3 }, 10_000, 'lake')).toMatch(/ · 3 files in lake$/);
  expect(describeResult({ ...tally, rows: 1, files: 0 }, 500, '-')).toBe(
    '1 row · 2 rows/s · 61.8 MB · 500 ms',
  );
});
