import { createServer, type RequestListener, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { listHours } from '../../apps/listener/backfill/archive-hours.ts';
import { backfillHours, type HourResult } from '../../apps/listener/backfill/backfill-hours.ts';
import { findDueHours } from '../../apps/listener/backfill/due-hours.ts';
import { silentLog } from '../support/run-transform.ts';
import { useProcesses } from '../support/spawn-process.ts';
import { useSimulators } from '../support/use-simulator.ts';
import { lines, useBackfill } from './support.ts';

const { database, write, load: loadFiles, ids, row, expectLedgerToBalance } = useBackfill();
const startSimulator = useSimulators();
const start = useProcesses();
const HOUR = '2026-01-31T07';
const SOURCE = 'gharchive:2026-01-31-7';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** An archive that answers as told; the answers come in order, the last one again and again. */
async function serve(...answers: RequestListener[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers['if-none-match'] ?? ''}`.trim());
    answers[Math.min(asked.length, answers.length) - 1]?.(request, response);
  });
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, asked };
}

const file =
  (content: Buffer, etag?: string): RequestListener =>
  (request, response) => {
    if (etag !== undefined && request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    response.writeHead(200, etag === undefined ? {} : { etag }).end(content);
  };
const status =
  (code: number): RequestListener =>
  (_request, response) =>
    void response.writeHead(code).end('no');
const cut =
  (content: Buffer): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, content.length >> 1), () => response.destroy());
  };

function load(
  url: string,
  settings: { hours?: string[]; maxRetries?: number; more?: { name: string; url: string }[] } = {},
): Promise<HourResult[]> {
  const { hours = [HOUR], maxRetries = 2, more = [] } = settings;
  return backfillHours({
    pool: database.pool,
    config: { githubArchives: [{ name: 'gharchive', url }, ...more], maxRetries },
    hours,
    log: silentLog,
    signal: new AbortController().signal,
  });
}

const gzip = gzipSync(`${lines(1, 30).join('\n')}\n`);

describe('an archive hour', () => {
  test('is fetched under its own name, loaded, and recognised by its ETag', async () => {
    const { url, asked } = await serve(file(gzip, '"v1"'));
    const [first] = await load(url);
    expect(first).toMatchObject({
      hour: HOUR,
      archive: 'gharchive',
      source: SOURCE,
      takenFor: 'NDJSON in gzip',
      items: 30,
      inserted: 30,
      status: 'complete',
    });
    expect((await load(url))[0]).toMatchObject({
      items: 30,
      inserted: 0,
      status: 'complete',
      note: 'unchanged since it was loaded',
    });
    expect(asked).toEqual(['/2026-01-31-7.json.gz', '/2026-01-31-7.json.gz "v1"']);
    expect(await row(SOURCE)).toMatchObject({
      status: 'complete',
      location: `${url}/2026-01-31-7.json.gz`,
      hour: new Date('2026-01-31T07:00:00Z'),
      size_bytes: String(gzip.length),
      was_read_whole: true,
      next_retry_at: null,
    });
    expect(await database.value('select distinct source from bronze.raw_events')).toBe(SOURCE);
    await expectLedgerToBalance();
  });

  test('that has grown brings only what is new', async () => {
    const grown = Buffer.concat([gzip, gzipSync(lines(31, 33).join('\n'))]);
    const { url } = await serve(file(gzip, '"v1"'), file(grown, '"v2"'));
    await load(url);
    expect((await load(url))[0]).toMatchObject({ items: 33, inserted: 3, status: 'complete' });
    expect(await row(SOURCE)).toMatchObject({ fetched: '33', duplicates: '0', etag: '"v2"' });
  });

  test('that is not there is missing, is due again later, and complete when it comes', async () => {
    const { url } = await serve(status(404), file(gzip));
    const archives = [{ name: 'gharchive', url }];
    expect((await load(url))[0]).toMatchObject({ status: 'missing', items: 0 });
    expect(await row(SOURCE)).toMatchObject({ status: 'missing', fetched: '0' });
    expect(
      await database.value(
        `select next_retry_at between now() + interval '59 min' and now() + interval '1 h' from ops.source_files`,
      ),
    ).toBe(true);
    expect(await findDueHours(database.pool, archives)).toEqual([]);
    await database.pool.query(`update ops.source_files set next_retry_at = now() - interval '1 s'`);
    expect(await findDueHours(database.pool, archives)).toEqual([
      { hour: HOUR, archive: archives[0] },
    ]);
    expect(await findDueHours(database.pool, [{ name: 'archive:x', url }])).toEqual([]);
    // One that is named is tried whenever it is named.
    expect((await load(url))[0]).toMatchObject({ status: 'complete', inserted: 30 });
    expect(await row(SOURCE)).toMatchObject({ next_retry_at: null });
  });

  test('that is empty is empty, and due again later', async () => {
    const { url } = await serve(file(gzipSync('')));
    for (const hours of [1, 2, 4]) {
      expect((await load(url))[0]).toMatchObject({ status: 'empty', items: 0 });
      expect(
        await database.value(
          'select round(extract(epoch from next_retry_at - now()) / 3600)::int from ops.source_files',
        ),
      ).toBe(hours);
    }
  });

  test.each([
    ['500', [status(500), status(503)]],
    ['a connection that breaks off', [cut(gzip), cut(gzip)]],
    ['429', [status(429)]],
  ])('is asked for again after %s', async (_name, failures) => {
    const { url, asked } = await serve(...failures, file(gzip));
    expect((await load(url))[0]).toMatchObject({ status: 'complete', inserted: 30 });
    expect(asked).toHaveLength(failures.length + 1);
  });

  test('that cannot be had fails with the reason, and the others are loaded', async () => {
    const { url } = await serve((request, response) =>
      (request.url?.includes('-8.') ? status(503) : file(gzip))(request, response),
    );
    const results = await load(url, { hours: [`${HOUR.slice(0, 11)}08`, HOUR], maxRetries: 1 });
    expect(results.map((result) => [result.hour, result.status, result.note])).toEqual([
      ['2026-01-31T08', 'failed', 'the archive answered HTTP 503'],
      [HOUR, 'complete', null],
    ]);
    expect(await row('gharchive:2026-01-31-8')).toMatchObject({
      status: 'failed',
      error: 'the archive answered HTTP 503',
    });
    expect(
      await database.value(
        'select count(*)::int from ops.source_files where next_retry_at is not null',
      ),
    ).toBe(1);
  });

  test('that is loaded stays complete when the archive loses it', async () => {
    const { url } = await serve(file(gzip), status(404));
    await load(url);
    expect((await load(url))[0]).toMatchObject({ status: 'missing' });
    expect(await row(SOURCE)).toMatchObject({ status: 'complete', fetched: '30' });
  });

  test('answered by HTML is refused', async () => {
    const { url } = await serve(file(Buffer.from('<html>sorry</html>')), file(gzip));
    const [result] = await load(url);
    expect(result).toMatchObject({ status: 'failed' });
    expect(result?.note).toContain('found an HTML page');
    expect(await ids()).toEqual([]);
    expect((await load(url))[0]).toMatchObject({ status: 'complete' });
  });

  test('comes from several archives, each under its own name; credentials stay out of the record', async () => {
    const { url, asked } = await serve((request, response) => {
      const isKnown = request.headers.authorization === 'Basic dTpwQHcxMDAl';
      (isKnown ? file(gzipSync(lines(20, 40).join('\n'))) : file(gzip))(request, response);
    });
    const more = [{ name: 'archive:mirror', url: `${url.replace('//', '//u:p%40w100%@')}/sub` }];
    expect((await load(url, { more })).map(({ source, items }) => [source, items])).toEqual([
      [SOURCE, 30],
      ['archive:mirror:2026-01-31-7', 21],
    ]);
    expect(asked.sort()).toEqual(['/2026-01-31-7.json.gz', '/sub/2026-01-31-7.json.gz']);
    expect(await row('archive:mirror:2026-01-31-7')).toMatchObject({
      location: `${url}/sub/2026-01-31-7.json.gz`,
    });
    expect(await ids()).toHaveLength(40);
    expect(await database.value('select count(*)::int from bronze.sightings')).toBe(11);
    await expectLedgerToBalance();
  });
});

describe('made-up hours and real ones', () => {
  const madeUp: RequestListener = (_request, response) =>
    void response.writeHead(200, { server: 'assay-simulator' }).end(gzip);
  const origin = () => database.value('select origin from ops.warehouse_origin');

  test.each([
    ['real', 'made-up', file(gzip), madeUp, 'holds events of the real GitHub'],
    ['made-up', 'real', madeUp, file(gzip), 'holds the made-up events of a demo'],
  ])('a warehouse of %s ones takes no %s ones', async (_held, _kind, first, second, refusal) => {
    const mine = await serve(first);
    await load(mine.url);
    const held = await origin();
    const other = await serve(second);
    const hours = ['08', '09', '10', '11', '12'].map((hour) => `2026-01-31T${hour}`);
    for (const _attempt of [1, 2]) {
      await expect(load(other.url, { hours })).rejects.toThrow(refusal);
      expect(await origin()).toBe(held);
      expect(await row('gharchive:2026-01-31-8')).toMatchObject({ status: 'failed', fetched: '0' });
    }
    // Those under way, and not the rest.
    expect(other.asked.length).toBeLessThanOrEqual(4);
    expect(await database.value('select distinct source from bronze.raw_events')).toBe(SOURCE);
    expect((await load(mine.url, { hours }))[0]).toMatchObject({ status: 'complete' });
  });

  test('what holds no events claims nothing, nor does a file', async () => {
    const { url } = await serve(file(gzipSync('')), status(404), file(Buffer.from('<html>')));
    for (const _answer of [1, 2, 3]) await load(url);
    await loadFiles(write('hour.json.gz', gzip));
    expect(await ids()).toHaveLength(30);
    expect(await origin()).toBeUndefined();
  });
});

test('the hours of the simulator, whole, missing, truncated and empty, by one command', {
  timeout: 270_000,
}, async () => {
  const now = Date.parse('2026-02-01T00:00:00Z');
  const simulator = await startSimulator({
    now: () => now,
    epoch: now - 20 * 3_600_000,
    eventsPerSecond: 0.3,
    badRowRate: 0.02,
    historyHours: 0,
    archives: {
      '': { captureRate: 1, missingHours: ['2026-01-31-8'], truncatedHours: ['2026-01-31-9'] },
      second: { captureRate: 0.7, emptyHours: ['2026-01-31-7'] },
    },
  });
  const run = async () => {
    const child = start(
      'scripts/backfill.ts',
      ['--from', '2026-01-31T07', '--to', '2026-01-31T09'],
      {
        DATABASE_URL: database.connectionString,
        GITHUB_ARCHIVE_URL: `${simulator.url}, second=${simulator.url}/second`,
      },
    );
    return { exitCode: await child.exited, output: child.output() };
  };
  const { exitCode, output } = await run();
  expect(exitCode, output).toBe(2);
  expect(
    await database.rows('select source, status from ops.source_files order by hour, source'),
  ).toEqual([
    { source: 'archive:second:2026-01-31-7', status: 'empty' },
    { source: 'gharchive:2026-01-31-7', status: 'partial' },
    { source: 'archive:second:2026-01-31-8', status: 'partial' },
    { source: 'gharchive:2026-01-31-8', status: 'missing' },
    { source: 'archive:second:2026-01-31-9', status: 'partial' },
    { source: 'gharchive:2026-01-31-9', status: 'partial' },
  ]);
  const truth = simulator.truth();
  expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(
    truth.offered.total,
  );
  expect(await database.value('select sum(fetched)::int from ops.source_files')).toBe(
    truth.offered.items + truth.refused.items,
  );
  await expectLedgerToBalance();
  const before = await ids();
  await run();
  expect(await ids()).toEqual(before);
  await expectLedgerToBalance();
});

describe('hours', () => {
  test('are listed with both ends', () => {
    expect(listHours('2024-02-28T23', '2024-02-29T01:00Z')).toEqual([
      '2024-02-28T23',
      '2024-02-29T00',
      '2024-02-29T01',
    ]);
  });

  test.each([
    ['2026-01-31', '2026-01-31T07', '"2026-01-31" is no hour; write it in UTC, as 2026-01-31T07.'],
    ['2026-02-30T07', '2026-03-01T07', '"2026-02-30T07" is no hour'],
    ['2026-01-31T24', '2026-01-31T24', '"2026-01-31T24" is no hour'],
    ['2026-01-31T07', '2026-01-31T06', '--to 2026-01-31T06 lies before --from 2026-01-31T07.'],
  ])('from %s to %s are refused', (from, to, message) => {
    expect(() => listHours(from, to)).toThrow(message);
  });
});
