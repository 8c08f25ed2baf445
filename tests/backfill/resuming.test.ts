import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readBatches } from '../../apps/listener/backfill/read-batches.ts';
import { saveBatch } from '../../apps/listener/backfill/save-batch.ts';
import { claimFile } from '../../apps/listener/backfill/source-ledger.ts';
import { createLineSplitter } from '../../apps/listener/backfill/split-lines.ts';
import { silentLog } from '../support/run-transform.ts';
import { until, useProcesses } from '../support/spawn-process.ts';
import { line, lines, useBackfill } from './support.ts';

const { database, folder, write, load, ids, deadLetters, row, expectLedgerToBalance } =
  useBackfill();
const start = useProcesses();

/** Events of a usual size, in which every 500th line is torn and every 300th comes again. */
function manyLines(from: number, to: number): string[] {
  const payload = { text: 'x'.repeat(900) };
  return Array.from({ length: to - from + 1 }, (_, index) =>
    line(from + index, { payload }),
  ).flatMap((text, index) => {
    if (index % 500 === 7) return [text.slice(0, 70), text];
    return index % 300 === 5 ? [text, text] : [text];
  });
}

describe('a run that is killed', () => {
  test('at random moments goes on where it stopped, and ends with exactly the right rows and ledger', {
    timeout: 540_000,
  }, async () => {
    const events = manyLines(1, 30_000);
    const others = manyLines(25_001, 45_000).filter((text) => text.endsWith('}'));
    const files = [
      write('a.json.gz', gzipSync(events.join('\n'))),
      write('b.json', `[${others.join(',\n')}]`),
    ];
    const items = events.length + others.length;
    const run = () =>
      start('scripts/backfill.ts', ['--file', ...files], {
        DATABASE_URL: database.connectionString,
      });
    const settled = async () =>
      Number(await database.value('select coalesce(sum(items_read), 0) from ops.source_files'));

    let kills = 0;
    for (let moment = 0; moment < 6; moment++) {
      const before = await settled();
      const target = before + Math.random() * ((items - before) / 10);
      const child = run();
      await until(
        async () => (await settled()) > target || child.child.exitCode !== null,
        'it moved on',
        60_000,
      );
      // Somewhere inside the next transaction.
      await new Promise((go) => setTimeout(go, Math.random() * 150));
      if (child.child.exitCode === null) {
        await child.end('SIGKILL');
        kills++;
      }
    }
    const last = run();
    expect(await last.exited, last.output()).toBe(2);
    expect(kills).toBeGreaterThanOrEqual(5);
    expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(45_000);
    const torn = events.filter((text) => !text.endsWith('}')).length;
    expect(
      await database.rows(
        `select source, items_read::int, fetched::int, dead_lettered::int, status from ops.source_files order by source`,
      ),
    ).toEqual([
      {
        source: 'file:a.json.gz',
        items_read: events.length,
        fetched: events.length,
        dead_lettered: torn,
        status: 'partial',
      },
      {
        source: 'file:b.json',
        items_read: others.length,
        fetched: others.length,
        dead_lettered: 0,
        status: 'complete',
      },
    ]);
    expect(await deadLetters()).toHaveLength(torn);
    await expectLedgerToBalance();
    const again = run();
    expect(await again.exited).toBe(2);
    expect(await settled()).toBe(items);
  });

  test('by Ctrl-C ends within seconds and says how to go on', { timeout: 180_000 }, async () => {
    const path = write('c.json', lines(1, 60_000).join('\n'));
    const run = () =>
      start('scripts/backfill.ts', ['--file', path], { DATABASE_URL: database.connectionString });
    const first = run();
    await until(
      async () => Number(await database.value('select count(*) from bronze.raw_events')) > 0,
      'the first chunk is stored',
    );
    const askedAt = Date.now();
    expect(await first.end('SIGINT')).toBe(130);
    expect(Date.now() - askedAt).toBeLessThan(7000);
    expect(first.output()).toContain('the same command goes on where this one stopped');
    expect(await row('file:c.json')).toMatchObject({ status: 'loading' });
    const second = run();
    expect(await second.exited).toBe(0);
    expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(60_000);
    await expectLedgerToBalance();
  });
});

