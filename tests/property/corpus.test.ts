import { describe, expect, test } from 'vitest';
import { splitJsonArray } from '../../apps/listener/split-json-array.ts';
import { timelineLine, useBackfill } from '../backfill/support.ts';
import { store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { CORPUS, type Oddity } from './corpus.ts';

const { database, write, load } = useBackfill();

const joined = (separator: string) =>
  Buffer.concat(CORPUS.flatMap(({ item }) => [item, Buffer.from(separator)])).subarray(0, -1);
const EVENTS = CORPUS.filter(({ outcome }) => outcome.kind === 'event');
const LETTERS = CORPUS.filter(({ outcome }) => outcome.kind === 'dead letter');

/** Each way brings the whole corpus in, all oddities beside each other, twice. */
const WAYS: [string, () => Promise<void>][] = [
  [
    'a page of the API',
    async () => {
      const items = splitJsonArray(Buffer.from(`[${joined(',').toString('latin1')}]`, 'latin1'));
      expect(items).toHaveLength(CORPUS.length);
      const counts = await store(database.pool, items ?? []);
      expect(counts.deadLettered).toBe(LETTERS.length);
    },
  ],
  ['a file', async () => void (await load(write('corpus.ndjson', joined('\n'))))],
];

describe.each(WAYS)('by way of %s', (_name, bringIn) => {
  // The hook of useBackfill empties the warehouse before each test: one test looks at all, and names what is wrong.
  test('every oddity becomes what it has to, and the second time nothing', async () => {
    for (let round = 0; round < 2; round++) {
      await bringIn();
      await runTransform(database.connectionString);
      const wrong: Record<string, unknown> = {};
      for (const oddity of CORPUS) {
        const fault = await findFault(oddity);
        if (fault !== undefined) wrong[oddity.name] = fault;
      }
      expect(wrong).toEqual({});
      expect(await counts()).toEqual({
        events: EVENTS.length,
        letters: LETTERS.length,
        cleaned: EVENTS.length,
        facts: EVENTS.filter(({ outcome }) => outcome.kind === 'event' && outcome.gold !== null)
          .length,
      });
    }
  });
});

async function counts(): Promise<Record<string, unknown> | undefined> {
  const [row] = await database.rows(`
    select
      (select count(*)::int from bronze.raw_events) as events,
      (select count(*)::int from bronze.dead_letter_queue) as letters,
      (select count(*)::int from silver.events) as cleaned,
      (select count(*)::int from gold.fact_events) as facts`);
  return row;
}

/** What became of an oddity that should not; undefined when all is as it has to be. */
async function findFault({ item, id, outcome }: Oddity): Promise<unknown> {
  if (outcome.kind === 'dead letter') {
    const [letter] = await database.rows<{ error_code: string }>(
      'select error_code from bronze.dead_letter_queue where raw = $1',
      [item],
    );
    return letter?.error_code === outcome.code ? undefined : { expected: outcome.code, letter };
  }
  // By the whole content: several events may share an id.
  const [stored] = await database.rows<{ event_id: string; event_type: string; time: string }>(
    `select event_id, event_type, created_at::text as time from bronze.raw_events
     where event_id = $1 and payload = $2::jsonb and payload::text = $2::jsonb::text`,
    [id, item.toString()],
  );
  if (stored === undefined) return 'it is not in bronze as it was sent';
  const key = [stored.event_id, stored.event_type, stored.time];
  const where =
    'event_id = $1 and event_type = $2 and event_time is not distinct from $3::timestamptz';
  const [silver] = await database.rows(`select * from silver.events where ${where}`, key);
  const [gold] = await database.rows(
    `select date_id, event_hour, actor_id, repo_id from gold.fact_events where ${where}`,
    key,
  );
  const expected = { silver: outcome.silver ?? {}, gold: outcome.gold ?? undefined };
  const found = {
    silver: Object.fromEntries(
      Object.keys(expected.silver).map((column) => [column, silver?.[column]]),
    ),
    gold,
  };
  try {
    expect(found).toEqual(expected);
  } catch {
    return { found, expected };
  }
  return undefined;
}

describe('oddities of whole sources', () => {
  test('one event from two sources, written differently: one event, seen twice, as it came first', async () => {
    const [first, second] = ['a@x.org', '5f2a@x.org'].map((email) =>
      JSON.stringify({
        id: '1',
        type: 'PushEvent',
        created_at: '2026-03-01T12:00:00Z',
        payload: { commits: [{ author: { email } }] },
      }),
    ) as [string, string];
    await store(database.pool, [first], 'api:public');
    for (let round = 0; round < 2; round++)
      await store(database.pool, [second], 'gharchive:2026-03-01-12');
    await runTransform(database.connectionString);
    expect(await counts()).toEqual({ events: 1, letters: 0, cleaned: 1, facts: 1 });
    expect(await database.rows('select event_id, source_class from bronze.sightings')).toEqual([
      { event_id: '1', source_class: 'gharchive' },
    ]);
    expect(await database.value('select payload::text from bronze.raw_events')).toContain(
      'a@x.org',
    );
  });

  test('events of before 2015: no id, an actor that is null, a zone; in gold by the day of UTC', async () => {
    const lines = [
      timelineLine('ada', '2012-03-31T23:30:00-07:00'),
      timelineLine(null, '2012-12-31T16:00:00-08:00'),
      timelineLine('ada', '2012-03-31T23:30:00-07:00'),
    ];
    for (let round = 0; round < 2; round++) {
      await load(write(`timeline-${round}.json`, lines.join('\n')));
      await runTransform(database.connectionString);
      expect(
        await database.rows(
          `select facts.date_id, facts.event_hour, events.actor_login, events.repo_name
           from gold.fact_events as facts join silver.events as events using (event_id, event_type, event_time)
           order by facts.date_id`,
        ),
      ).toMatchObject([
        { date_id: 20120401, event_hour: 6, actor_login: 'ada', repo_name: 'ada/engine' },
        { date_id: 20130101, event_hour: 0, actor_login: null, repo_name: 'ada/engine' },
      ]);
    }
  });

  test('lines that are no items: an end of COPY, NULs, two on a line, half a line; the rest reaches gold', async () => {
    const line = (id: string) =>
      `{"id":"${id}","type":"WatchEvent","actor":{"id":1,"login":"a"},"repo":{"id":2,"name":"a/b"},"payload":{},"created_at":"2026-03-01T12:00:00Z"}`;
    const half = line('9').slice(0, 50);
    const text = [line('1'), '\\.', '', '\0\0\0', line('2') + line('3'), half + line('4'), half];
    for (let round = 0; round < 2; round++) {
      await load(write('debris.json', text.join('\n')));
      await runTransform(database.connectionString);
      expect(await counts()).toEqual({ events: 4, letters: 4, cleaned: 4, facts: 4 });
    }
    const letters = await database.rows<{ raw: Buffer }>(
      `select raw from bronze.dead_letter_queue order by split_part(position, ':', 1)::int`,
    );
    expect(letters.map(({ raw }) => raw.toString())).toEqual(['\\.', '\0\0\0', half, half]);
  });
});
