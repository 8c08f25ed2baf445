import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { formatCount } from '../../apps/shared/report/quantities.ts';
import { allParts, chooseParts } from '../../scripts/bench/all-parts.ts';
import type { Figure, Part, PartResult } from '../../scripts/bench/bench-types.ts';
import { copyIn } from '../../scripts/bench/copy-in.ts';
import { drawChart } from '../../scripts/bench/draw-chart.ts';
import { makeEvents } from '../../scripts/bench/make-events.ts';
import { expectRows, figure, median } from '../../scripts/bench/measure.ts';
import { type OpenBench, openBench } from '../../scripts/bench/open-bench.ts';
import { dropIndexes } from '../../scripts/bench/parts/indexes.ts';
import { benchOptions, readBenchOptions } from '../../scripts/bench/read-bench-options.ts';
import { figureTable, verdictTable } from '../../scripts/bench/write-report.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { runScript } from './support.ts';

const EVENTS = 2000;
const LIVE_EVENTS = 700;
const HISTORIES = [1500, 3000];
const NEXT_EVENTS = 400;
const WALKS = 12;

const workDir = mkdtempSync(join(tmpdir(), 'assay-bench-test-'));
let bench: OpenBench;

beforeAll(() => {
  bench = openBench({
    serverUrl: inject('serverUrl'),
    workDir,
    seed: 7,
    signal: new AbortController().signal,
    progress: () => {},
    sizes: {
      events: EVENTS,
      payloads: 'full',
      liveEvents: LIVE_EVENTS,
      rounds: 1,
      histories: HISTORIES,
      nextEvents: NEXT_EVENTS,
      listenerWalks: WALKS,
      loadSeconds: 2,
    },
  });
});

afterAll(async () => {
  await bench.close();
  rmSync(workDir, { recursive: true, force: true });
});

async function run(name: string): Promise<PartResult> {
  const [part] = chooseParts(name);
  return await (part as Part).run(bench);
}

/** Rows by way; what counts none is left out. */
function rowsOf(figures: readonly Figure[]): Record<string, number> {
  return Object.fromEntries(
    figures.flatMap(({ way, rows }) => (rows === null ? [] : [[way.trim(), rows]])),
  );
}

const allRows = (ways: readonly string[], rows: number) =>
  Object.fromEntries(ways.map((way) => [way, rows]));