describe('a file', () => {
  test('that has grown is read on: only what is new', async () => {
    const path = write('growing.json', lines(1, 5).join('\n'));
    await load(path);
    appendFileSync(path, `\n${line(6)}\n${line(7).slice(0, 50)}`);
    expect((await load(path))[0]).toMatchObject({
      items: 7,
      inserted: 1,
      deadLettered: 1,
      status: 'partial',
    });
    appendFileSync(path, `${line(7).slice(50)}\n${line(8)}\n`);
    expect((await load(path))[0]).toMatchObject({
      items: 8,
      inserted: 2,
      deadLettered: 0,
      status: 'complete',
    });
    expect(await ids()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    // Five, then two, then two: what was there was not stored again.
    expect(await row('file:growing.json')).toMatchObject({
      fetched: '9',
      inserted: '8',
      duplicates: '0',
      dead_lettered: '1',
      items_read: '8',
      items_refused: '0',
      attempts: 3,
    });
    expect(
      await database.rows(
        'select resolution, resolved_at is not null as is_resolved from bronze.dead_letter_queue',
      ),
    ).toEqual([{ resolution: 'replayed', is_resolved: true }]);
    await expectLedgerToBalance();
  });

  test.each([
    [
      'gzip to which members are added',
      (from: number, to: number) =>
        Buffer.concat(lines(from, to).map((text) => gzipSync(`${text}\n`))),
      Buffer.concat,
    ],
    [
      'an array that grows at its end',
      (_from: number, to: number) => `[${lines(1, to).join(',')}]`,
      (all: string[]) => all.at(-1),
    ],
  ] as [string, (from: number, to: number) => string | Buffer, (all: never) => string | Buffer][])(
    '%s is read on',
    async (_name, make, join_) => {
      const path = write('growing', make(1, 3));
      await load(path);
      write('growing', join_([make(1, 3), make(4, 5)] as never));
      expect((await load(path))[0]).toMatchObject({ items: 5, inserted: 2, status: 'complete' });
      expect(await row('file:growing')).toMatchObject({ fetched: '5', duplicates: '0' });
    },
  );

  test('that is another one now is read anew: what is known is a duplicate', async () => {
    const path = write('changing.json', lines(1, 5).join('\n'));
    await load(path);
    write('changing.json', [...lines(3, 5), 'torn', ...lines(6, 8)].join('\n'));
    expect((await load(path))[0]).toMatchObject({
      items: 7,
      inserted: 3,
      deadLettered: 1,
      status: 'partial',
    });
    expect(await row('file:changing.json')).toMatchObject({
      fetched: '12',
      inserted: '8',
      duplicates: '3',
      dead_lettered: '1',
      items_read: '7',
      items_refused: '1',
    });
    // Repaired, it is complete, whatever was wrong with it before.
    write('changing.json', lines(3, 8).join('\n'));
    expect((await load(path))[0]).toMatchObject({ status: 'complete', inserted: 0 });
    await expectLedgerToBalance();
  });

  test('that is replaced by junk is not loaded, and what it brought stays', async () => {
    const path = write('replaced.json', lines(1, 3).join('\n'));
    await load(path);
    write('replaced.json', '<html></html>');
    expect((await load(path))[0]).toMatchObject({ status: 'failed' });
    expect(await ids()).toEqual(['1', '2', '3']);
    write('replaced.json', lines(1, 4).join('\n'));
    expect((await load(path))[0]).toMatchObject({ status: 'complete', inserted: 1 });
    await expectLedgerToBalance();
  });

  test('is not mixed up with one of the same name in another folder', async () => {
    mkdirSync(join(folder, 'other'), { recursive: true });
    const paths = [write('same.json', line(1)), write('other/same.json', line(2))];
    await load(paths);
    await load(paths);
    expect(
      await database.rows(
        'select source, inserted::int, attempts from ops.source_files order by location desc',
      ),
    ).toEqual(['1', '2'].map(() => ({ source: 'file:same.json', inserted: 1, attempts: 2 })));
  });

  test('given on standard input is recognised and read on', async () => {
    const text = lines(1, 2000).join('\n');
    expect((await load('-', { stdin: Buffer.from(text) }))[0]).toMatchObject({
      name: 'stdin',
      inserted: 2000,
    });
    expect((await load('-', { stdin: Buffer.from(text) }))[0]).toMatchObject({
      items: 2000,
      inserted: 0,
    });
    const grown = Buffer.from(`${text}\n${line(2001)}`);
    expect((await load('-', { stdin: grown }))[0]).toMatchObject({ items: 2001, inserted: 1 });
    expect((await load('-', { stdin: gzipSync(lines(2001, 2003).join('\n')) }))[0]).toMatchObject({
      inserted: 2,
    });
    expect(await row('file:stdin')).toMatchObject({ fetched: '2001', location: 'standard input' });
    await expectLedgerToBalance();
  });
});

describe('a batch', () => {
  async function begin() {
    const name = { key: '/x', source: 'file:x', location: '/x', hour: null };
    async function* text() {
      yield Buffer.from(lines(1, 10).join('\n'));
    }
    const claim = await claimFile(database.pool, name);
    const batches = readBatches(
      text(),
      createLineSplitter(),
      claim.settled,
      { bytes: 1, items: 1 },
      () => {},
    );
    const { value } = await batches.next();
    if (value === undefined) throw new Error('no batch');
    return {
      name,
      claim,
      batch: value,
      options: { pool: database.pool, log: silentLog, signal: new AbortController().signal },
    };
  }

  test('whose COMMIT succeeded but whose reply was lost is not counted twice', async () => {
    const { claim, batch, options } = await begin();
    // The connection breaks right behind COMMIT, once.
    let isBroken = false;
    const pool = Object.create(database.pool, {
      connect: {
        value: async () => {
          const client = await database.pool.connect();
          return new Proxy(client, {
            get: (target, property) => {
              const value = Reflect.get(target, property);
              if (property !== 'query')
                return typeof value === 'function' ? value.bind(target) : value;
              return async (...parameters: [string]) => {
                const result = await target.query(...parameters);
                if (parameters[0] === 'commit' && !isBroken) {
                  isBroken = true;
                  throw Object.assign(new Error('Connection terminated unexpectedly'), {
                    code: 'ECONNRESET',
                  });
                }
                return result;
              };
            },
          });
        },
      },
    });
    expect(await saveBatch(claim, batch, { ...options, pool })).toBeUndefined();
    expect(isBroken).toBe(true);
    expect(await row('file:x')).toMatchObject({ fetched: '10', inserted: '10', duplicates: '0' });
    await expectLedgerToBalance();
  });

  test('of a run that another has overtaken is not stored', async () => {
    const { name, claim, batch, options } = await begin();
    await claimFile(database.pool, name);
    await expect(saveBatch(claim, batch, options)).rejects.toThrow(
      'Another run has begun to load /x',
    );
    expect(await ids()).toEqual([]);
    expect(await row('file:x')).toMatchObject({ fetched: '0' });
  });
});
