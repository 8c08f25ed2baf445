import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { createCsvFormat } from '../../apps/shared/report/csv-format.ts';
import { createJsonFormat } from '../../apps/shared/report/json-format.ts';
import { createOutput } from '../../apps/shared/report/output.ts';
import { createTableFormat } from '../../apps/shared/report/table-format.ts';
import { runSql, type SqlOptions } from '../../scripts/sql/run-sql.ts';
import { runStatement } from '../../scripts/sql/run-statement.ts';
import { makeEvent, store } from '../support/events.ts';
import { until } from '../support/spawn-process.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { createSink, openTestReader } from './support.ts';

const database = useTestDatabase();
beforeAll(async () => {
  await store(database.pool, [makeEvent({ id: '54046002696' })]);
});

async function run(sql: string, options: Partial<SqlOptions> = {}) {
  const sink = createSink();
  const notes: string[] = [];
  await runSql({
    reader: await openTestReader(database.connectionString),
    sql,
    file: undefined,
    format: createCsvFormat(),
    output: createOutput(sink.stream),
    note: (line) => notes.push(line.replace(/ · \d+ ms$/, '')),
    settings: {},
    timeoutMs: 0,
    signal: new AbortController().signal,
    ...options,
  });
  return { text: sink.text(), notes };
}

const failure = (sql: string, options: Partial<SqlOptions> = {}): Promise<string> =>
  run(sql, options).then(
    () => 'no error',
    (error: Error) => error.message,
  );

test('prints the rows and notes how many there were', async () => {
  const sql = `select event_id, created_at, '' as empty, null as nothing from bronze.raw_events`;
  expect(await run(sql)).toEqual({
    text: 'event_id,created_at,empty,nothing\r\n54046002696,2026-03-01T12:00:00Z,"",\r\n',
    notes: ['1 row'],
  });
});

test('runs several statements on one state of the database', async () => {
  const sql = `select txid_current_if_assigned(), pg_current_snapshot()::text as seen; set timezone = 'Asia/Tokyo';
               select timestamptz '2026-01-01 00:00Z' as at; select from bronze.raw_events;`;
  const { text, notes } = await run(sql, { format: createJsonFormat() });
  expect(notes).toEqual(['1 row', 'SET', '1 row', '1 row']);
  expect(text).toContain('{"at":"2026-01-01T09:00:00+09:00"}');
});

test('works whatever time zone and date style the server prefers', async () => {
  await database.pool.query(
    `do $$ begin execute format('alter database %I set timezone = ''Asia/Tokyo''', current_database());
       execute format('alter database %I set datestyle = ''German''', current_database()); end $$`,
  );
  const { text } = await run(
    `select timestamptz '2026-03-01 00:00:00.5Z' as at, date '2026-03-01' as day`,
  );
  expect(text).toBe('at,day\r\n2026-03-01T00:00:00.5Z,2026-03-01\r\n');
});

test('passes settings on to queries that read them', async () => {
  const { text } = await run(`select current_setting('assay.month') as month`, {
    settings: { month: '2015-01' },
  });
  expect(text).toBe('month\r\n2015-01\r\n');
});

test('leaves the rows with the server while the reader is slow', async () => {
  const sink = createSink();
  let written = 0;
  let mostWaiting = 0;
  sink.stream._write = (chunk, _, done) => {
    written += chunk.length;
    mostWaiting = Math.max(mostWaiting, sink.stream.writableLength);
    setTimeout(done, 1);
  };
  await run(`select g, repeat('x', 1000) as filler from generate_series(1, 20000) as g`, {
    output: createOutput(sink.stream),
  });
  expect(written).toBeGreaterThan(20_000_000);
  expect(mostWaiting).toBeLessThan(1_000_000);
});