describe('every part stores exactly what it was given', () => {
  test('floor', async () => {
    const ways = ['COPY text', 'COPY jsonb', 'COPY jsonb with key'];
    expect(rowsOf((await run('floor')).figures)).toEqual(allRows(ways, EVENTS));
  });

  test('live', async () => {
    const { figures, verdicts } = await run('live');
    const ways = [100, 300].flatMap((size) =>
      ['save_events', 'savepoint per row'].map((way) => `${way}, batches of ${size}`),
    );
    expect(rowsOf(figures)).toEqual(allRows(ways, LIVE_EVENTS));
    expect(verdicts).toHaveLength(2);
  });

  test('ways', async () => {
    const { figures } = await run('ways');
    expect(figures).toHaveLength(6);
    expect(new Set(Object.values(rowsOf(figures)))).toEqual(new Set([LIVE_EVENTS]));
  });

  test('backfill', async () => {
    const { figures, verdicts } = await run('backfill');
    const ways = ['COPY jsonb', '1 connection', '2 connections'];
    expect(rowsOf(figures)).toEqual(allRows(ways, EVENTS));
    // Measured in processes of their own, which hold at least Node.js itself.
    expect(figures.map(({ peakBytes }) => (peakBytes ?? 0) > 20e6)).toEqual([false, true, true]);
    expect(verdicts).toHaveLength(2);
  });

  test('chunks', async () => {
    const { figures } = await run('chunks');
    expect(figures).toHaveLength(6);
    expect(new Set(Object.values(rowsOf(figures)))).toEqual(new Set([Math.floor(EVENTS / 3)]));
  });

  test('transform, with the steps of gold', async () => {
    const rows = rowsOf((await run('transform')).figures);
    expect(rows).toMatchObject({ silver: EVENTS, gold: EVENTS, fact_events: EVENTS });
    expect(rows.dim_actors).toBeGreaterThan(500);
  });

  test('file-to-gold', async () => {
    const { figures, verdicts } = await run('file-to-gold');
    expect(rowsOf(figures)).toEqual(allRows(['COPY jsonb', 'file → gold'], EVENTS));
    expect(verdicts).toHaveLength(1);
  });

  test('indexes', async () => {
    const { figures } = await run('indexes');
    expect(rowsOf(figures)).toEqual(allRows(['kept', 'dropped and rebuilt'], EVENTS));
  });

  test('erasure', async () => {
    const { figures } = await run('erasure');
    const ways = (what: string) => [0, 1, 100].map((count) => `${what}, ${count} erased`);
    expect(rowsOf(figures)).toEqual({
      ...allRows(ways('live'), LIVE_EVENTS),
      ...allRows(ways('backfill'), EVENTS),
    });
  });

  test('queries', async () => {
    const rows = rowsOf((await run('queries')).figures);
    expect(rows).toMatchObject({
      'analytics/top-repositories': 10,
      'analytics/hourly-pattern': 24,
    });
  });

  test('duckdb, where it can be loaded', async () => {
    const { figures } = await run('duckdb');
    if (figures[0]?.note?.startsWith('skipped')) return console.log(figures[0].note);
    expect(rowsOf(figures)).toEqual({ 'file → gold': EVENTS });
  });

  // Two sizes, four ways, a process for each.
  test('export', { timeout: 720_000 }, async () => {
    const { figures, verdicts } = await run('export');
    const ways = ['COPY to a file', 'csv', 'ndjson', 'parquet'];
    expect(rowsOf(figures)).toEqual({
      ...allRows(
        ways.map((way) => `${way}, ${formatCount(EVENTS)}`),
        EVENTS,
      ),
      ...allRows(
        ways.map((way) => `${way}, ${formatCount(5 * EVENTS)}`),
        5 * EVENTS,
      ),
    });
    expect(verdicts).toHaveLength(5);
  });

  test('growth', async () => {
    const { figures, verdicts } = await run('growth');
    const ways = ['earlier months', 'this month'].flatMap((placement) =>
      ['1,500', '3,000'].map((size) => `${size} in ${placement}`),
    );
    expect(rowsOf(figures)).toEqual(allRows(ways, NEXT_EVENTS));
    expect(verdicts).toHaveLength(2);
  });

  test('listener-day', async () => {
    const { figures } = await run('listener-day');
    // Two pages of 300 newest events, at least, came in.
    expect(figures[0]?.rows).toBeGreaterThan(300);
    expect(figures[0]?.peakBytes).toBeGreaterThan(20e6);
  });

  test('api', async () => {
    const { figures, verdicts } = await run('api');
    const paces = [
      'the same questions, without a pause',
      'their own questions, one a second',
      'their own questions, without a pause',
    ];
    const begins = paces.map((pace) =>
      figures.findIndex(({ way }) => way === `${pace}, 3,000 facts`),
    );
    expect(begins[0]).toBe(0);
    for (const [index, begin] of begins.entries()) {
      const [all, ...kinds] = figures.slice(begin, begins[index + 1]).map(({ latency }) => latency);
      expect(all?.requests).toBeGreaterThan(50);
      const sum = kinds.reduce((requests, kind) => requests + (kind?.requests ?? 0), 0);
      expect(sum).toBe(all?.requests);
      expect(all?.p95).toBeGreaterThanOrEqual(all?.p50 ?? Number.NaN);
    }
    expect(verdicts).toHaveLength(3);
  });

  test('and no part is without its test, nor leaves anything behind', async () => {
    expect(allParts.map(({ name }) => name)).toEqual([
      'floor',
      'live',
      'ways',
      'backfill',
      'chunks',
      'transform',
      'file-to-gold',
      'indexes',
      'erasure',
      'queries',
      'duckdb',
      'export',
      'growth',
      'listener-day',
      'api',
    ]);
    await bench.close();
    const client = new pg.Client({ connectionString: inject('serverUrl') });
    await client.connect();
    const { rows } = await client.query('select datname from pg_database where datname like $1', [
      `assay_bench_${process.pid}%`,
    ]);
    await client.end();
    expect(rows).toEqual([]);
    expect(readdirSync(workDir).filter((name) => name.endsWith('.duckdb'))).toEqual([]);
  });
});

