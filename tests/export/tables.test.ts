// Every table of a filled warehouse, and folders by day and month.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildSelect } from '../../scripts/export/build-select.ts';
import { selectAll } from '../../scripts/export/describe-query.ts';
import { listTables } from '../../scripts/export/find-table.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { pgTexts, readCsv, runTestExport, sorted, useDuckdb, useFolder } from './support.ts';

const database = useTestDatabase();
const folder = useFolder();
const duck = useDuckdb();

beforeAll(async () => {
  const days = ['2025-12-31', '2026-01-01', '2026-01-31', '2026-02-01', '2026-02-28', '2012-02-29'];
  const events = Array.from({ length: 600 }, (_, index) =>
    makeEvent({
      id: String(54_046_002_696 + index),
      type: index % 3 === 0 ? 'WatchEvent' : 'PushEvent',
      actor: { id: 9_007_199_254_740_993n.toString(), login: `ada-${index % 9}[bot]` },
      repo: { id: 20 + (index % 5), name: `ada/engine-${index % 5}` },
      payload: {
        action: 'started',
        note: `"quoted", line\nend, ümläut 👍 ${index}`,
        deep: [1, { a: null }],
      },
      created_at: `${days[index % days.length]}T${String(index % 24).padStart(2, '0')}:59:59Z`,
    }),
  );
  const midnight = makeEvent({ id: '1', created_at: '2026-02-01T00:00:00Z' });
  const timeless = makeEvent({ id: '2', created_at: 'soon' });
  await store(database.pool, [...events, midnight, timeless, '{"no": "event"}']);
  await runTransform(database.connectionString);
});

test('every table and view that there is, in every format, equals itself', {
  timeout: 540_000,
}, async () => {
  const tables = (await listTables(database.pool)).map(({ name }) => name);
  expect(tables).toEqual(
    expect.arrayContaining([
      'bronze.raw_events',
      'bronze.dead_letter_queue',
      'silver.events',
      'gold.fact_events',
      'gold.v_events',
      'gold.dim_date',
      'ops.pipeline_runs',
    ]),
  );
  const secret = await database.rows<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relnamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold') and relkind in ('r', 'p', 'v', 'm')`,
  );
  expect(tables.length).toBe(secret.length);

  for (const table of tables) {
    const expected = sorted(await pgTexts(database, `select * from ${table}`));
    const csv = folder.path(`${table}.csv`);
    expect((await runTestExport(database, table, { out: csv })).rows, table).toBe(expected.length);
    expect(sorted(await duck.texts(readCsv(csv))), table).toEqual(expected);

    const ndjson = folder.path(`${table}.ndjson`);
    await runTestExport(database, table, { out: ndjson });
    const lines = readFileSync(ndjson, 'utf8').split('\n').slice(0, -1);
    const objects = await pgTexts(
      database,
      `select translate(row_to_json(t)::text, e'\\n\\r', '  ') from ${table} as t`,
    );
    expect(sorted(lines), table).toEqual(sorted(objects.map(([line]) => line)));

    const parquet = folder.path(`${table}.parquet`);
    await runTestExport(database, table, { out: parquet });
    const types = await duck.types(`select * from '${parquet}'`);
    const columns = await typesOf(table);
    expect(Object.keys(types), table).toEqual(columns.map(({ name }) => name));
    const canonical = columns.map(({ name, type }) => canonicalText(`"${name}"`, type)).join(', ');
    expect(
      sorted(await duck.texts(`select * from '${parquet}'`)).map(withoutSpelling),
      table,
    ).toEqual(
      sorted(await pgTexts(database, `select ${canonical} from ${table}`)).map(withoutSpelling),
    );
  }
});

test('bronze has more than one row with its payload whole', async () => {
  const out = folder.path('payloads.parquet');
  await runTestExport(database, 'bronze.raw_events', { out });
  const read = await duck.texts(
    `select payload->>'$.payload.note' from '${out}' where event_type = 'WatchEvent' order by event_id limit 2`,
  );
  expect(read).toEqual([
    ['"quoted", line\nend, ümläut 👍 0'],
    ['"quoted", line\nend, ümläut 👍 3'],
  ]);
});

