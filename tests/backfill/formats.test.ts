import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { replayDeadLetters } from '../../apps/listener/dead-letters.ts';
import { runTransform } from '../support/run-transform.ts';
import { line, lines, timelineLine, useBackfill } from './support.ts';

const { database, write, load, ids, deadLetters, row, expectLedgerToBalance } = useBackfill();

const three = lines(1, 3);
const ndjson = three.join('\n');
const array = `[${three.join(',')}]`;
const pretty = JSON.stringify(JSON.parse(array), null, 2);
const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();
const utf32 = (text: string) => {
  const points = [...`\ufeff${text}`].map((character) => character.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(points.length * 4);
  points.forEach((point, index) => {
    bytes.writeUInt32LE(point, index * 4);
  });
  return bytes;
};

const FORMATS: [string, string | Buffer, string][] = [
  ['lines', `${ndjson}\n`, 'NDJSON'],
  ['lines without a last line break', ndjson, 'NDJSON'],
  ['lines that end in CRLF, empty ones among them', `\r\n${three.join('\r\n\r\n')}\r\n`, 'NDJSON'],
  ['lines in gzip', gzipSync(ndjson), 'NDJSON in gzip'],
  [
    'several gzip members',
    Buffer.concat(three.map((text) => gzipSync(`${text}\n`))),
    'NDJSON in gzip',
  ],
  [
    'gzip members with zeros between and behind',
    Buffer.concat([
      gzipSync(`${three[0]}\n`),
      Buffer.alloc(512),
      gzipSync(`${three[1]}\n${three[2]}`),
      Buffer.alloc(512),
    ]),
    'NDJSON in gzip',
  ],
  ['an array', array, 'JSON array'],
  ['an array over many lines', pretty, 'JSON array'],
  ['an array with an event a line', `[\n${three.join(',\n')}\n]\n`, 'JSON array'],
  ['an array in gzip', gzipSync(pretty), 'JSON array in gzip'],
  ['arrays one after the other', `[${three[0]}]\n[${three[1]},${three[2]}]`, 'JSON array'],
  ['a wrapper', `{"value":${array}}`, 'JSON array in an object'],
  [
    'a wrapper with other fields around it',
    `{"Count": 3, "tags": ["a", "]"], "value": ${pretty}, "nextLink": "x]}", "links": [{"id": "9", "type": "X"}]}`,
    'JSON array in an object',
  ],
  ['a wrapper inside a wrapper', `{"data":{"page":1,"items":${array}}}`, 'JSON array in an object'],
  [
    'wrappers one after the other',
    `{"items":[${three[0]}]}\n{"items":[${three[1]},${three[2]}]}`,
    'JSON array in an object',
  ],
  [
    'objects over many lines',
    three.map((text) => JSON.stringify(JSON.parse(text), null, 4)).join('\n'),
    'JSON events one after the other',
  ],
  ['objects on one line', three.join(''), 'JSON events one after the other'],
  ['a JSON text sequence', three.map((text) => `\x1e${text}\n`).join(''), 'NDJSON'],
  ['a byte-order mark', `\ufeff${ndjson}`, 'NDJSON'],
  ['UTF-16LE', Buffer.from(`\ufeff${ndjson}`, 'utf16le'), 'NDJSON, UTF-16LE'],
  ['UTF-16BE', swapped(`\ufeff${array}`), 'JSON array, UTF-16BE'],
  ['UTF-32LE', utf32(ndjson), 'NDJSON, UTF-32LE'],
  [
    'UTF-16LE in gzip',
    gzipSync(Buffer.from(`\ufeff${pretty}`, 'utf16le')),
    'JSON array in gzip, UTF-16LE',
  ],
  ['an array inside a line', `${three[0]}\n[${three[1]},${three[2]}]\n`, 'NDJSON'],
  [
    'CSV',
    'id,type,actor_login,created_at\n1,A,x,2026-03-01 12:00:00\n2,B,y,2026-03-01 12:00:00\n3,C,z,2026-03-01 12:00:00\n',
    'CSV (id, type, actor_login, created_at)',
  ],
];

describe('what a file is, is found by looking', () => {
  test.each(FORMATS)('%s', async (_name, content, takenFor) => {
    const path = write('events', content);
    const [first] = await load(path);
    expect(first).toMatchObject({
      takenFor,
      items: 3,
      inserted: 3,
      deadLettered: 0,
      status: 'complete',
      note: null,
    });
    expect(await ids()).toEqual(['1', '2', '3']);
    const [second] = await load(path);
    expect(second).toMatchObject({ takenFor, items: 3, inserted: 0, status: 'complete' });
    // Read again from the start, as another file with the same events.
    const [third] = await load(write('events.copy', content));
    expect(third).toMatchObject({ items: 3, inserted: 0, deadLettered: 0, status: 'complete' });
    expect(await deadLetters()).toEqual([]);
    await expectLedgerToBalance();
  });

  test('one event over many lines', async () => {
    const [result] = await load(write('one.json', JSON.stringify(JSON.parse(line(7)), null, 2)));
    expect(result).toMatchObject({ takenFor: 'JSON event', items: 1, inserted: 1 });
  });

  test('characters beyond ASCII survive every encoding, also where a read ends inside one', async () => {
    const text = `\ufeff${Array.from({ length: 3000 }, (_, index) => line(index, { payload: { text: '😀é漢'.repeat(40) } })).join('\n')}`;
    const contents = [Buffer.from(text), Buffer.from(text, 'utf16le'), swapped(text)];
    for (const [index, content] of contents.entries()) {
      await load(write(`encoded-${index}`, content));
    }
    expect(
      await database.rows(
        `select count(*)::int as events, count(distinct payload #>> '{payload,text}')::int as texts,
           min(payload #>> '{payload,text}') = repeat('😀é漢', 40) as is_whole from bronze.raw_events`,
      ),
    ).toEqual([{ events: 3000, texts: 1, is_whole: true }]);
    await expectLedgerToBalance();
  });

  test.each([
    ['an HTML page', '<!DOCTYPE html><html><body>Not found</body></html>', 'an HTML page'],
    ['an HTML page in gzip', gzipSync('<html></html>'), 'an HTML page'],
    ['an error of the API', '{"message":"Not Found","documentation_url":"x"}', 'other text'],
    [
      'an error with a list',
      '{"message":"Validation Failed","errors":[{"code":"x"}]}',
      'other text',
    ],
    ['an array of other things', '[{"name":"a"},{"name":"b"}]', 'other text'],
    ['lines of other things', '{"a":1}\n{"b":2}\n', 'other text'],
    ['CSV of other things', 'name,value\na,1\n', 'other text'],
    ['binary data', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 2, 3]), 'binary data'],
    ['a zip archive', 'PK\x03\x04abc', 'a zip archive; unpack it first'],
    ['a torn line and nothing else', '{"id":"1","type":"Pu', 'other text'],
  ])('%s is refused, and nothing of it is loaded', async (_name, content, found) => {
    const path = write('junk', content);
    for (const attempt of [1, 2]) {
      const [result] = await load(path);
      expect(result).toMatchObject({ status: 'failed', items: 0, inserted: 0 });
      expect(result?.note).toContain(
        `expected NDJSON, JSON or CSV, plain or in gzip; found ${found}`,
      );
      expect(await row('file:junk')).toMatchObject({ status: 'failed', attempts: attempt });
    }
    expect(await ids()).toEqual([]);
    expect(await deadLetters()).toEqual([]);
  });

  test.each([
    ['no bytes', ''],
    ['white space', ' \n\r\n'],
    ['gzip of nothing', gzipSync('')],
    ['an empty array', '[]'],
    ['a wrapper of nothing', '{"Count":0,"value":[]}'],
  ])('%s is an empty file, which is no failure', async (_name, content) => {
    const [result] = await load(write('empty', content));
    expect(result).toMatchObject({ status: 'empty', items: 0, note: null });
    expect(await row('file:empty')).toMatchObject({ status: 'empty', error: null });
  });

  test('a folder or a missing file fails alone; the others are loaded', async () => {
    const results = await load([write('there', ndjson), '/nowhere/else', write('too', ndjson)]);
    expect(results.map(({ status }) => status)).toEqual(['complete', 'failed', 'complete']);
    expect(results[1]?.note).toContain('There is no file /nowhere/else.');
  });
});