describe('the made-up events', () => {
  test('are the same for a seed, of the usual size, each of its own identity', async () => {
    const make = (seed: number) =>
      [...makeEvents(seed, 500, 'full')].map(({ raw }) => raw.toString());
    expect(make(1)).toEqual(make(1));
    expect(make(2)).not.toEqual(make(1));
    const events = [...makeEvents(3, 2048, 'trimmed')];
    const keys = events.map(({ identity }) => JSON.stringify(identity));
    expect(new Set(keys).size).toBe(2048);
    const meanSize = (made: readonly { raw: Buffer }[]) =>
      made.reduce((sum, { raw }) => sum + raw.length, 0) / made.length;
    expect(Math.abs(meanSize(events) - 850)).toBeLessThan(150);
    // As in archive hours of 2015, 2021 and 2025: 2.4, 3.7 and 2.5 KB.
    const full = meanSize([...makeEvents(3, 2048, 'full')]);
    expect(Math.abs(full - 2400)).toBeLessThan(300);
    // As many as a real archive hour names among as many events: 1,156, 1,439, and 1,465 pairs of both.
    const parsed = events.map(({ raw }) => JSON.parse(raw.toString()));
    const distinct = (value: (event: (typeof parsed)[number]) => unknown) =>
      new Set(parsed.map((event) => JSON.stringify(value(event)))).size;
    const repos = distinct(({ repo }) => repo.id);
    expect(Math.abs(distinct(({ actor }) => actor.id) - 1156)).toBeLessThan(200);
    expect(Math.abs(repos - 1439)).toBeLessThan(200);
    expect(Math.abs(distinct(({ actor, repo }) => [actor.id, repo.id]) - 1465)).toBeLessThan(200);
    // Names last: of 3,844 repositories in 2015-01-01-1, three have two.
    expect(distinct(({ repo }) => [repo.id, repo.name]) - repos).toBeLessThan(6);
  });

  test('are written packed, unpacked and with their key', async () => {
    const data = await bench.data();
    const lines = data.plain.flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));
    expect(lines).toHaveLength(EVENTS);
    expect(data.bytes).toBe(data.plain.reduce((sum, file) => sum + statSync(file).size, 0));
    const keyed = readFileSync(data.keyed[0] ?? '', 'utf8')
      .split('\n')[0]
      ?.split('\x02');
    const { id, type, created_at } = JSON.parse(lines[0] ?? '') as Record<string, string>;
    expect(keyed?.slice(0, 3)).toEqual([id, type, created_at]);
    expect(keyed?.[3]).toBe(lines[0]);
  });
});

describe('copyIn', () => {
  const database = useTestDatabase();

  test('says what the server or the source refused, and leaves the connection usable', async () => {
    const client = await database.pool.connect();
    await client.query('create temporary table target (event jsonb)');
    const copy = (bytes: AsyncIterable<Buffer> | Iterable<Buffer>) =>
      copyIn(client, 'copy target from stdin', bytes);
    await expect(copy([Buffer.from('{"a":1}\nno json\n')])).rejects.toThrow(/invalid input syntax/);
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('{"a":1}\n');
      throw new Error('the disk is gone');
    }
    await expect(copy(broken())).rejects.toThrow('the disk is gone');
    await copy([Buffer.from('{"a":1}\n{"b":'), Buffer.from('2}\n')]);
    const { rows } = await client.query('select count(*)::integer as count from target');
    client.release();
    expect(rows).toEqual([{ count: 2 }]);
  });

  test('indexes that are dropped come again as they were', async () => {
    const list = () =>
      database.rows(
        `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
         from pg_index where indrelid = any ('{bronze.raw_events,silver.events,gold.fact_events}'::regclass[]) order by 1`,
      );
    const before = await list();
    const tables = ['bronze.raw_events', 'silver.events', 'gold.fact_events'];
    const statements = await dropIndexes(database.pool, tables);
    expect(statements.length).toBeGreaterThan(2);
    expect(await list()).toHaveLength(before.length - statements.length);
    for (const statement of statements) await database.pool.query(statement);
    expect(await list()).toEqual(before);
  });
});

