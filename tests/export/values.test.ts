import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { useTestDatabase } from '../support/test-database.ts';
import { pgTexts, readCsv, runTestExport, sorted, useDuckdb, useFolder } from './support.ts';

const database = useTestDatabase();
const folder = useFolder();
const duck = useDuckdb();

beforeAll(async () => {
  await database.pool.query(`
    create type public.pair as (a integer, b text);
    create table public."Odd ""Name"" ü" (
      id bigint, small smallint, plain integer, flag boolean, words text, code varchar(10), money_like numeric(12, 2),
      wide numeric(38, 5), free numeric, single real, double double precision, at timestamptz, local_at timestamp, day date,
      doc jsonb, kept json, list text[], numbers bigint[], bytes bytea, key uuid, object pair, span interval, "select" text
    );
    insert into public."Odd ""Name"" ü" values
      (9223372036854775807, 32767, 2147483647, true, 'plain', 'abc', 1234567890.12, 123456789012345678901234567890123.00001,
       12345678901234567890.123456789, 1.5, 0.1, '2026-01-31 07:00:00.123456Z', '2026-01-31 07:00:00.5', '2026-01-31',
       '{"n": 9007199254740993, "t": "ü\\n"}', E'{"b":\\n 1,\\r "a": "x"}', '{a,"b,c",NULL,"q\\"q"}', '{9223372036854775807,NULL}',
       '\\x00ff22', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', row(1, E'two\\nlines'), '1 day 02:00', 'reserved'),
      (-9223372036854775808, -32768, -2147483648, false, '', '', -0.01, -0.00001, -1, -3.25e-7, 1e300, '0044-03-15 12:00:00Z BC',
       '12026-12-31 23:59:59.999999', '0044-03-15 BC', '[]', 'null', '{}', '{}', '\\x', '00000000-0000-0000-0000-000000000000',
       row(null, ''), '-00:00:01', ''),
      (9007199254740993, 0, 0, null, E'quotes "q", comma, tab\\t, \\\\ back, \\\\. end', ',', 0, 0, 'NaN', 'NaN', '-Infinity',
       '1969-12-31 23:59:59.999999Z', '0050-01-01 00:00', '1969-12-31', '"text"', '"t"', '{""}', null, null, null, null, null, '"'),
      (0, null, null, null, E'lines\\nand\\r\\nmore', E'\\n', null, null, null, 'Infinity', 'Infinity', null, null, null, null, null, null, null,
       null, null, null, null, E'\\n'),
      (1, null, null, null, E'ümläut 👍🏽 \\u2028 \\x01\\x02 عربى', '\\.', null, null, null, null, null, null, null, null, 'null', null, null, null,
       null, null, null, null, '\\.'),
      (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
  `);
});

const TABLE = 'public."Odd ""Name"" ü"';
const ROWS = 6;

test('CSV holds each value as PostgreSQL writes it, and NULL apart from empty text', async () => {
  const out = folder.path('values.csv');
  expect((await runTestExport(database, TABLE, { out })).rows).toBe(ROWS);
  expect(sorted(await duck.texts(readCsv(out)))).toEqual(
    sorted(await pgTexts(database, `select * from ${TABLE}`)),
  );
  expect(readFileSync(out, 'utf8').split('\n')[0]).toMatch(/^id,small,.*,span,select$/);
});

test('NDJSON is what row_to_json writes, a row a line, with every digit', async () => {
  const out = folder.path('values.ndjson');
  expect((await runTestExport(database, TABLE, { out })).rows).toBe(ROWS);
  const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(ROWS);
  const expected = await pgTexts(
    database,
    // Between its tokens type json keeps line ends, which would end the line.
    `select translate(row_to_json(t)::text, e'\\n\\r', '  ') from ${TABLE} as t`,
  );
  expect(lines).toEqual(expected.map(([line]) => line));
  expect(lines[0]).toContain('"id":9223372036854775807');
  expect(lines[0]).toContain('12345678901234567890.123456789');
  expect(lines[0]).toContain('"at":"2026-01-31T07:00:00.123456+00:00"');
  expect(lines[1]).toContain('"words":""');
  expect(lines[3]).toContain('"at":null');
  for (const line of lines) JSON.parse(line);
  const read = await duck.texts(
    `select id, words, doc->>'n' from read_json('${out}', format = 'newline_delimited', columns = {id: 'BIGINT', words: 'VARCHAR', doc: 'JSON'})`,
  );
  expect(sorted(read)).toEqual(
    sorted(
      await pgTexts(
        database,
        `select id, words, case when jsonb_typeof(doc) = 'object' then doc ->> 'n' end from ${TABLE}`,
      ),
    ),
  );
});