describe('events from before 2015', () => {
  const events = [timelineLine('ada'), timelineLine('bob'), timelineLine(null)];

  test('get an id made of their content: the same in two files, another where anything differs', async () => {
    const [first] = await load(write('a.ndjson', `${events.join('\n')}\n${events[0]}\n`));
    expect(first).toMatchObject({
      takenFor: 'NDJSON of timeline events',
      items: 4,
      inserted: 3,
      status: 'complete',
    });
    const reordered = events.map((text) =>
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse())),
    );
    const [second] = await load(write('b.json', `[${reordered.join(' ,\n ')}]`));
    expect(second).toMatchObject({
      takenFor: 'JSON array of timeline events',
      items: 3,
      inserted: 0,
      status: 'complete',
    });
    const [stored] = await database.rows(
      `select count(distinct event_id)::int as ids, bool_and(event_id ~ '^timeline:[0-9a-f]{64}$') as derived,
         bool_and(not payload ? 'id') as unchanged, min(created_at at time zone 'UTC')::text as at
       from bronze.raw_events`,
    );
    expect(stored).toEqual({ ids: 3, derived: true, unchanged: true, at: '2012-04-01 07:00:00' });
    await expectLedgerToBalance();
  });

  test('get one as well when theirs is empty or null, also when they were refused for it', async () => {
    const event = JSON.parse(timelineLine('ada'));
    const variants = ['', null].map((id) => JSON.stringify({ id, ...event }));
    await database.pool.query(
      `insert into bronze.dead_letter_queue (source, raw, error_code, error_message) values ('file:a', $1, '23514', 'refused once')`,
      [Buffer.from(variants[0] ?? '')],
    );
    expect(await replayDeadLetters(database.pool, {})).toMatchObject({ replayed: 1 });
    expect((await load(write('a.ndjson', variants.join('\n'))))[0]).toMatchObject({
      items: 2,
      inserted: 1,
      deadLettered: 0,
      status: 'complete',
    });
    const made = await ids();
    expect(made.map((id) => /^timeline:[0-9a-f]{64}$/.test(id))).toEqual([true, true]);
  });

  test('reach gold with names, times in UTC, and sentinels where there are no ids', async () => {
    await load(write('a.ndjson', events.join('\n')));
    await runTransform(database.connectionString);
    expect(
      await database.rows(
        `select v.actor_login, v.repo_name, f.date_id, f.event_hour, f.actor_id::int, f.repo_id::int
         from gold.fact_events f join silver.v_events v using (event_id) order by v.actor_login`,
      ),
    ).toEqual(
      ['ada', 'bob', 'unknownuser'].map((actor_login) => ({
        actor_login,
        repo_name: 'ada/engine',
        date_id: 20120401,
        event_hour: 7,
        actor_id: -1,
        repo_id: -1,
      })),
    );
  });
});

test('an event that another kind of source showed first is noted as seen again, once', async () => {
  await load(write('a.ndjson', ndjson));
  await database.pool.query(
    `update bronze.raw_events set source = 'api:public' where event_id <> '3'`,
  );
  await load([write('b.ndjson', `${ndjson}\n${line(4)}`), write('c.ndjson', `${ndjson}\n\n`)]);
  expect(
    await database.rows('select event_id, source_class from bronze.sightings order by event_id'),
  ).toEqual([
    { event_id: '1', source_class: 'file' },
    { event_id: '2', source_class: 'file' },
  ]);
});