test('a measurement that lost rows is none', () => {
  expect(() => expectRows('gold.fact_events', 9, 10)).toThrow(/9 rows where 10 were expected/);
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('the table and the chart say what was measured', () => {
  const figures = [
    figure({
      part: 'floor',
      way: 'COPY jsonb',
      ms: 2000,
      events: 1000,
      bytes: 4e6,
      rows: 1000,
      ratio: 1,
    }),
    figure({
      part: 'live',
      way: 'a <b> & c',
      ms: 500,
      ratio: 0.25,
      targetRatio: 0.5,
      peakBytes: 150e6,
    }),
  ];
  const verdicts = [
    { part: 'live', what: 'speed', measured: '0.25', target: '≥ 0.6', isMet: false },
  ];
  const [, , first = '', second = ''] = figureTable(figures, false).split('\n');
  expect(first.split(/ {2,}/)).toEqual([
    'floor',
    'COPY jsonb',
    '2.0 s',
    '500',
    '2.0',
    '1.00',
    '1,000',
  ]);
  expect(second).toMatch(/^live +a <b> & c +500 ms +0\.25 +150 MB/);
  expect(verdictTable(verdicts, false)).toMatch(/live +speed +0\.25 +≥ 0\.6 +not met/);

  const machine = {
    cpu: 'a processor',
    cores: 2,
    memoryBytes: 8e9,
    system: 'Linux x64',
    node: 'v20',
    assay: '0.1.0',
    postgres: '18.4',
    settings: {},
  };
  const settings = { events: 1000, payloads: 'full' as const, bytes: 4e6, seed: 1, rounds: 3 };
  const chart = drawChart({ measuredAt: '', machine, settings, figures, verdicts });
  expect(chart).toContain('a &lt;b&gt; &amp; c');
  expect(chart).toContain('prefers-color-scheme: dark');
  const widths = [...chart.matchAll(/class="(?:bar|own)" x="300" y="\d+" width="([\d.]+)"/g)];
  expect(widths.map(([, width]) => Number(width))).toEqual([480, 120]);
  expect(chart).toContain('≥ 0.6 not met');
  expect(chart).toContain('class="goal" x1="540.0"');
});

describe('options', () => {
  const defaults = {
    events: benchOptions.events.default,
    payloads: benchOptions.payloads.default,
    history: benchOptions.history.default,
    out: benchOptions.out.default,
    seed: benchOptions.seed.default,
  };

  test('histories grow tenfold up to the one asked for', () => {
    const histories = (history: string) =>
      readBenchOptions({ ...defaults, history }).sizes.histories;
    expect(histories('1m')).toEqual([100_000, 1_000_000]);
    expect(histories('10m')).toEqual([100_000, 1_000_000, 10_000_000]);
    expect(histories('100k')).toEqual([100_000]);
    expect(readBenchOptions({ ...defaults, events: '1.5m' }).sizes.events).toBe(1_500_000);
    expect(
      readBenchOptions({ ...defaults, only: 'growth, floor' }).parts.map(({ name }) => name),
    ).toEqual(['floor', 'growth']);
  });

  test('what is wrong is said before anything starts', async () => {
    expect(() => readBenchOptions({ ...defaults, only: 'floor,roof' })).toThrow(
      /"roof".*no part.*floor, live/,
    );
    expect(() => readBenchOptions({ ...defaults, events: 'many' })).toThrow(/--events is "many"/);
    expect(() => readBenchOptions({ ...defaults, history: '5' })).toThrow(/--history is "5"/);
    expect(() => readBenchOptions({ ...defaults, payloads: 'x' })).toThrow(/full or trimmed/);
    const out = join(workDir, 'never');
    const refused = await runScript('scripts/bench.ts', ['--only', 'roof', '--out', out]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^error: --only is "roof"/);
    expect(existsSync(out)).toBe(false);
  });
});

test('the command writes its report, and leaves nothing else', { timeout: 180_000 }, async () => {
  const out = join(workDir, 'out');
  const { code, stdout, stderr } = await runScript(
    'scripts/bench.ts',
    ['--events', '1000', '--only', 'floor', '--out', out],
    { DATABASE_URL: inject('serverUrl') },
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^1,000 events with full payloads \(.* of JSON\), seed 1; of 3 runs the median\nPostgreSQL \d/m,
  );
  expect(stdout).toMatch(/COPY jsonb with key +.* 1,000$/m);
  expect(readdirSync(out).sort()).toEqual(['bench.json', 'bench.svg']);
  const report = JSON.parse(readFileSync(join(out, 'bench.json'), 'utf8'));
  expect(report.machine.settings).toHaveProperty('shared_buffers');
  expect(report.figures).toHaveLength(3);
});