describe('Parquet', () => {
  test('has the types of the result', async () => {
    const out = folder.path('types.parquet');
    await runTestExport(database, TABLE, { out });
    expect(await duck.types(`select * from '${out}'`)).toEqual({
      id: 'BIGINT',
      small: 'INTEGER',
      plain: 'INTEGER',
      flag: 'BOOLEAN',
      words: 'VARCHAR',
      code: 'VARCHAR',
      money_like: 'DECIMAL(12,2)',
      wide: 'DECIMAL(38,5)',
      free: 'VARCHAR',
      single: 'FLOAT',
      double: 'DOUBLE',
      at: 'TIMESTAMP WITH TIME ZONE',
      local_at: 'TIMESTAMP',
      day: 'DATE',
      doc: 'VARCHAR',
      kept: 'VARCHAR',
      list: 'VARCHAR',
      numbers: 'VARCHAR',
      bytes: 'BLOB',
      key: 'UUID',
      object: 'VARCHAR',
      span: 'VARCHAR',
      select: 'VARCHAR',
    });
  });

  test('holds every value', async () => {
    const out = folder.path('values.parquet');
    expect((await runTestExport(database, TABLE, { out })).rows).toBe(ROWS);
    const micros = (time: string) => `trunc(extract(epoch from ${time}) * 1000000)::text`;
    const expected = await pgTexts(
      database,
      `select id::text, small::text, plain::text, flag::text, words, code, money_like::text, wide::text, free::text, null, null,
         ${micros('at')}, ${micros('local_at')}, ${micros('day::timestamp')}, doc::text, kept::text, to_json(list)::text,
         to_json(numbers)::text, bytes::text, key::text, to_json(object)::text, span::text, "select"
       from ${TABLE}`,
    );
    const read = await duck.texts(
      `select * replace (null as single, null as double) from '${out}'`,
    );
    expect(sorted(read)).toEqual(sorted(expected));
    const floats = await duck.texts(`select single, double from '${out}' order by id nulls last`);
    expect(
      floats.map((row) =>
        row.map((text) =>
          text === null ? null : Number(text.replace('inf', 'Infinity').replace('nan', 'NaN')),
        ),
      ),
    ).toEqual([
      [-3.25e-7, 1e300],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [null, null],
      [Number.NaN, Number.NEGATIVE_INFINITY],
      [1.5, 0.1],
      [null, null],
    ]);
  });

  test.each([
    [`timestamptz 'infinity'`, 'infinity'],
    [`timestamp '-infinity'`, '-infinity'],
    [`date 'infinity'`, 'infinity'],
    [`timestamptz '294276-12-31 00:00Z'`, '294276-12-31 00:00:00+00'],
    [`'NaN'::numeric(10, 2)`, 'NaN'],
  ])('refuses %s, which it cannot hold, and csv and ndjson take it', async (value, text) => {
    const query = `select 1 as id, ${value} as odd`;
    const parquet = runTestExport(database, undefined, { query, out: folder.path('odd.parquet') });
    await expect(parquet).rejects.toThrow(
      `The column "odd" holds ${text}, which Parquet has no way`,
    );
    const csv = await runTestExport(database, undefined, { query, out: '-', format: 'csv' });
    expect(csv.stdout).toBe(`id,odd\n1,${text}\n`);
    const ndjson = await runTestExport(database, undefined, { query, out: '-', format: 'ndjson' });
    expect(JSON.parse(ndjson.stdout).odd).toMatch(text.slice(0, 8));
    expect(folder.list().filter((name) => name.startsWith('odd'))).toEqual([]);
  });

  test('writes more rows than a row group holds, each once', async () => {
    const out = folder.path('groups.parquet');
    const query = `select g as id, g % 7 as kind, 'row ' || g as words, case when g % 3 = 0 then g end as gaps from generate_series(1, 250001) as g`;
    expect((await runTestExport(database, undefined, { query, out })).rows).toBe(250_001);
    expect(
      await duck.texts(
        `select count(*), count(distinct id), sum(id), count(gaps), sum(gaps), count(*) filter (words = 'row ' || id and kind = id % 7) from '${out}'`,
      ),
    ).toEqual([
      ['250001', '250001', '31250375001', '83333', String(3 * ((83333 * 83334) / 2)), '250001'],
    ]);
    expect(
      await duck.texts(
        `select distinct row_group_num_rows from parquet_metadata('${out}') order by 1`,
      ),
    ).toEqual([['1'], ['25000']]);
  });

  test('ends a row group early when rows are large', async () => {
    const out = folder.path('large.parquet');
    const query = `select g as id, repeat(md5(g::text), 1000) as words from generate_series(1, 3000) as g`;
    await runTestExport(database, undefined, { query, out });
    expect(
      await duck.texts(
        `select count(*), count(*) filter (words = repeat(md5(id::varchar), 1000)) from '${out}'`,
      ),
    ).toEqual([['3000', '3000']]);
    expect(await duck.texts(`select num_row_groups from parquet_file_metadata('${out}')`)).toEqual([
      ['3'],
    ]);
  });
});

test('an empty result is a file with columns and no rows', async () => {
  for (const format of ['csv', 'ndjson', 'parquet']) {
    const out = folder.path(`empty.${format}`);
    const { rows } = await runTestExport(database, TABLE, {
      out,
      since: '2040-01-01',
      'time-column': 'at',
    });
    expect(rows).toBe(0);
  }
  expect(await duck.types(`select * from '${folder.path('empty.parquet')}'`)).toMatchObject({
    id: 'BIGINT',
    select: 'VARCHAR',
  });
  expect(await duck.texts(`select * from '${folder.path('empty.parquet')}'`)).toEqual([]);
  expect(readFileSync(folder.path('empty.csv'), 'utf8')).toMatch(/^id,[^\n]*\n$/);
  expect(readFileSync(folder.path('empty.ndjson'), 'utf8')).toBe('');
});

test('gzip, by the ending and by the option', async () => {
  await runTestExport(database, TABLE, { out: folder.path('values.csv.gz') });
  expect(await duck.texts(readCsv(folder.path('values.csv.gz')))).toEqual(
    await duck.texts(readCsv(folder.path('values.csv'))),
  );
  const out = folder.path('packed');
  await runTestExport(database, TABLE, { out, format: 'ndjson', gzip: true });
  expect([...readFileSync(out).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
});