describe('refuses to write', () => {
  test.each([
    [
      'insert',
      `insert into bronze.raw_events (event_id, event_type, source, payload) values ('x', 'x', 'x', '{}')`,
    ],
    [
      'delete in a CTE',
      'with gone as (delete from bronze.raw_events returning 1) select count(*) from gone',
    ],
    ['truncate', 'truncate bronze.raw_events'],
    ['create', 'create table public.mine (a integer)'],
    ['a sequence', `select nextval('bronze.dead_letter_queue_dead_letter_id_seq')`],
    ['a function that writes', `select ops.read_from('silver', interval '1 hour', false)`],
    ['explain analyze', 'explain analyze delete from bronze.raw_events'],
  ])('%s', async (_, sql) => {
    await database.pool.query(
      `insert into ops.pipeline_watermarks (pipeline, watermark) values ('silver', now()) on conflict do nothing`,
    );
    const message = await failure(sql);
    expect(message).toMatch(/cannot execute .* in a read-only transaction/);
    expect(message).toContain('npm run sql only reads; nothing was changed');
  });

  test.each([
    ['commit; delete from bronze.raw_events', 'leave out "commit"'],
    [
      'rollback and chain; set transaction read write; delete from bronze.raw_events',
      'leave out "rollback and chain"',
    ],
    ['end; begin read write; delete from bronze.raw_events', 'leave out "end"'],
    ['set transaction read write; delete from bronze.raw_events', 'must be set before any query'],
    [
      'set transaction_read_only = off; delete from bronze.raw_events',
      'must be set before any query',
    ],
    ['begin read write; delete from bronze.raw_events', 'must be set before any query'],
    [
      'do $$ begin commit; delete from bronze.raw_events; end $$',
      'invalid transaction termination',
    ],
    [`copy (select 1) to '/tmp/assay-copy'`, 'COPY is not for here'],
    [
      `set default_transaction_read_only = off; set session characteristics as transaction read write; delete from bronze.raw_events`,
      'read-only transaction',
    ],
  ])('and to be talked out of it: %s', async (sql, message) => {
    expect(await failure(sql)).toContain(message);
    expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(1);
  });
});

test('what was not split is refused by the server, not run', async () => {
  const { client } = await openTestReader(database.connectionString);
  const output = createOutput(createSink().stream);
  await expect(
    runStatement(client, 'commit; delete from bronze.raw_events', createCsvFormat(), output),
  ).rejects.toThrow('cannot insert multiple commands');
});

describe('an error', () => {
  test('shows the line with a caret under the fault', async () => {
    expect(
      await failure(`select 1;\nselect event_id, 'ü👍' as note,\n\tnope\nfrom bronze.raw_events`),
    ).toBe(['column "nope" does not exist', `line 3 |  nope`, `          ^`].join('\n'));
  });

  test('names the file', async () => {
    expect(await failure('select 1 +', { file: 'mine.sql' })).toMatch(/^mine\.sql:1: syntax error/);
  });

  test('says where the tables are, or that there are none', async () => {
    expect(await failure('select * from raw_events')).toContain('ops, bronze, silver and gold');
    const reader = await openTestReader(database.connectionString.replace(/\/[^/]*$/, '/postgres'));
    expect(reader.hasWarehouse).toBe(false);
    expect(await failure('select * from bronze.raw_events', { reader })).toContain(
      'holds no warehouse yet',
    );
  });

  test('inside a function tells the function', async () => {
    expect(await failure('do $$ begin perform 1 / 0; end $$')).toMatch(
      /^division by zero\n.*\nPL\/pgSQL function inline_code_block line 1/,
    );
  });

  test('comes after the rows of the statements before it', async () => {
    const sink = createSink();
    const output = createOutput(sink.stream);
    expect(await failure('select 1 as one; select 1 / 0', { output })).toBe('division by zero');
    expect(sink.text()).toBe('one\r\n1\r\n');
  });

  test('of a text without a statement says so', async () => {
    expect(await failure('-- nothing')).toContain('no statement');
  });

  test('of one that takes too long tells the option', async () => {
    expect(await failure('select pg_sleep(60)', { timeoutMs: 50 })).toContain('--timeout');
  });
});

test('a statement under way is cancelled on the server when asked to stop', async () => {
  const stop = new AbortController();
  const running = run('select pg_sleep(60)', { signal: stop.signal });
  const isSleeping = () =>
    database.value(
      `select count(*)::int from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active' and pid <> pg_backend_pid()`,
    );
  while ((await isSleeping()) === 0) await sleep(20);
  stop.abort();
  expect(await running).toEqual({ text: '', notes: [] });
  // The server takes a moment to notice.
  await until(async () => (await isSleeping()) === 0, 'the statement has ended');
});

test('rows that arrive after the first thousand are in the table as well', async () => {
  const { text, notes } = await run('select g from generate_series(1, 2500) as g', {
    format: createTableFormat(),
  });
  expect(text.split('\n')).toHaveLength(2503);
  expect(notes).toEqual(['2500 rows']);
});