describe('folders', () => {
  const formats = ['csv', 'ndjson', 'parquet'] as const;

  test.each(formats)('gold.fact_events by day as %s equals the table', async (format) => {
    const out = folder.path(`facts-${format}`);
    const { rows, files } = await runTestExport(database, 'gold.fact_events', {
      out,
      format,
      'partition-by': 'day',
    });
    const days = [
      '2012-02-29',
      '2025-12-31',
      '2026-01-01',
      '2026-01-31',
      '2026-02-01',
      '2026-02-28',
    ];
    expect(readdirSync(out).sort()).toEqual(days.map((day) => `date=${day}`));
    expect([rows, files]).toEqual([601, 6]);
    for (const day of days) expect(readdirSync(`${out}/date=${day}`)).toEqual([`part.${format}`]);
    const glob = `${out}/*/part.${format}`;
    const options = 'hive_partitioning = true, hive_types_autocast = false';
    const read = {
      csv: `read_csv('${glob}', header = true, all_varchar = true, ${options})`,
      ndjson: `read_json('${glob}', format = 'newline_delimited', columns = {event_id: 'VARCHAR', date_id: 'VARCHAR', actor_id: 'VARCHAR', repo_name: 'VARCHAR', event_time: 'VARCHAR'}, ${options})`,
      parquet: `read_parquet('${glob}', ${options})`,
    }[format];
    const texts = await duck.texts(
      `select event_id, date_id, actor_id, repo_name, replace(left(event_time::varchar, 19), 'T', ' ') as event_time, date from ${read}`,
    );
    expect(sorted(texts)).toEqual(
      sorted(
        await pgTexts(
          database,
          `select event_id, date_id::text, actor_id::text, repo_name, left(event_time::text, 19), (event_time at time zone 'UTC')::date::text
           from gold.fact_events`,
        ),
      ),
    );
  });

  test.each(formats)(
    'rows without a time, and at the end of time, have folders too: %s',
    async (format) => {
      const out = folder.path(`odd-${format}`);
      const query = `select 1 as id, null::timestamptz as at union all select 2, '2026-01-31 23:59:59Z' union all select 3, '0044-03-15 BC'`;
      await runTestExport(database, undefined, { query, out, format, 'partition-by': 'month' });
      expect(readdirSync(out).sort()).toEqual([
        'month=0044-03%20BC',
        'month=2026-01',
        'month=__HIVE_DEFAULT_PARTITION__',
      ]);
      const texts = await duck.texts(
        `select id, month from ${format === 'parquet' ? 'read_parquet' : format === 'csv' ? 'read_csv' : 'read_json'}('${out}/*/*', hive_partitioning = true, hive_types_autocast = false)`,
      );
      expect(sorted(texts)).toEqual([
        ['1', null],
        ['2', '2026-01'],
        ['3', '0044-03 BC'],
      ]);
    },
  );

  test('infinity has a folder', async () => {
    const out = folder.path('infinite');
    const query = `select 1 as id, 'infinity'::date as day union all select 2, '-infinity'`;
    await runTestExport(database, undefined, { query, out, format: 'csv', 'partition-by': 'day' });
    expect(readdirSync(out).sort()).toEqual(['date=-infinity', 'date=infinity']);
  });

  test('records with line ends and quotes go whole into their folders, in any size', async () => {
    const out = folder.path('long');
    const query = `select g as id, repeat(e'a "quoted", line\\n', g % 5000) as words, timestamptz '2026-01-01Z' + g * interval '7 minutes' as moment
      from generate_series(1, 2000) as g`;
    await runTestExport(database, undefined, { query, out, format: 'csv', 'partition-by': 'day' });
    expect(
      await duck.texts(
        `select count(*), count(distinct id), count(*) filter (words = repeat(e'a "quoted", line\\n', id % 5000)),
           count(*) filter (date = left(moment, 10)::date)
         from read_csv('${out}/*/part.csv', header = true, quote = '"', escape = '"', delim = ',', new_line = '\\n', max_line_size = 1000000, parallel = false, columns = {id: 'BIGINT', words: 'VARCHAR', moment: 'VARCHAR'}, hive_partitioning = true)`,
      ),
    ).toEqual([['2000', '2000', '2000', '2000']]);
  });

  test('a later export adds its days, and replaces those that are there only when told', async () => {
    const out = folder.path('growing');
    const by = { out, format: 'parquet', 'partition-by': 'day' };
    await runTestExport(database, 'fact_events', { ...by, until: '2026-01-01' });
    await runTestExport(database, 'fact_events', {
      ...by,
      since: '2026-01-01',
      until: '2026-02-01',
    });
    await expect(
      runTestExport(database, 'fact_events', { ...by, since: '2026-01-31' }),
    ).rejects.toThrow('date=2026-01-31/part.parquet is there already. Replace it with --force.');
    expect(readdirSync(out)).toHaveLength(4);
    await runTestExport(database, 'fact_events', { ...by, since: '2026-01-31', force: true });
    expect(
      await duck.texts(`select count(*), count(distinct event_id) from '${out}/*/*.parquet'`),
    ).toEqual([['601', '601']]);
    expect(folder.list().filter((name) => name.includes('incomplete'))).toEqual([]);
  });

  test('no rows make no folder', async () => {
    const out = folder.path('none');
    const tally = await runTestExport(database, 'fact_events', {
      out,
      format: 'csv',
      'partition-by': 'day',
      since: '2050-01-01',
    });
    expect([tally.rows, tally.files, existsSync(out)]).toEqual([0, 0, false]);
  });

  test('a column of the folders’ name is not hidden', async () => {
    const out = folder.path('hidden');
    await expect(
      runTestExport(database, 'dim_date', { out, format: 'csv', 'partition-by': 'month' }),
    ).rejects.toThrow('have a column "month" of their own');
  });
});

