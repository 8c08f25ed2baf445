import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseMapping } from '../../apps/listener/backfill/csv-header.ts';
import { replayDeadLetters } from '../../apps/listener/dead-letters.ts';
import { runTransform } from '../support/run-transform.ts';
import { useBackfill } from './support.ts';

const { database, write, load, ids, deadLetters, expectLedgerToBalance } = useBackfill();

function payloads(): Promise<{ payload: unknown }[]> {
  return database.rows('select payload from bronze.raw_events order by event_id');
}

describe('a CSV file', () => {
  test('becomes events in GitHub’s shape, with only what it has', async () => {
    const path = write(
      'export.csv',
      `\ufeffEvent_ID,event_type,user,actor_id,repo,repo_id,org,payload,public,created_at,stars\r
1,PushEvent,ada,12345678901234567890,ada/engine,7,acme,"{""size"":9007199254740993,\r
""note"":""a, b""}",TRUE,2024-08-01 17:05:28+00:00,5\r
2,WatchEvent,,,"ada/""x""",abc,,,,2024-08-01 17:05:28 UTC,\r
\r
3,WatchEvent,\\N,,,,,,,,\r
`,
    );
    const [result] = await load(path);
    expect(result).toMatchObject({
      takenFor:
        'CSV (event_id, event_type, user, actor_id, repo, repo_id, org, payload, public, created_at, left out: stars)',
      items: 3,
      inserted: 3,
      status: 'complete',
    });
    const [first] = await database.rows<{ text: string }>(
      `select payload::text as text from bronze.raw_events where event_id = '1'`,
    );
    expect(first?.text).toBe(
      `{"id": "1", "org": {"login": "acme"}, "repo": {"id": 7, "name": "ada/engine"}, "type": "PushEvent", "actor": {"id": 12345678901234567890, "login": "ada"}, "public": true, "payload": {"note": "a, b", "size": 9007199254740993}, "created_at": "2024-08-01 17:05:28+00:00"}`,
    );
    expect((await payloads()).slice(1)).toEqual([
      {
        payload: {
          id: '2',
          type: 'WatchEvent',
          repo: { name: 'ada/"x"', id: 'abc' },
          created_at: '2024-08-01 17:05:28 UTC',
        },
      },
      { payload: { id: '3', type: 'WatchEvent' } },
    ]);
    expect((await load(path))[0]).toMatchObject({ items: 3, inserted: 0 });
    expect((await load(write('copy.csv.gz', gzipSync('id,type\n1,X\n'))))[0]).toMatchObject({
      takenFor: 'CSV (id, type) in gzip',
      inserted: 1,
    });
    await expectLedgerToBalance();
  });

  test.each([';', '\t', '|'])('may be delimited by %j', async (delimiter) => {
    const rows = [
      ['id', 'type', 'payload'],
      ['1', 'X', ''],
      ['2', 'X', '{"a":1}'],
    ];
    await load(write('export.csv', rows.map((row) => row.join(delimiter)).join('\n')));
    expect(await payloads()).toEqual([
      { payload: { id: '1', type: 'X' } },
      { payload: { id: '2', type: 'X', payload: { a: 1 } } },
    ]);
  });

  test('with other column names needs to be told what they are', async () => {
    const path = write('other.csv', 'Number,Kind,Who,sha\n1,PushEvent,ada,abc\n');
    expect((await load(path))[0]).toMatchObject({ status: 'failed' });
    const mapping = parseMapping(['number=id', 'Kind=type', 'Who=actor.login', 'sha=payload.head']);
    expect((await load(path, { mapping }))[0]).toMatchObject({ status: 'complete', inserted: 1 });
    expect(await payloads()).toEqual([
      {
        payload: { id: '1', type: 'PushEvent', actor: { login: 'ada' }, payload: { head: 'abc' } },
      },
    ]);
    expect(() => parseMapping(['x'])).toThrow('--map is "x"; write COLUMN=PATH');
  });

  test('keeps its good rows when others are broken', async () => {
    const broken = [
      '2,X,"{not json}"',
      '3,X',
      '4,X,"a","b"',
      ',X,',
      '5,X,"an open quote',
      '7,X,"{""b"":2}, ""id"":""99"""',
    ];
    const path = write(
      'broken.csv',
      `id,type,payload\n1,X,"{""a"":1}"\n${broken.join('\n')}\n8,X,\n`,
    );
    for (const attempt of [1, 2]) {
      const [result] = await load(path);
      expect(result).toMatchObject({
        items: 8,
        inserted: attempt === 1 ? 2 : 0,
        deadLettered: attempt === 1 ? 6 : 0,
        status: 'partial',
      });
    }
    expect(await ids()).toEqual(['1', '8']);
    expect((await deadLetters()).map(({ position, raw }) => [position, raw.toString()])).toEqual(
      broken.map((text, index) => [String(index + 3), text]),
    );
    await expectLedgerToBalance();
  });

  test('has its refused rows replayed by the columns of its header', async () => {
    const path = write(
      'refused.csv',
      'Number;event_type;stars;created_at;who\n1;X;5;2024-08-01 10:00:00Z;ada\n2;X;5;2024-08-01 11:00:00Z;"b;b"\n3;X;5\n4;X;5;2024-08-01 12:0',
    );
    const mapping = parseMapping(['number=id', 'who=actor.login']);
    await database.pool.query(
      `alter table bronze.raw_events add constraint no_longer check (event_id <> '2')`,
    );
    const [result] = await load(path, { mapping });
    expect(result).toMatchObject({ items: 4, inserted: 1, deadLettered: 3 });
    await database.pool.query('alter table bronze.raw_events drop constraint no_longer');

    expect(await replayDeadLetters(database.pool, {})).toEqual({
      replayed: 1,
      alreadyKnown: 0,
      refusedAgain: 2,
    });
    expect(await replayDeadLetters(database.pool, {})).toMatchObject({
      replayed: 0,
      refusedAgain: 2,
    });
    expect((await payloads()).at(-1)).toEqual({
      payload: {
        id: '2',
        type: 'X',
        created_at: '2024-08-01 11:00:00Z',
        actor: { login: 'b;b' },
      },
    });
    expect(
      await database.rows(
        `select convert_from(raw, 'UTF8') as raw, attempts, resolution from bronze.dead_letter_queue order by position`,
      ),
    ).toEqual([
      { raw: '2;X;5;2024-08-01 11:00:00Z;"b;b"', attempts: 1, resolution: 'replayed' },
      { raw: '3;X;5', attempts: 3, resolution: null },
      // Cut off: what is left of it is no event.
      { raw: '4;X;5;2024-08-01 12:0', attempts: 3, resolution: null },
    ]);
    expect((await load(path, { mapping }))[0]).toMatchObject({ inserted: 0, deadLettered: 0 });
  });

  test('that is cut inside its last time does not make an event without one', async () => {
    const text = 'id,type,created_at\n1,X,2024-08-01 17:05:28+00:00\n2,X,2024-08-01 17:0';
    expect((await load(write('cut.csv', text)))[0]).toMatchObject({ inserted: 1, deadLettered: 1 });
    expect((await load(write('cut.csv', `${text}5:28+00:00\n`)))[0]).toMatchObject({
      inserted: 1,
      deadLettered: 0,
      status: 'complete',
    });
    expect(await ids()).toEqual(['1', '2']);
  });

  test('reaches gold with names and times in UTC', async () => {
    await load(
      write(
        'export.csv',
        'repo,event_id,event_type,user,created_at\na/b,1,PushEvent,c[bot],2024-08-01 23:30:00-02:00\n',
      ),
    );
    await runTransform(database.connectionString);
    expect(
      await database.rows(
        `select f.date_id, f.event_hour, f.actor_id::int, f.repo_id::int, v.actor_login, v.repo_name, v.is_bot
         from gold.fact_events f join silver.v_events v using (event_id)`,
      ),
    ).toEqual([
      {
        date_id: 20240802,
        event_hour: 1,
        actor_id: -1,
        repo_id: -1,
        actor_login: 'c[bot]',
        repo_name: 'a/b',
        is_bot: true,
      },
    ]);
  });
});