describe('--since and --until', () => {
  const count = async (table: string, values: Parameters<typeof runTestExport>[2]) =>
    (await runTestExport(database, table, { out: '-', format: 'ndjson', ...values })).rows;

  test('take the first and leave out the second, in UTC', async () => {
    const between = { since: '2026-02-01', until: '2026-02-28T04:59:59Z' };
    const expected = await database.value(
      `select count(*)::integer from gold.fact_events where event_time >= '2026-02-01Z' and event_time < '2026-02-28 04:59:59Z'`,
    );
    expect(expected).toBeGreaterThan(100);
    for (const table of ['gold.fact_events', 'silver.events', 'bronze.raw_events', 'gold.v_events'])
      expect(await count(table, between), table).toBe(expected);
    expect(
      await count('fact_events', { since: '2026-02-01 00:00', until: '2026-02-01 00:00:01' }),
    ).toBe(1);
    expect(
      await count('fact_events', { since: '2026-02-01T01:00+01', until: '2026-02-01T00:00:01Z' }),
    ).toBe(1);
    expect(await count('fact_events', { since: 'tomorrow' })).toBe(0);
  });

  test('go by days where a column has no more', async () => {
    expect(await count('dim_date', { since: '2026-01-30T12:00', until: '2026-02-02' })).toBe(2);
    expect(await count('dim_date', { since: '2026-01-31', until: '2026-02-02' })).toBe(2);
  });

  test('read no partition of another month', async () => {
    const { from } = buildSelect({
      sql: selectAll('gold.fact_events'),
      columns: [],
      timeColumn: { name: 'event_time', typeId: 1184, modifier: -1, isNested: false },
      since: '2026-02-01 00:00:00+00',
      until: '2026-03-01 00:00:00+00',
      period: undefined,
    });
    const plan = await pgTexts(database, `explain select exported.* ${from}`);
    expect(plan.join('\n').match(/gold_fact_events_\w+/g)).toEqual(['gold_fact_events_2026_02']);
  });

  test('have to be told the column when it is not clear', async () => {
    await expect(count('dim_repos', { since: '2026-01-01' })).rejects.toThrow(
      'Name it with --time-column for --since, --until and --partition-by. It has last_event_time, updated_at.',
    );
    expect(
      await count('dim_repos', { since: '2026-02-28', 'time-column': 'last_event_time' }),
    ).toBe(5);
    await expect(
      count('dim_repos', { since: '2026-01-01', 'time-column': 'repo_name' }),
    ).rejects.toThrow('is no column of dates');
    await expect(count('dim_repos', { 'time-column': 'updated_at' })).rejects.toThrow(
      'goes with --since',
    );
    await expect(count('dim_event_types', { since: '2026-13-01' })).rejects.toThrow(
      '--since takes a time',
    );
  });
});

async function typesOf(table: string): Promise<{ name: string; type: string }[]> {
  return await database.rows(
    `select attname as name, format_type(atttypid, null) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
}

/** As the DuckDB of these tests gives the value that stands for it. */
function canonicalText(column: string, type: string): string {
  if (type.endsWith('[]')) return `to_json(${column})::text`;
  if (type.startsWith('timestamp')) return `trunc(extract(epoch from ${column}) * 1000000)::text`;
  if (type === 'date') return `trunc(extract(epoch from ${column}::timestamp) * 1000000)::text`;
  return `${column}::text`;
}

/** Floats are spelt in more than one way. */
function withoutSpelling(row: (string | null)[]): (string | number | null)[] {
  return row.map((text) =>
    text !== null && /^-?\d+\.\d+(e-?\d+)?$/.test(text) ? Number(text) : text,
  );
}
